/** What expressions mean, and that nothing done to them changes it. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  build,
  compile,
  type Expr,
  evaluate,
  print,
  reads,
  renameTables,
  schedule,
  simplify,
  structuralKey,
  substituteScore,
} from '../../src/expression/index.ts'
import { expressions, points, sameNumber, TABLES, walk } from './arbitrary.ts'

const { add, b, binary, both, compare, constant, div, either, h, i, j, lookup, mul, negate, s, select, sub, truth, unary } = build

describe('evaluate', () => {
  it('reads positions, tables and constants', () => {
    const expr = add(s, mul(lookup(0, [h]), sub(j, i)))
    // 2 + table[1] · (3 − 5) = 2 + (−1)(−2)
    expect(evaluate(expr, { s: 2, h: 1, i: 5, j: 3 }, TABLES)).toBe(4)
  })

  it('takes mod with the sign of the divisor', () => {
    expect([7, -7].map((x) => evaluate(binary('mod', constant(x), constant(3)), {}))).toEqual([1, 2])
    expect(evaluate(binary('mod', constant(7), constant(-3)), {})).toBe(-2)
  })

  it('floors a table index and clamps it into the table; NaN reads entry 0', () => {
    const at = (x: number): number => evaluate(lookup(0, [constant(x)]), {}, TABLES)
    expect([-5, 0, 0.9, 1, 2.5, 3, 99, Number.POSITIVE_INFINITY, Number.NaN].map(at)).toEqual([3, 3, 3, -1, 0.5, 2, 2, 2, 3])
  })

  it('reads a table through its strides', () => {
    const transposed = { ...TABLES[1]!, shape: [3, 2], strides: [1, 3] }
    expect(evaluate(lookup(0, [constant(2), constant(1)]), {}, [transposed])).toBe(6)
  })

  it('says so when a table is missing', () => {
    expect(() => compile(lookup(3, [i]))).toThrow('evaluate: the expression looks up a table that was not given')
  })

  it('agrees with a walk of the tree', () => {
    const { number, truth } = expressions(true)
    fc.assert(
      fc.property(fc.oneof(number, truth), points, (expr, at) => {
        expect(sameNumber(compile(expr, TABLES)(at.s, at.b, at.h, at.i, at.j), walk(expr, at))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('computes a shared subtree once, however often it is used', () => {
    let expr: Expr = add(s, i)
    for (let n = 0; n < 40; n++) expr = add(expr, expr)
    expect(schedule(expr).steps).toHaveLength(43)
    expect(evaluate(expr, { s: 1, i: 2 })).toBe(3 * 2 ** 40)
  })
})

describe('simplify', () => {
  it.each([
    [add(i, constant(0)), 'i'],
    [mul(constant(1), s), 's'],
    [both(truth(true), compare('lt', i, j)), 'i.lt(j)'],
    [either(compare('lt', i, j), truth(true)), 'true'],
    [negate(negate(compare('lt', i, j))), 'i.lt(j)'],
    [negate(compare('eq', i, j)), 'i.ne(j)'],
    [select(truth(false), i, j), 'j'],
    [add(constant(2), mul(constant(3), constant(4))), '14'],
    [unary('floor', sub(i, j)), 'i.sub(j)'],
    [compare('le', i, i), 'true'],
  ])('%# gives %s', (expr, text) => {
    expect(print(simplify(expr))).toBe(text)
  })

  it('keeps what NaN and ∞ would tell apart', () => {
    expect(print(simplify(mul(s, constant(0))))).toBe('s.mul(0)')
    expect(print(simplify(negate(compare('lt', s, i))))).toBe('s.lt(i).not()')
    expect(print(simplify(compare('eq', s, s)))).toBe('s.eq(s)')
  })

  it('never changes a value', () => {
    const { number, truth } = expressions(true)
    fc.assert(
      fc.property(fc.oneof(number, truth), points, (expr, at) => {
        const simpler = simplify(expr)
        expect(sameNumber(walk(simpler, at), walk(expr, at)), `${print(expr)} became ${print(simpler)}`).toBe(true)
        expect(schedule(simpler).steps.length).toBeLessThanOrEqual(schedule(expr).steps.length + 2)
      }),
      { numRuns: 500 },
    )
  })
})

describe('structural keys', () => {
  it('are equal for equal trees and differ otherwise', () => {
    expect(structuralKey(add(i, j))).toBe(structuralKey(add(build.variable('i'), build.variable('j'))))
    const keys = [
      add(i, j),
      add(j, i),
      sub(i, j),
      constant(0),
      constant(-0),
      truth(true),
      constant(1),
      lookup(0, [i]),
      lookup(1, [i]),
      lookup(0, [i], true),
    ]
    expect(new Set(keys.map((expr) => structuralKey(expr))).size).toBe(keys.length)
  })

  it('take several expressions together, in order', () => {
    expect(structuralKey(i, j)).not.toBe(structuralKey(j, i))
  })
})

describe('rewriting', () => {
  it('puts a score where s stands, so that functions follow one another', () => {
    const doubled = mul(s, constant(2))
    expect(print(substituteScore(add(s, j), doubled))).toBe('s.mul(2).add(j)')
  })

  it('renames tables and says what is read', () => {
    const expr = renameTables(add(lookup(7, [h]), lookup(9, [i, j])), (id) => id - 7)
    expect(print(expr, ['slopes', '', 'bias'])).toBe('slopes.at(h).add(bias.at(i, j))')
    expect(reads(expr)).toEqual({ variables: new Set(['h', 'i', 'j']), tables: new Set([0, 2]) })
  })

  it('prints as it was written', () => {
    expect(print(both(compare('le', sub(i, j), constant(3)), compare('eq', h, b)))).toBe('i.sub(j).le(3).and(h.eq(b))')
    expect(print(select(compare('ge', i, j), s, constant(Number.NEGATIVE_INFINITY)))).toBe('i.ge(j).where(s, -Infinity)')
    expect(print(div(constant(1), i))).toBe('(1).div(i)')
  })
})

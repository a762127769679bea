/** Derivatives, against hand and against differences. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { build, compile, derive, type Expr, print, schedule } from '../../src/expression/index.ts'
import { expressions, type Point, points, TABLES } from './arbitrary.ts'

const { add, compare, constant, div, h, i, j, lookup, mul, s, select, sub, unary } = build

describe('by hand', () => {
  it.each([
    ['softcap: 1 − tanh²', mul(unary('tanh', div(s, constant(4))), constant(4)), (x: number) => 1 - Math.tanh(x / 4) ** 2],
    ['a bias does not change it', add(s, lookup(0, [h])), () => 1],
    ['cos gives −sin', unary('cos', s), (x: number) => -Math.sin(x)],
    [
      'a choice takes the slope of its branch',
      select(compare('lt', s, constant(0)), mul(s, constant(3)), s),
      (x: number) => (x < 0 ? 3 : 1),
    ],
    ['the greater operand decides', build.binary('max', s, mul(s, constant(2))), (x: number) => (x > 0 ? 2 : 1)],
    ['exp and log', unary('log', add(unary('exp', s), constant(1))), (x: number) => Math.exp(x) / (Math.exp(x) + 1)],
  ])('%s', (_, expr, slope) => {
    const derivative = compile(derive(expr).score, TABLES)
    for (const x of [-2.3, -0.4, 0.7, 3.1]) expect(derivative(x, 0, 0, 0, 0)).toBeCloseTo(slope(x), 12)
  })

  it('a table entry is listed with its indices and its slope', () => {
    const alibi = add(s, mul(lookup(0, [h]), sub(j, i)))
    const { score, tables } = derive(alibi)
    expect(print(score)).toBe('1')
    expect(tables.map(({ table, at, slope }) => [table, at.map((x) => print(x)), print(slope)])).toEqual([[0, ['h'], 'j.sub(i)']])
  })

  it('one entry used twice is listed once, with the sum of both slopes', () => {
    const { tables } = derive(add(mul(s, lookup(0, [h])), lookup(0, [h])))
    expect(tables.map(({ slope }) => print(slope))).toEqual(['s.add(1)'])
  })

  it('truths and indices have no derivative', () => {
    expect(derive(select(lookup(0, [i], true), s, constant(0))).tables).toEqual([])
    expect(print(derive(lookup(0, [s])).score)).toBe('0')
  })
})

it('agrees with differences wherever the function is smooth', () => {
  fc.assert(
    fc.property(expressions(true).number, points, fc.integer({ min: -800, max: 800 }), (expr, { s: _, ...rest }, n) => {
      const at: Point = { ...rest, s: n / 40 + 0.0137 }
      const f = compile(expr, TABLES)
      const value = (ds: number): number => f(at.s + ds, at.b, at.h, at.i, at.j)
      const step = 1e-5
      const rough = (value(step) - value(-step)) / (2 * step)
      fc.pre(Math.abs(value(0)) < 1e3 && Math.abs(rough) < 1e3 && smooth(expr, at, step))
      const exact = compile(derive(expr).score, TABLES)(at.s, at.b, at.h, at.i, at.j)
      expect(Math.abs(exact - rough), `d/ds ${print(expr)} = ${print(derive(expr).score)}`).toBeLessThan(
        1e-3 * (1 + Math.abs(rough)),
      )
    }),
    { numRuns: 400 },
  )
})

/** Near `at`, no step of the expression jumps or bends: differences at two distances agree for every one of them. */
function smooth(expr: Expr, at: Point, step: number): boolean {
  return schedule(expr).steps.every(({ expr: node }) => {
    const f = compile(node, TABLES)
    const [a, b, c, d, e] = [-8, -1, 0, 1, 8].map((n) => f(at.s + n * step, at.b, at.h, at.i, at.j)) as [
      number,
      number,
      number,
      number,
      number,
    ]
    if (![a, b, c, d, e].every((x) => Math.abs(x) < 1e4)) return false
    const [near, far] = [(d - b) / 2, (e - a) / 16]
    const bend = Math.abs(d - 2 * c + b) + Math.abs(e - 2 * c + a)
    return Math.abs(near - far) <= 1e-6 * (Math.abs(near) + step) && bend <= 2e-2 * (Math.abs(near) + step)
  })
}

/** What a tile's bounds promise about every cell in it. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bounder, build, classifier, type Expr, print, type Tile, tableBounds } from '../../src/expression/index.ts'
import { expressions, TABLES, walk } from './arbitrary.ts'

const { both, compare, constant, i, j, sub, unary, binary, lookup } = build

const tiles: fc.Arbitrary<Tile> = fc.record({
  b: fc.integer({ min: 0, max: 2 }),
  h: fc.integer({ min: 0, max: 3 }),
  i: fc.tuple(fc.integer({ min: -6, max: 40 }), fc.integer({ min: 0, max: 5 })).map(([at, n]) => [at, at + n] as const),
  j: fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 5 })).map(([at, n]) => [at, at + n] as const),
})

function* cells({ b, h, i, j }: Tile): Generator<{ s: number; b: number; h: number; i: number; j: number }> {
  for (let row = i[0]; row <= i[1]; row++) for (let column = j[0]; column <= j[1]; column++) yield { s: 0, b, h, i: row, j: column }
}

const ROUNDINGS = [(x: number) => x, Math.fround]

describe('bounds', () => {
  it('hold for every cell, in float64 and in float32', () => {
    fc.assert(
      fc.property(expressions(false).number, tiles, fc.boolean(), (expr, tile, known) => {
        const { lo, hi, nan } = bounder(expr, known ? tableBounds(TABLES) : undefined)(tile)
        for (const at of cells(tile))
          for (const round of ROUNDINGS) {
            const x = walk(expr, at, round)
            if (Number.isNaN(x)) expect(nan, `${print(expr)} is NaN at i=${at.i} j=${at.j}`).toBe(true)
            else expect(x >= lo && x <= hi, `${print(expr)} is ${x} at i=${at.i} j=${at.j}, outside [${lo}, ${hi}]`).toBe(true)
          }
      }),
      { numRuns: 1500 },
    )
  })

  it('allow for what float32 loses in the remainder of a large number', () => {
    // e^31 is about 2.9·10¹³: float32 keeps it to within 2²¹, which is where the remainder's error comes from
    const expr = binary('mod', unary('exp', j), constant(3))
    const tile: Tile = { b: 0, h: 0, i: [0, 0], j: [31, 31] }
    const inFloat32 = walk(expr, { s: 0, b: 0, h: 0, i: 0, j: 31 }, Math.fround)
    const { lo, hi } = bounder(expr)(tile)
    expect(inFloat32).toBeLessThan(0)
    expect([inFloat32 >= lo, inFloat32 <= hi]).toEqual([true, true])
  })

  it('a tile called empty has no allowed cell, and a full one no forbidden cell', () => {
    fc.assert(
      fc.property(expressions(false).truth, tiles, fc.boolean(), (mask, tile, known) => {
        const coverage = classifier(mask, known ? tableBounds(TABLES) : undefined)(tile)
        if (coverage === 'partial') return
        for (const at of cells(tile)) for (const round of ROUNDINGS) expect(walk(mask, at, round)).toBe(coverage === 'full' ? 1 : 0)
      }),
      { numRuns: 1500 },
    )
  })
})

describe('common masks are told exactly', () => {
  const at = (row: number, column: number): Tile => ({ b: 0, h: 0, i: [row * 8, row * 8 + 7], j: [column * 8, column * 8 + 7] })
  const picture = (mask: Expr, tables = tableBounds(TABLES)): string[] => {
    const classify = classifier(mask, tables)
    return Array.from({ length: 4 }, (_, row) =>
      Array.from({ length: 4 }, (_, column) => ({ empty: '·', partial: '▒', full: '█' })[classify(at(row, column))]).join(''),
    )
  }

  it('causal', () => {
    expect(picture(compare('le', j, i))).toEqual(['▒···', '█▒··', '██▒·', '███▒'])
  })

  it('a window', () => {
    expect(picture(both(compare('le', j, i), compare('le', sub(i, j), constant(10))))).toEqual(['▒···', '▒▒··', '▒▒▒·', '·▒▒▒'])
    expect(picture(compare('le', unary('abs', sub(i, j)), constant(8)))).toEqual(['█▒··', '▒█▒·', '·▒█▒', '··▒█'])
  })

  it('chunks', () => {
    const chunk = (x: Expr): Expr => unary('floor', binary('div', x, constant(8)))
    expect(picture(compare('eq', chunk(i), chunk(j)))).toEqual(['█···', '·█··', '··█·', '···█'])
  })

  it('documents looked up in a table', () => {
    const ids = { data: Array.from({ length: 32 }, (_, n) => Math.floor(n / 12)), shape: [32], strides: [1], offset: 0 }
    const same = compare('eq', lookup(0, [i]), lookup(0, [j]))
    expect(picture(same, tableBounds([ids]))).toEqual(['█▒··', '▒▒▒·', '·▒█·', '···█'])
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fitted, led } from '../../explorer/src/read/fit.ts'

const labels = (count: number, letters = 3): string[] => Array.from({ length: count }, () => 'x'.repeat(letters))
const of = (rows: number, columns: number, letters = 3) => ({
  rows: labels(rows, letters),
  columns: labels(columns, letters),
  behind: labels(rows, 0),
})

describe('the room that a matrix takes', () => {
  it('15 tokens in 436 pixels: labels of 3 letters have 35, cells the 20 that they take at most', () => {
    // 8.4 · 3 + 10 = 35.2; (436 − 35) ÷ 15 = 26.7
    expect(fitted(of(15, 15), 436)).toEqual({ margin: 35, above: 35, cell: 20, rows: 15, columns: 15 })
  })

  it('25 tokens in 436 pixels: 16 for each', () => {
    // (436 − 35) ÷ 25 = 16.04
    expect(fitted(of(25, 25), 436)).toMatchObject({ cell: 16, columns: 25 })
  })

  it('more columns than have 14 pixels scroll, and leave room for the bar', () => {
    // (300 − 35 − 16) ÷ 14 = 17.8
    expect(fitted(of(40, 40), 300)).toMatchObject({ cell: 14, rows: 40, columns: 17 })
  })

  it('what stands behind the labels has room of its own', () => {
    expect(fitted({ ...of(5, 5), behind: labels(5, 4) }, 436).margin).toBe(35 + Math.round(8.4 * 4 + 10))
  })

  it('what is in view is no wider than the room, unless one column is', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(20),
        fc.integer({ min: 120, max: 1600 }),
        (R, L, letters, room) => {
          const { margin, cell, rows, columns } = fitted(of(R, L, letters), room)
          expect([rows <= Math.max(R, 0), columns >= 1, columns <= L]).toEqual([true, true, true])
          if (columns > 1) expect(margin + columns * cell + (columns < L ? 16 : 0)).toBeLessThanOrEqual(room)
        },
      ),
    )
  })
})

describe('keys in a matrix', () => {
  const to = (key: string, at: [number, number], ctrlKey = false) => {
    const found = led({ key, ctrlKey }, { row: at[0], column: at[1] }, [20, 30])
    return found && [found.row, found.column]
  }

  it('lead one on, ten on, to the ends of the row, to the corners', () => {
    expect(to('ArrowRight', [3, 4])).toEqual([3, 5])
    expect(to('PageDown', [3, 4])).toEqual([13, 4])
    expect(to('End', [3, 4])).toEqual([3, 29])
    expect(to('End', [3, 4], true)).toEqual([19, 29])
    expect(to('Home', [3, 4], true)).toEqual([0, 0])
  })

  it('lead no farther than the last row, and to the left to the header of the row', () => {
    expect(to('PageDown', [15, 4])).toEqual([19, 4])
    expect(to('ArrowUp', [0, 4])).toEqual([0, 4])
    expect(to('ArrowLeft', [3, 0])).toEqual([3, -1])
    expect(to('ArrowLeft', [3, -1])).toEqual([3, -1])
  })

  it('others lead nowhere', () => {
    expect(to('a', [3, 4])).toBeUndefined()
  })
})

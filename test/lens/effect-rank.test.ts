import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { kendall, rankAgreement, ranks, spearman } from '../../src/lens/effect/rank.ts'

/** By counting every pair. */
function kendallByPairs(a: readonly number[], b: readonly number[]): number | undefined {
  let [score, untiedA, untiedB] = [0, 0, 0]
  for (let m = 0; m < a.length; m++)
    for (let n = m + 1; n < a.length; n++) {
      const [x, y] = [Math.sign(a[m]! - a[n]!), Math.sign(b[m]! - b[n]!)]
      score += x * y
      untiedA += x * x
      untiedB += y * y
    }
  return untiedA * untiedB === 0 ? undefined : score / Math.sqrt(untiedA * untiedB)
}

describe('Rank agreement', () => {
  it('equal numbers share the mean of their places', () => {
    expect([...ranks([10, 30, 20, 20])]).toEqual([1, 4, 2.5, 2.5])
    expect([...ranks([])]).toEqual([])
  })

  /** Ranks 1 2.5 2.5 4 and 1 3 2 4: deviations −1.5 0 0 1.5 and −1.5 .5 −.5 1.5; Σxy 4.5, Σxx 4.5, Σyy 5. */
  it('spearman by hand, with a tie', () => {
    expect(spearman([1, 2, 2, 3], [1, 3, 2, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 14)
  })

  /** Six pairs; one tied in a; the other five in the same order: 5 / √(5·6). */
  it('kendall by hand, with a tie', () => {
    expect(kendall([1, 2, 2, 3], [1, 3, 2, 4])).toBeCloseTo(5 / Math.sqrt(30), 14)
  })

  it('kendall by sorting is kendall by counting all pairs', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: -3, max: 3 }))
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 25 }), (rows) => {
        const [a, b] = [rows.map(([x]) => x), rows.map(([, y]) => y)]
        const [fast, plain] = [kendall(a, b), kendallByPairs(a, b)]
        if (plain === undefined) expect(fast).toBeUndefined()
        else expect(fast).toBeCloseTo(plain, 12)
      }),
    )
  })

  it('order alone matters: a rising function changes nothing, a falling one the sign', () => {
    const row = fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.double({ min: -3, max: 3, noNaN: true }))
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 20 }), (rows) => {
        const [a, b] = [rows.map(([x]) => Math.fround(x)), rows.map(([, y]) => Math.fround(y))]
        const plain = rankAgreement(a, b)
        expect(
          rankAgreement(
            a.map((x) => 8 * x),
            b,
          ),
        ).toEqual(plain)
        const turned = rankAgreement(
          a.map((x) => -x),
          b,
        )
        expect(turned.spearman).toEqual(plain.spearman === undefined ? undefined : expect.closeTo(-plain.spearman, 10))
        expect(turned.kendall).toEqual(plain.kendall === undefined ? undefined : expect.closeTo(-plain.kendall, 10))
      }),
    )
  })

  it('what has no order has no agreement', () => {
    expect(rankAgreement([1], [2])).toEqual({ count: 1, spearman: undefined, kendall: undefined })
    expect(rankAgreement([1, 1], [1, 2])).toEqual({ count: 2, spearman: undefined, kendall: undefined })
    expect(() => spearman([1, 2], [1])).toThrow('equally long, got 2 and 1')
    expect(() => kendall([1, Number.NaN], [1, 2])).toThrow('entry 1 is NaN')
  })
})

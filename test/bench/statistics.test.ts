import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { median, pairedRatios, quantile, spread } from '../../bench/statistics.ts'

describe('the statistics of the benchmark', () => {
  test('the median of an even number of values lies between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([5])).toBe(5)
  })

  test('a quartile is interpolated between neighbours', () => {
    // sorted 10 20 30 40: position 0.25 · 3 = 0.75, three quarters of the way from 10 to 20
    expect(quantile([40, 10, 30, 20], 0.25)).toBe(17.5)
    expect(spread([40, 10, 30, 20])).toEqual({ median: 25, low: 17.5, high: 32.5, rounds: 4 })
  })

  test('quantiles of nothing are not a number', () => {
    expect(median([])).toBeNaN()
  })

  test('a ratio above 1 means that A is faster', () => {
    expect(pairedRatios([2, 4], [6, 4])).toEqual([3, 1])
  })

  test('what slows both sides of a round alike leaves its ratio as it was', () => {
    const time = fc.double({ min: 0.01, max: 100, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(time, time, fc.constantFrom(1, 2, 4)), { minLength: 1 }), (rounds) => {
        const calm = pairedRatios(
          rounds.map(([a]) => a),
          rounds.map(([, b]) => b),
        )
        const disturbed = pairedRatios(
          rounds.map(([a, , slower]) => a * slower),
          rounds.map(([, b, slower]) => b * slower),
        )
        expect(disturbed).toEqual(calm)
      }),
    )
  })

  test('sides with different numbers of rounds are refused', () => {
    expect(() => pairedRatios([1], [1, 2])).toThrow('pairedRatios: both sides need as many rounds, got 1 and 2')
  })
})

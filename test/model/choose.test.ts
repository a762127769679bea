/** From scores to a word: who takes part in the draw, and how often each is drawn. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { choose, likeliest, logSum } from '../../src/model/generate/choose.ts'
import { uniform } from '../../src/model/generate/random.ts'
import { ranking } from '../../src/model/generate/ranking.ts'
import { forbid } from '../../src/model/generate/rules.ts'

const PLAIN = { temperature: 1, topK: Number.POSITIVE_INFINITY, topP: 1, minP: 0, repetitionPenalty: 1, seed: 1 }
const logs = (probabilities: readonly number[]): Float64Array => Float64Array.from(probabilities, Math.log)

/** How often each id is drawn in 4 000 steps. */
function drawn(probabilities: readonly number[], rules: Partial<typeof PLAIN>, said: number[] = []): number[] {
  const counts = probabilities.map(() => 0)
  for (let step = 0; step < 4000; step++) counts[choose(logs(probabilities), said, { ...PLAIN, ...rules }, 0, step)]! += 1 / 4000
  return counts
}

const who = (counts: readonly number[]): number[] => counts.flatMap((count, id) => (count > 0 ? id : []))

describe('The draw', () => {
  const shares = [0.15, 0.5, 0.05, 0.3]

  // 4 000 draws: the standard deviation of a share is below √(¼ / 4000) = 0.008.
  it('takes each word as often as its probability says', () => {
    for (const [id, share] of drawn(shares, {}).entries()) expect(Math.abs(share - shares[id]!)).toBeLessThan(0.03)
  })

  // p² over Σ p²: 0.0225, 0.25, 0.0025, 0.09 over 0.365.
  it('temperature ½ squares the probabilities', () => {
    for (const [id, share] of drawn(shares, { temperature: 0.5 }).entries())
      expect(Math.abs(share - shares[id]! ** 2 / 0.365)).toBeLessThan(0.03)
  })

  it.each([
    [{ topK: 3 }, [0, 1, 3]],
    [{ topK: 1 }, [1]],
    // 0.5 is not enough, 0.5 + 0.3 is.
    [{ topP: 0.79 }, [1, 3]],
    [{ topP: 0.81 }, [0, 1, 3]],
    [{ topP: 0.49 }, [1]],
    // At least a quarter, or three tenths, of 0.5.
    [{ minP: 0.25 }, [0, 1, 3]],
    [{ minP: 0.31 }, [1, 3]],
    // Of the two that are left, 0.5 has 0.625.
    [{ topK: 2, topP: 0.62 }, [1]],
    [{ topK: 2, topP: 0.63 }, [1, 3]],
  ])('%j leaves %j', (rules, left) => {
    expect(who(drawn(shares, rules))).toEqual(left)
  })

  // Scores 2 and −1 with penalty 2: 1 and −2.
  it('the repetition penalty divides positive scores and multiplies negative ones, once for each word', () => {
    const scores = Float64Array.of(2, 1.5, -1)
    expect(choose(scores, [0, 2, 0], { ...PLAIN, temperature: 0, repetitionPenalty: 2 }, 0, 0)).toBe(1)
    expect([...scores]).toEqual([1, 1.5, -2])
  })

  it('of equal scores the greedy choice takes the lowest id', () => {
    expect(choose(Float64Array.of(1, 3, 3), [], { ...PLAIN, temperature: 0 }, 0, 0)).toBe(1)
  })

  it('never takes a word without probability', () => {
    expect(who(drawn([0, 0.5, 0, 0.5], {}))).toEqual([1, 3])
  })
})

describe('What the files forbid', () => {
  const rules = (forbidden: number[][], firstId?: number) => ({ endIds: [], forbidden, firstId })
  it('a single id always, a sequence where it would be completed, all but the first id at the beginning', () => {
    const left = (said: number[], step: number, ...args: Parameters<typeof rules>): number[] => {
      const scores = new Float64Array(4)
      forbid(scores, said, rules(...args), step)
      return [...scores.keys()].filter((id) => scores[id] === 0)
    }
    expect(left([], 1, [[2]])).toEqual([0, 1, 3])
    expect(left([1, 2], 1, [[1, 2, 3]])).toEqual([0, 1, 2])
    expect(left([2, 1], 1, [[1, 2, 3]])).toEqual([0, 1, 2, 3])
    expect(left([], 0, [], 2)).toEqual([2])
    expect(left([2], 1, [], 2)).toEqual([0, 1, 2, 3])
  })
})

describe('Ranking', () => {
  it('gives indices in the order of their scores, equal ones in their own', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 5 })), (scores) => {
        const sorted = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b)
        expect([...ranking(scores)]).toEqual(sorted)
      }),
    )
  })

  it('logSum is the logarithm of the sum of exponentials, far from 0 too', () => {
    expect(logSum([0, 0, 0, 0])).toBeCloseTo(Math.log(4), 12)
    expect(logSum([1000, 1000])).toBeCloseTo(1000 + Math.log(2), 9)
    expect(logSum([-1000, Number.NEGATIVE_INFINITY])).toBe(-1000)
    expect(likeliest([1, 3, 2], 2, 3)).toEqual([
      { id: 1, logprob: 0 },
      { id: 2, logprob: -1 },
    ])
  })
})

describe('Chance', () => {
  it('is a number from 0 to below 1 that depends on seed, row and step, each', () => {
    const part = fc.integer({ min: 0, max: 2 ** 32 - 1 })
    fc.assert(
      fc.property(part, part, part, (seed, row, step) => {
        const drawn = uniform(seed, row, step)
        expect(drawn).toBeGreaterThanOrEqual(0)
        expect(drawn).toBeLessThan(1)
        expect(uniform(seed, row, step)).toBe(drawn)
        for (const other of [uniform(seed ^ 1, row, step), uniform(seed, row ^ 1, step), uniform(seed, row, step ^ 1)])
          expect(other).not.toBe(drawn)
      }),
    )
  })

  // 16 bins of 4 000 expected: Σ (n − e)² / e has mean 15; beyond 37.7 lies one in a thousand. The seed is fixed.
  it('fills all bins alike, from step to step and from row to row', () => {
    for (const at of [(n: number) => uniform(7, 0, n), (n: number) => uniform(7, n, 0), (n: number) => uniform(n, 0, 0)]) {
      const bins = new Array<number>(16).fill(0)
      for (let n = 0; n < 64_000; n++) bins[Math.floor(at(n) * 16)]!++
      expect(bins.reduce((sum, n) => sum + (n - 4000) ** 2 / 4000, 0)).toBeLessThan(37.7)
    }
  })
})

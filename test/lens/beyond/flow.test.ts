import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flow, rollout } from '../../../src/lens/index.ts'
import { randomWeights, readingOf, seeded } from './matrices.ts'

/**
 * The least capacity of all cuts, every one of them tried: a set of nodes with the source and without the sink, and what leads out of it.
 * By the theorem of Ford and Fulkerson this is the largest flow. `layers` from the bottom up, mixed with half the identity here.
 */
function leastCut(layers: readonly (readonly (readonly number[])[])[], top: number, bottom: number): number {
  const n = layers[0]!.length
  const down = layers
    .map((weights) => weights.map((row, i) => row.map((weight, j) => weight / 2 + (i === j ? 0.5 : 0))))
    .toReversed()
  const inner = (layers.length - 1) * n
  let least = Number.POSITIVE_INFINITY
  for (let set = 0; set < 2 ** inner; set++) {
    const inside = (level: number, token: number): boolean => {
      if (level === 0) return token === top
      if (level === layers.length) return token !== bottom
      return ((set >> ((level - 1) * n + token)) & 1) === 1
    }
    let capacity = 0
    for (const [level, links] of down.entries())
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++) if (inside(level, a) && !inside(level + 1, b)) capacity += links[a]![b]!
    least = Math.min(least, capacity)
  }
  return least
}

describe('flow', () => {
  test('through one layer it is the link itself', async () => {
    // Â = [[0.5 + 0.1, 0.4], [0.35, 0.15 + 0.5]]
    const { values } = await flow(
      readingOf([
        [
          [
            [0.2, 0.8],
            [0.7, 0.3],
          ],
        ],
      ]),
    )
    for (const [at, value] of [0.6, 0.4, 0.35, 0.65].entries()) expect(values[at]).toBeCloseTo(value, 6)
  })

  test('two layers of two tokens, by hand: each way carries what its narrowest link does', async () => {
    // Â(1) = [[0.5, 0.5], [0.25, 0.75]], Â(0) = [[0.9, 0.1], [0.4, 0.6]].
    // 0 → 0: over 0 min(0.5, 0.9) + over 1 min(0.5, 0.4) = 0.9; 0 → 1: 0.1 + 0.5; 1 → 0: 0.25 + 0.4; 1 → 1: 0.1 + 0.6.
    const { values } = await flow(
      readingOf([
        [
          [
            [0.8, 0.2],
            [0.8, 0.2],
          ],
        ],
        [
          [
            [0, 1],
            [0.5, 0.5],
          ],
        ],
      ]),
    )
    for (const [at, value] of [0.9, 0.6, 0.65, 0.7].entries()) expect(values[at]).toBeCloseTo(value, 6)
  })

  test('a way must be given up again for the largest flow', async () => {
    // Three layers of three tokens; greedy pushing alone would stop short in some of them: the least cut, tried out, says how much goes.
    const uniform = seeded(7)
    const layers = [randomWeights(3, uniform), randomWeights(3, uniform), randomWeights(3, uniform)]
    const { values } = await flow(readingOf(layers.map((layer) => [layer])))
    for (let at = 0; at < 9; at++) expect(values[at]).toBeCloseTo(leastCut(layers, Math.floor(at / 3), at % 3), 6)
  })

  test('it is the least cut of all cuts, for any weights', async () => {
    const cases = fc.record({
      n: fc.integer({ min: 2, max: 4 }),
      causal: fc.boolean(),
      seed: fc.integer({ min: 1, max: 2147483646 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, causal, seed }) => {
        const uniform = seeded(seed)
        const layers = Array.from({ length: n === 4 ? 3 : 4 }, () => randomWeights(n, uniform, causal))
        const { values } = await flow(readingOf(layers.map((layer) => [layer])), { rows: [n - 1, n] })
        for (let j = 0; j < n; j++) expect(values[j]).toBeCloseTo(leastCut(layers, n - 1, j), 6)
      }),
      { numRuns: 25 },
    )
  })

  test('it is never less than rollout, which counts the same ways but loses at every step', async () => {
    const uniform = seeded(5)
    const reading = readingOf(Array.from({ length: 4 }, () => [randomWeights(8, uniform)]))
    const [flows, shares] = [(await flow(reading)).values, (await rollout(reading)).values]
    for (const [at, value] of flows.entries()) {
      expect(value).toBeGreaterThanOrEqual(shares[at]! - 1e-9)
      expect(value).toBeLessThanOrEqual(1 + 1e-9)
    }
  })

  test('even attention that sees nothing later comes out even once position is taken out', async () => {
    const even = [
      [1, 0, 0],
      [1 / 2, 1 / 2, 0],
      [1 / 3, 1 / 3, 1 / 3],
    ]
    const { values, relative } = await flow(readingOf([[even], [even], [even]], { causal: true }), { rows: [2, 3] })
    expect(values[0]).toBeGreaterThan(values[1]!)
    for (const share of relative!) expect(share).toBeCloseTo(1 / 3, 7)
  })

  test('a longer text than it can do is refused with what can', async () => {
    const long = randomWeights(65, () => 0.5)
    await expect(flow(readingOf([[long]]))).rejects.toThrow(
      'flow: 65 tokens are too many, it is computed for at most 64; use rollout, or a shorter text',
    )
  })

  test('progress reaches its end once, and an aborted signal stops it', async () => {
    const reading = readingOf([[randomWeights(4, () => 0.5, true)]], { causal: true })
    const told: [number, number][] = []
    await flow(reading, { rows: [2, 4], onProgress: (done, of) => told.push([done, of]) })
    expect(told).toEqual(Array.from({ length: 16 }, (_, at) => [at + 1, 16]))
    await expect(flow(reading, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})

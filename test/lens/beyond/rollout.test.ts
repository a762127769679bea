import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rollout } from '../../../src/lens/index.ts'
import { randomWeights, readingOf, seeded } from './matrices.ts'

const close = (got: ArrayLike<number>, wanted: readonly number[], digits = 6) => {
  expect(got.length).toBe(wanted.length)
  for (const [at, value] of wanted.entries()) expect(got[at]!).toBeCloseTo(value, digits)
}

/** Rows by (1 − residual) · A + residual · I, multiplied the plain way. */
function brute(layers: readonly (readonly (readonly number[])[])[], residual: number): number[] {
  const n = layers[0]!.length
  let product: number[][] = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)))
  for (const weights of layers) {
    const mixed = weights.map((row, i) => row.map((weight, j) => (1 - residual) * weight + (i === j ? residual : 0)))
    product = mixed.map((row) => row.map((_, j) => row.reduce((sum, share, k) => sum + share * product[k]![j]!, 0)))
  }
  return product.flat()
}

describe('rollout', () => {
  test('two layers of two tokens, by hand', async () => {
    // Layer 0: [[1, 0], [0.5, 0.5]], layer 1: [[0, 1], [1, 0]]. With half the token itself:
    // Â(0) = [[1, 0], [0.25, 0.75]], Â(1) = [[0.5, 0.5], [0.5, 0.5]];
    // Â(1) · Â(0) = [[0.5 + 0.125, 0.375], [0.625, 0.375]].
    const reading = readingOf([
      [
        [
          [1, 0],
          [0.5, 0.5],
        ],
      ],
      [
        [
          [0, 1],
          [1, 0],
        ],
      ],
    ])
    const { values, alone } = await rollout(reading)
    close(values, [0.625, 0.375, 0.625, 0.375])
    expect(alone).toBeUndefined()
  })

  test('heads are averaged before layers are multiplied', async () => {
    // Heads [[1, 0], [0, 1]] and [[0, 1], [1, 0]] have the mean [[½, ½], [½, ½]]; with half itself [[¾, ¼], [¼, ¾]].
    const reading = readingOf([
      [
        [
          [1, 0],
          [0, 1],
        ],
        [
          [0, 1],
          [1, 0],
        ],
      ],
    ])
    close((await rollout(reading)).values, [0.75, 0.25, 0.25, 0.75])
  })

  test('without residual it is the product of the matrices, with nothing but residual the identity', async () => {
    const layers = [
      [
        [0.2, 0.8],
        [0.6, 0.4],
      ],
      [
        [0.3, 0.7],
        [0.1, 0.9],
      ],
    ]
    const reading = readingOf(layers.map((layer) => [layer]))
    close((await rollout(reading, { residual: 0 })).values, brute(layers, 0))
    close((await rollout(reading, { residual: 1 })).values, [1, 0, 0, 1])
  })

  test('it is the product of the mixed matrices, whole or row by row, for any number of layers', async () => {
    const cases = fc.record({
      n: fc.integer({ min: 1, max: 9 }),
      depth: fc.integer({ min: 1, max: 5 }),
      residual: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { minLength: 405, maxLength: 405 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, depth, residual, seed }) => {
        let drawn = 0
        const layers = Array.from({ length: depth }, () => randomWeights(n, () => seed[drawn++ % seed.length]!))
        const reading = readingOf(layers.map((layer) => [layer]))
        const whole = await rollout(reading, { residual })
        close(whole.values, brute(layers, residual))
        const row = await rollout(reading, { residual, rows: [n - 1, n] })
        expect([...row.values]).toEqual([...whole.values.subarray((n - 1) * n)])
        for (let at = 0; at < n; at++)
          expect(whole.values.subarray(at * n, (at + 1) * n).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
      }),
      { numRuns: 40 },
    )
  })

  test('a strip of rows ends nowhere in particular: 70 tokens, more than are read at a time', async () => {
    const uniform = seeded(1)
    const layers = [randomWeights(70, uniform), randomWeights(70, uniform)]
    close((await rollout(readingOf(layers.map((layer) => [layer])))).values, brute(layers, 0.5))
  })

  test('a row that a sink took everything from stays where it is; one that lost half is brought to the sum 1', async () => {
    // Row 0 sums to 0: itself. Row 1 sums to ½: ½ · [½, 0] + ½ · [0, 1] = [¼, ½] → [⅓, ⅔].
    close(
      (
        await rollout(
          readingOf([
            [
              [
                [0, 0],
                [0.5, 0],
              ],
            ],
          ]),
        )
      ).values,
      [1, 0, 1 / 3, 2 / 3],
    )
  })

  test('some layers alone', async () => {
    const layers = [
      [
        [0.2, 0.8],
        [0.6, 0.4],
      ],
      [
        [0.3, 0.7],
        [0.1, 0.9],
      ],
      [
        [0.5, 0.5],
        [1, 0],
      ],
    ]
    const reading = readingOf(layers.map((layer) => [layer]))
    close((await rollout(reading, { layers: [1, 2] })).values, brute(layers.slice(1), 0.5))
  })

  test('rows, layers and residual that do not exist are refused', async () => {
    const reading = readingOf([[[[1]]]])
    await expect(rollout(reading, { rows: [0, 2] })).rejects.toThrow('rollout: rows must be [from, to] within 0 to 1, got [0, 2]')
    await expect(rollout(reading, { layers: [1, 1] })).rejects.toThrow(
      'rollout: layers must be [first, last] within 0 to 0, got [1, 1]',
    )
    await expect(rollout(reading, { residual: 2 })).rejects.toThrow('residual must lie between 0 and 1, got 2')
  })
})

describe('rollout where no query sees a later key', () => {
  const even = [
    [1, 0, 0],
    [1 / 2, 1 / 2, 0],
    [1 / 3, 1 / 3, 1 / 3],
  ]

  test('even attention gives more to earlier tokens, by hand', async () => {
    // Â = [[1, 0, 0], [¼, ¾, 0], [1/6, 1/6, 2/3]]; the last row of Â² is
    // 1/6 · [1, 0, 0] + 1/6 · [¼, ¾, 0] + 2/3 · [1/6, 1/6, 2/3] = [23/72, 17/72, 32/72]: the first token has more than the second.
    const { values, alone, relative } = await rollout(readingOf([[even], [even]], { causal: true }), { rows: [2, 3] })
    close(values, [23 / 72, 17 / 72, 32 / 72])
    close(alone!, [23 / 72, 17 / 72, 32 / 72])
    close(relative!, [1 / 3, 1 / 3, 1 / 3])
  })

  test('a model that prefers a token has it come out above its position, and what is not seen stays 0', async () => {
    const likes = [
      [1, 0, 0],
      [0.2, 0.8, 0],
      [0.1, 0.8, 0.1],
    ]
    const { values, relative } = await rollout(readingOf([[likes], [likes]], { causal: true }))
    expect(relative![7]).toBeGreaterThan(relative![6]!)
    expect(relative![7]).toBeGreaterThan(relative![8]!)
    for (const matrix of [values, relative!]) expect([matrix[1], matrix[2], matrix[5]]).toEqual([0, 0, 0])
    for (const row of [0, 3, 6]) expect(relative!.subarray(row, row + 3).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  })
})

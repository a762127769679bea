import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { alike } from '../../../src/lens/index.ts'
import { loadModel } from '../../../src/model/index.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'
import { readingOf } from './states.ts'

beforeAll(startEngine)

test('three tokens by hand: cosines 0, 1/√2 and 1/√2, special tokens aside', async () => {
  // [S] = (1, 1), a = (2, 0), b = (0, 3). cos(a, b) = 0; each with [S] 1/√2; the mean of three pairs is √2/3.
  // Mean state (1, 4/3); what is left: (0, −1/3), (1, −4/3), (−1, 5/3): squares 1/9 + 25/9 + 34/9 = 60/9 of 2 + 4 + 9 = 15.
  const [only] = await alike(
    readingOf('[S] a b', [
      [
        [1, 1],
        [2, 0],
        [0, 3],
      ],
    ]),
  )
  expect(only!.cosine).toBeCloseTo(Math.SQRT2 / 3, 12)
  expect(only!.wordsCosine).toBeCloseTo(0, 12)
  expect(only!.apart).toBeCloseTo(Math.sqrt(60 / 9 / 15), 12)
})

test('tokens that are all the same are alike to the full, with nothing left apart', async () => {
  const layers = await alike(
    readingOf('a b c', [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    ]),
  )
  expect(layers.map(({ layer }) => layer)).toEqual([0, 1])
  expect(layers[1]!.cosine).toBeCloseTo(1, 12)
  expect(layers[1]!.apart).toBeCloseTo(0, 12)
})

test('one token has no other to be like', async () => {
  expect(
    await alike(
      readingOf('[S] a', [
        [
          [1, 1],
          [2, 0],
        ],
      ]),
    ),
  ).toMatchObject([{ wordsCosine: undefined }])
})

test('it is the mean over all pairs, for any states', async () => {
  const part = fc.double({ min: -9, max: 9, noNaN: true })
  const vectors = fc.array(fc.tuple(fc.double({ min: 0.5, max: 9, noNaN: true }), part, part), { minLength: 2, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(vectors, async (states) => {
      const cosines = states.flatMap((x, i) =>
        states.flatMap((y, j) =>
          i === j ? [] : [x.reduce((sum, value, n) => sum + value * y[n]!, 0) / Math.hypot(...x) / Math.hypot(...y)],
        ),
      )
      const [only] = await alike(readingOf(states.map(() => 'a').join(' '), [states]))
      expect(only!.cosine).toBeCloseTo(cosines.reduce((a, b) => a + b, 0) / cosines.length, 9)
    }),
    { numRuns: 50 },
  )
})

describeShared('tokens of a batch', 'conformance/models/bert-base', (folder) => {
  test('padding is no token: a text in a batch is as alike as it is alone', async () => {
    using model = await loadModel(folder)
    using batch = await model.run({
      inputIds: [
        [3, 9, 4, 7, 5, 8],
        [6, 2, 5],
      ],
    })
    using alone = await model.run([6, 2, 5])
    const [padded, own] = [await alike(batch, { batch: 1 }), await alike(alone)]
    expect(padded).toHaveLength(own.length)
    for (const [n, { cosine, apart }] of own.entries()) {
      expect(padded[n]!.cosine).toBeCloseTo(cosine!, 5)
      expect(padded[n]!.apart).toBeCloseTo(apart, 5)
    }
  })
})

import { beforeAll, describe, expect, test } from 'vitest'
import { meaning, meaningOf } from '../../../src/lens/index.ts'
import { loadModel } from '../../../src/model/index.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'
import { readingOf } from './states.ts'

beforeAll(startEngine)

describe('meaning', () => {
  // "bank" is (1, 0) and (0, 2): at a right angle. river (1, 1), money (2, 0), and the second river (0, 1).
  const first = readingOf('[S] river bank', [
    [
      [9, 9],
      [1, 1],
      [1, 0],
    ],
  ])
  const second = readingOf('[S] money Bank river', [
    [
      [9, 9],
      [2, 0],
      [0, 2],
      [0, 1],
    ],
  ])

  test('two places by hand: their cosine, and that of different words', async () => {
    const { occurrences, layers } = await meaningOf([first, second], 'bank')
    expect(occurrences).toEqual([
      { text: 0, nth: 0, tokens: [2], start: 6, end: 10 },
      { text: 1, nth: 0, tokens: [2], start: 6, end: 10 },
    ])
    const [only] = layers
    expect([...only!.cosine]).toEqual([1, 0, 0, 1])
    expect(only!.similarity).toBeCloseTo(0, 12)
    // Others: river (1, 1)/√2, money (1, 0), river (0, 1). Pairs of different words: river–money 1/√2, money–river 0; their mean 1/(2√2).
    expect(only!.baseline).toBeCloseTo(1 / (2 * Math.SQRT2), 12)
    // At a right angle and at length 1: √2 apart, on one line.
    expect(Math.abs(only!.map.points[0]![0] - only!.map.points[1]![0])).toBeCloseTo(Math.SQRT2, 12)
    expect(only!.map.explained[0]).toBeCloseTo(1, 12)
  })

  test('the word of several tokens is the mean of their vectors; every time it stands counts', async () => {
    const reading = readingOf('see sea see', [
      [
        [1, 0],
        [0, 1],
        [0, 1],
      ],
    ])
    const { occurrences, layers } = await meaningOf([reading], 'see')
    expect(occurrences.map(({ nth, tokens }) => [nth, ...tokens])).toEqual([
      [0, 0],
      [1, 2],
    ])
    expect(layers[0]!.similarity).toBeCloseTo(0, 12)
    expect(layers[0]!.baseline).toBeUndefined()
  })

  test('one place has nothing to be compared with', async () => {
    const { layers } = await meaningOf([first], 'bank')
    expect(layers[0]).toMatchObject({ similarity: undefined, map: { points: [[0, 0]] } })
  })

  test('a text without the word is named, with the words it has', async () => {
    await expect(
      meaningOf(
        [
          first,
          readingOf('[S] no such', [
            [
              [1, 1],
              [1, 1],
              [1, 1],
            ],
          ]),
        ],
        'bank',
      ),
    ).rejects.toThrow('meaning: text 2 has no word "bank"; it has no such')
  })
})

describeShared('meaning on a real encoder', 'models/all-MiniLM-L6-v2', (folder) => {
  test('bank of a river and bank that lends move apart in the upper layers, money banks stay closer', async () => {
    using model = await loadModel(folder)
    const texts = [
      'We sat on the bank of the river and watched the water.',
      'They walked along the bank of the stream.',
      'The bank approved the loan and lowered its interest.',
      'She opened an account at the bank in the city.',
    ]
    const told: number[] = []
    const { layers } = await meaning(model, texts, { word: 'bank', onProgress: (done) => told.push(done) })
    expect(told).toEqual([1, 2, 3, 4])
    expect(layers.map(({ layer }) => layer)).toEqual([0, 1, 2, 3, 4, 5, 6])
    const at = (layer: number, i: number, j: number) => layers[layer]!.cosine[i * 4 + j]!
    const across = (at(6, 0, 2) + at(6, 0, 3) + at(6, 1, 2) + at(6, 1, 3)) / 4
    const within = (at(6, 0, 1) + at(6, 2, 3)) / 2
    expect(within).toBeGreaterThan(across)
    expect(layers[0]!.similarity!).toBeGreaterThan(layers[6]!.similarity!)
    for (const { similarity, baseline } of layers) expect(similarity!).toBeGreaterThan(baseline!)
  })
})

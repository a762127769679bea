import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { logitLens } from '../../../src/lens/index.ts'
import { loadModel, type Model } from '../../../src/model/index.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'
import { writeTinyGpt2 } from '../../support/tiny-gpt2.ts'

beforeAll(startEngine)

async function withTiny<T>(options: object, use: (model: Model) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'regard-logit-lens-'))
  try {
    await writeTinyGpt2(folder, { layers: 3 })
    using model = await loadModel(folder, options)
    return await use(model)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const softmax = (scores: readonly number[]): number[] => {
  const most = Math.max(...scores)
  const sum = scores.reduce((total, score) => total + Math.exp(score - most), 0)
  return scores.map((score) => Math.exp(score - most) / sum)
}

describe('logit lens', () => {
  test('after each layer it is the head on the normed state, worked out the plain way', async () => {
    await withTiny({ dtype: 'float64' }, async (model) => {
      const parameters = new Map<string, ArrayLike<number>>()
      for (const [name, parameter] of model.network.parameters()) parameters.set(name, await parameter.read())
      const named = (end: string) => [...parameters].find(([name]) => name.endsWith(end))![1]
      const [gain, shift, words] = [named('decoder.norm.weight'), named('decoder.norm.bias'), named('words.weight')]
      const width = gain.length
      using run = await model.run('once upon a time')
      const { layers, says } = await logitLens(model, run, { top: model.config.vocabulary })
      expect(says).toBe('next')
      const states = await run.hidden(1).read()
      for (let place = 0; place < run.tokens.length; place++) {
        const x = Array.from(states.subarray(place * width, (place + 1) * width))
        const mean = x.reduce((a, b) => a + b, 0) / width
        const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width
        const normed = x.map((value, n) => ((value - mean) / Math.sqrt(variance + model.config.normEps)) * gain[n]! + shift[n]!)
        const p = softmax(
          Array.from({ length: model.config.vocabulary }, (_, id) =>
            normed.reduce((sum, value, n) => sum + value * words[id * width + n]!, 0),
          ),
        )
        for (const { id, probability } of layers[1]![place]!.top) expect(probability).toBeCloseTo(p[id]!, 10)
        expect(layers[1]![place]!.entropy).toBeCloseTo(-p.reduce((sum, each) => sum + each * Math.log(each), 0), 10)
      }
    })
  })

  test('the last layer is what the model says: no divergence, its own word first', async () => {
    await withTiny({}, async (model) => {
      using run = await model.run('once upon a time there was')
      const { layers, settled } = await logitLens(model, run)
      expect(layers).toHaveLength(4)
      for (const [place, { divergence, final, top }] of layers[3]!.entries()) {
        expect(divergence).toBe(0)
        expect(final.rank).toBe(0)
        expect(top[0]!.id).toBe(final.id)
        const first = settled[place]!
        for (const layer of layers.slice(first)) expect(layer[place]!.top[0]!.id).toBe(final.id)
        if (first > 0) expect(layers[first - 1]![place]!.top[0]!.id).not.toBe(final.id)
      }
    })
  })

  test('guesses are named as they stand inside a text', async () => {
    using model = await loadModel('decoder')
    using run = await model.run('The cat sat on the mat because')
    const { layers } = await logitLens(model, run, { rows: [3, 5] })
    const guesses = layers.flat().flatMap(({ top }) => top)
    expect(guesses.map(({ text }) => text)).toEqual(guesses.map(({ id }) => model.tokenizer!.decode([id])))
    expect(guesses.some(({ text }) => text.startsWith(' '))).toBe(true)
  })

  test('some places alone give the same as all, and progress is told', async () => {
    await withTiny({}, async (model) => {
      using run = await model.run('once upon a time there was')
      const all = await logitLens(model, run)
      const told: string[] = []
      const some = await logitLens(model, run, { rows: [2, 4], onProgress: (done, of) => told.push(`${done}/${of}`) })
      expect(some.layers).toEqual(near(all.layers.map((layer) => layer.slice(2, 4))))
      expect(told).toEqual(['1/4', '2/4', '3/4', '4/4'])
      await expect(logitLens(model, run, { rows: [3, 3] })).rejects.toThrow('with from < to, got [3, 3]')
    })
  })
})

/** The same but for the rounding of products of another size. */
function near(x: unknown): unknown {
  if (typeof x === 'number') return Number.isInteger(x) ? x : expect.closeTo(x, 6)
  if (Array.isArray(x)) return x.map(near)
  if (typeof x !== 'object' || x === null) return x
  return Object.fromEntries(Object.entries(x).map(([name, value]) => [name, near(value)]))
}

const FAMILIES = [
  'gpt2',
  'opt',
  'gemma2',
  'gpt-oss',
  'bloom',
  't5',
  'bart',
  'marian',
  'bert-mlm',
  'roberta-mlm',
  'modernbert-mlm',
  'distilbert-mlm',
]

describeShared('logit lens, every kind of head', 'conformance/models', (folder) => {
  test.each(FAMILIES)('%s: the last layer is the softmax of its logits', async (name) => {
    using model = await loadModel(new URL(`models/${name}/`, folder))
    using run = await model.run({ inputIds: [[1, 5, 9, 3]] })
    const logits = Array.from((await run.logits!.read()).subarray(0, model.config.vocabulary))
    const { layers } = await logitLens(model, run, { rows: [0, 1] })
    const p = softmax(logits)
    for (const { id, probability } of layers.at(-1)![0]!.top) expect(probability).toBeCloseTo(p[id]!, 5)
  })

  test('a model without a head is refused in one line', async () => {
    using model = await loadModel(new URL('models/bert-base/', folder))
    using run = await model.run([1, 5, 9, 3])
    await expect(logitLens(model, run)).rejects.toThrow(
      'logitLens: bert-base has no head that scores words; decoders and masked language models have',
    )
  })
})

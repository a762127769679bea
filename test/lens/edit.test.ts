/** Edits: each against what it says it does. */

import { beforeAll, describe, expect, it } from 'vitest'
import { edit, trace } from '../../src/lens/index.ts'
import { spanOf } from '../../src/model/edit/where.ts'
import { type Edits, loadModel, type Model, type Run, readEdits, type Token } from '../../src/model/index.ts'
import { MINILM } from '../model/expected.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { apart, inputOf, kindsOf, matrix, numbers, small } from './small-models.ts'

beforeAll(startEngine)

describe('What an edit calls a token', () => {
  const text = 'It was unbelievable: it was New York.'
  const token = (piece: string, start: number): Token => ({ id: 0, text: piece, start, end: start + piece.length, special: false })
  const cls: Token = { id: 1, text: '[CLS]', start: 0, end: 0, special: true }
  const tokens = [
    cls,
    ...[token('It', 0), token('was', 3), token('un', 7), token('believ', 9), token('able', 15), token(':', 19)],
    ...[token('it', 21), token('was', 24), token('New', 28), token('York', 32), token('.', 36)],
  ]
  const place = { tokens, text, reach: tokens.length }
  const of = (where: Parameters<typeof spanOf>[0]) => spanOf(where, place, 'edits[0] (cut)')

  it.each([
    [3, [3, 3]],
    [
      [3, 5],
      [3, 5],
    ],
    ['unbelievable', [3, 5]],
    ['it', [7, 7]],
    ['It', [1, 1]],
    ['IT:2', [7, 7]],
    ['was:2', [8, 8]],
    ['New York', [9, 10]],
    ['[CLS]', [0, 0]],
    [':', [6, 6]],
  ] as const)('%j is tokens %j', (where, span) => expect(of(where)).toEqual(span))

  it.each([
    ['elephant', 'edits[0] (cut): the text has no "elephant"; it has [CLS] It was un believ able : it was New York .'],
    ['was:3', 'edits[0] (cut): "was" stands in the text 2 times, counted from 1, so there is no was:3'],
    ['believ', 'edits[0] (cut): the text has no "believ"; it has [CLS] It was un believ able : it was New York .'],
    [12, 'edits[0] (cut): token 12 does not exist, the text has 12 (counted from 0)'],
    [[5, 3], 'edits[0] (cut): the span [5, 3] ends before it begins'],
  ] as const)('%j is refused', (where, message) => expect(() => of(where)).toThrow(message))

  it('without a text, a token goes by what the vocabulary calls it, with or without its mark', () => {
    const ids = ['Ġthe', '##ing', '▁cat'].map((name) => ({ ...cls, text: name, special: false }))
    const at = { tokens: ids, text: undefined, reach: 3 }
    for (const [n, word] of ['the', 'ing', 'cat'].entries()) expect(spanOf(word, at, '')).toEqual([n, n])
    expect(spanOf('Ġthe', at, '')).toEqual([0, 0])
  })
})

describe('What is no edit', () => {
  it.each([
    [7, "edits[0]: an edit is an object such as { cut: 'edge', from: 'it', to: 'animal' }, got 7"],
    [{ remove: 'head' }, 'edits[0]: {"remove":"head"} says nothing to do; an edit has one of ablate, cut, keep,'],
    [{ ablate: 'head', layer: 0, haed: 1 }, 'edits[0] (ablate): Unrecognized key: "haed" in {"ablate":"head","layer":0,"haed":1}'],
    [{ cut: 'edge', from: -1 }, 'edits[0] (cut): from:'],
    [{ patch: 'neurons', layer: 0, from: 'x' }, 'edits[0] (patch): patch: Invalid option'],
    [[{ silence: 'it' }, { swap: 'it' }], 'edits[1] (swap): with:'],
  ])('%j', (edits, message) => expect(() => readEdits(edits)).toThrow(message))
})

describeShared('Edits that do not fit', 'conformance/models/', () => {
  it('is refused when a model is asked to be edited, not when it runs', async () => {
    const model = await small('bert-base')
    expect(() => edit(model, { ablate: 'layer' } as unknown as Edits)).toThrow('edits[0] (ablate)')
  })

  it.each([
    ['gpt2', { ablate: 'head', layer: 9 }, 'edits[0] (ablate): layer 9 does not exist, the model has 2 (counted from 0)'],
    ['gpt2', { ablate: 'head', layer: 0, head: 9 }, 'edits[0] (ablate): head 9 does not exist, the model has'],
    ['gpt2', { ablate: 'head', head: 0, heads: [1] }, 'edits[0] (ablate): head and heads say the same thing; keep one of them'],
    ['gpt2', { cut: 'edge', to: 1, kind: 'cross' }, 'edits[0] (cut): gpt2 has no kind "cross"; it has decoder'],
    ['gpt2', { cut: 'edge' }, 'edits[0] (cut): cuts every link; say from which token'],
    ['gpt2', { cut: 'edge', to: 1, batch: 2 }, 'edits[0] (cut): text 2 does not exist, there are 2 (counted from 0)'],
    ['gpt2', { cut: 'edges', edges: [[0, 6]] }, 'edits[0] (cut): there is no link [0, 6]; there are 6 tokens that look'],
    ['gpt2', { pattern: 'sharpen', by: 0.5 }, 'edits[0] (pattern): sharpen needs by > 1'],
    ['gpt2', { pattern: 'flatten', weights: [[1]] }, 'edits[0] (pattern): flatten takes by, not weights'],
    ['gpt2', { pattern: 'replace', weights: [[1]] }, 'edits[0] (pattern): weights must have 6 rows of 6, got 1 rows of 1'],
    ['gpt2', { positions: [0, 1] }, 'edits[0] (positions): 2 positions for 6 tokens; give one for each'],
    ['gpt2', { ablate: 'head', layer: 0, by: { vector: [1] } }, 'edits[0] (ablate): the vector has 1 numbers, the head has'],
    ['gpt2', { patch: 'residual', layer: 0, head: 1, from: [5, 6] }, 'edits[0] (patch): residual has no heads'],
    [
      'gpt2',
      { patch: 'residual', layer: 0, from: [5, 6], at: 4 },
      'edits[0] (patch): token 4 has no counterpart in the other text',
    ],
    [
      'gpt2',
      { patch: 'residual', layer: 0, from: [5, 6, 7], at: [0, 1], there: 1 },
      'edits[0] (patch): at has 2 tokens and there 1',
    ],
    ['llama', { projections: 'shared', by: 'query' }, "the query's projection makes"],
  ] as const)('%s %j', async (name, edits, message) => {
    const model = await small(name)
    await expect(model.run(inputOf(model), { edits: edits as unknown as Edits })).rejects.toThrow(message)
  })
})

describeShared('Edits one by one', 'conformance/models/', () => {
  const ids = [5, 9, 6, 12, 7, 10]

  it('a silenced token is what padding is: nothing looks at it', async () => {
    const model = await small('bert-base')
    using silent = await model.run(ids, { edits: { silence: 5 } })
    using padded = await model.run({ inputIds: [ids], attentionMask: [[1, 1, 1, 1, 1, 0]] })
    const width = model.config.width
    const real = (run: Run) => numbers(run.hidden(-1)).then((all) => all.slice(0, 5 * width))
    expect(apart([await real(silent)], [await real(padded)])).toBeLessThan(1e-6)
  })

  it('what an encoder read is silent for its decoder, too', async () => {
    const model = await small('t5')
    using run = await trace(model, inputOf(model), { edits: { silence: 2 } })
    for (const kind of ['encoder', 'cross'] as const) for (const row of await matrix(run, 1, 0, kind, 0)) expect(row[2]).toBe(0)
    for (const row of (await matrix(run, 1, 0, 'decoder', 0)).slice(2)) expect(row[2]).toBeGreaterThan(0)
  })

  it.each(['bert-base', 'roberta-mlm', 'distilbert-mlm', 'modernbert-mlm', 't5', 'bart', 'marian'])(
    '%s without positions cannot tell the order of its words',
    async (name) => {
      const model = await small(name)
      const width = model.config.width
      const edits: Edits = { positions: 'remove', kind: 'encoder' }
      using run = await model.run(ids, { edits })
      using turned = await model.run(ids.toReversed(), { edits })
      const rows = async (one: Run) => {
        const all = await numbers(one.hidden(-1, { kind: 'encoder' }))
        return ids.map((_, n) => all.slice(n * width, (n + 1) * width))
      }
      expect(apart(await rows(run), (await rows(turned)).toReversed())).toBeLessThan(1e-4)
      using plain = await model.run(ids)
      expect(apart(await rows(plain), await rows(run))).toBeGreaterThan(1e-3)
    },
  )

  it('places told in another order are as words read in another order', async () => {
    const model = await small('bert-base')
    const width = model.config.width
    using told = await model.run(ids, { edits: { positions: [5, 4, 3, 2, 1, 0] } })
    using turned = await model.run(ids.toReversed())
    const [a, b] = [await numbers(told.hidden(-1)), await numbers(turned.hidden(-1))]
    for (const n of ids.keys())
      expect(apart([a.slice(n * width, (n + 1) * width)], [b.slice((5 - n) * width, (6 - n) * width)])).toBeLessThan(1e-5)
  })

  it('a shuffle is the same for the same seed, and another for another', async () => {
    const model = await small('bert-base')
    const read = async (seed: number) => {
      using run = await model.run(ids, { edits: { positions: 'shuffle', seed } })
      return numbers(run.hidden(-1))
    }
    expect(await read(1)).toEqual(await read(1))
    expect(await read(1)).not.toEqual(await read(2))
  })

  it('with one projection, queries, keys and values are the same', async () => {
    const model = await small('bert-base')
    using run = await trace(model, ids, { edits: { projections: 'shared', layer: 1, by: 'value' } })
    using plain = await trace(model, ids)
    expect(await numbers(run.q(1))).toEqual(await numbers(run.v(1)))
    expect(await numbers(run.k(1))).toEqual(await numbers(run.v(1)))
    expect(await numbers(run.v(1))).toEqual(await numbers(plain.v(1)))
  })

  it('shared by groups of heads, each query head is its group’s key', async () => {
    const model = await small('llama')
    using run = await trace(model, ids, { edits: { projections: 'shared', layer: 0 } })
    const [q, k] = [run.q(0), run.k(0)]
    const [heads, kvHeads, size] = [q.shape[1]!, k.shape[1]!, q.shape[2]! * q.shape[3]!]
    const [queries, keys] = [await numbers(q), await numbers(k)]
    for (let h = 0; h < heads; h++) {
      const group = Math.floor((h * kvHeads) / heads)
      expect(queries.slice(h * size, (h + 1) * size)).toEqual(keys.slice(group * size, (group + 1) * size))
    }
  })

  it.each(['bert-base', 'gpt-oss', 't5'])('%s: a replaced pattern is the one that was given', async (name) => {
    const model = await small(name)
    for (const kind of kindsOf(model)) {
      using plain = await trace(model, inputOf(model))
      const [rows, columns] = [plain.q(0, { kind }).shape[2]!, plain.k(0, { kind }).shape[2]!]
      const weights: number[][] = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: columns }, (_, j) => (j === 0 ? 0.75 : j === Math.min(1, i) ? 0.25 : 0)),
      )
      weights[0] = weights[0]!.map((_, j) => (j === 0 ? 1 : 0))
      weights[2]!.fill(0)
      using edited = await trace(model, inputOf(model), { edits: { pattern: 'replace', layer: 0, head: 1, weights, kind } })
      expect(apart(await matrix(edited, 0, 1, kind, 0), weights)).toBeLessThan(1e-6)
      expect(await matrix(edited, 0, 0, kind, 0)).toEqual(await matrix(plain, 0, 0, kind, 0))
    }
  })

  it('weight for a later token is refused where the layer does not see it', async () => {
    const model = await small('gpt2')
    const weights = ids.map((_, i) => ids.map((_, j) => (j === 5 - i ? 1 : 0)))
    await expect(model.run(ids, { edits: { pattern: 'replace', weights } })).rejects.toThrow(
      'edits[0] (pattern): token 0 is given a weight for token 5, which this layer does not let it see',
    )
  })

  it('sharpened by β, weights are those to the power of β', async () => {
    const model = await small('bert-base')
    using plain = await trace(model, ids)
    using edited = await trace(model, ids, { edits: { pattern: 'sharpen', by: 2, layer: 0, head: 1 } })
    const wanted = (await matrix(plain, 0, 1, 'encoder', 0)).map((row) => {
      const squares = row.map((w) => w * w)
      const total = squares.reduce((a, b) => a + b)
      return squares.map((w) => w / total)
    })
    expect(apart(await matrix(edited, 0, 1, 'encoder', 0), wanted)).toBeLessThan(1e-6)
  })

  it('an edit for one text of a batch leaves the others to the bit', async () => {
    const model = await small('bert-base')
    const input = { inputIds: [ids, ids] }
    const edits: Edits = [
      { cut: 'edge', from: 1, to: 3, batch: 1 },
      { ablate: 'head', layer: 0, head: 0, batch: 1 },
      { pattern: 'sharpen', by: 2, layer: 1, batch: 1 },
    ]
    using both = await trace(model, input, { edits })
    using plain = await trace(model, input)
    using alone = await trace(model, ids, { edits: edits.map((each) => ({ ...each, batch: 0 })) })
    const half = (all: number[], n: number) => all.slice((n * all.length) / 2, ((n + 1) * all.length) / 2)
    const state = await numbers(both.hidden(-1))
    expect(half(state, 0)).toEqual(half(await numbers(plain.hidden(-1)), 0))
    expect(apart([half(state, 1)], [await numbers(alone.hidden(-1))])).toBeLessThan(1e-6)
    for (const head of [0, 1])
      expect(apart(await matrix(both, 1, head, 'encoder', 1), await matrix(alone, 1, head, 'encoder', 0))).toBeLessThan(1e-6)
  })
})

describeShared('Edits while a model writes', 'conformance/models/', () => {
  it.each(['gpt2', 'llama', 'mistral-window', 'gemma3', 'bloom', 'gpt-oss', 't5', 'bart'])(
    '%s: what is written under edits is what reading under the same edits foresees',
    async (name) => {
      const model = await small(name)
      const kind = model.config.decoder ? 'cross' : 'decoder'
      const ids = [5, 9, 6, 12]
      const edits: Edits = [
        { cut: 'edge', to: 1, kind },
        { cut: 'edge', to: 2, head: 0, how: 'after', kind },
        { ablate: 'head', layer: 1, head: 0, kind: 'decoder' },
        { pattern: 'flatten', by: 2, layer: 0, kind: 'decoder' },
        { positions: 'remove', kind: 'decoder' },
      ]
      const said: number[] = []
      for await (const { id } of edit(model, edits).generate(ids, { maxNewTokens: 4, stopIds: [] })) said.push(id)
      const start = model.config.decoder ? [model.config.decoder.startId] : ids
      const whole = [...start, ...said]
      const input = model.config.decoder ? { inputIds: [ids], decoderInputIds: [whole] } : whole
      using run = await model.run(input, { edits })
      const logits = await numbers(run.logits!)
      const words = run.logits!.shape.at(-1)!
      for (const [n, id] of said.entries()) {
        const at = start.length - 1 + n
        const row = logits.slice(at * words, (at + 1) * words)
        expect(row[id]).toBeCloseTo(Math.max(...row), 3)
      }
    },
  )

  it.each(['gpt2', 'bloom', 'llama'])('%s: texts of different lengths are written under edits as each alone', async (name) => {
    const model = await small(name)
    const edits: Edits = [
      { cut: 'edge', to: 1 },
      { ablate: 'head', layer: 0, head: 1, by: 'mean' },
      { ablate: 'head', layer: 1, head: 0, at: [1, 3] },
      { positions: 'remove' },
    ]
    const write = async (inputIds: number[][]) => {
      const said: number[][] = inputIds.map(() => [])
      for await (const { id, batch } of model.generate({ inputIds }, { maxNewTokens: 4, stopIds: [], edits })) said[batch]!.push(id)
      return said
    }
    const texts = [
      [5, 9, 6, 12],
      [7, 8],
    ]
    const alone = [...(await write([texts[0]!])), ...(await write([texts[1]!]))]
    expect(await write(texts)).toEqual(alone)
    using read = await model.run(texts[0]!, { edits })
    const last = (await numbers(read.logits!)).slice(-read.logits!.shape.at(-1)!)
    expect(alone[0]![0]).toBe(last.indexOf(Math.max(...last)))
  })

  it('a word that is swapped is swapped before anything is written', async () => {
    const model = await small('gpt2')
    const write = async (input: number[], edits: Edits) => {
      const said: number[] = []
      for await (const { id } of model.generate(input, { maxNewTokens: 3, stopIds: [], edits })) said.push(id)
      return said
    }
    expect(await write([5, 9, 6], { swap: 1, with: [7, 8] })).toEqual(await write([5, 7, 8, 6], []))
  })

  it('a pattern cannot be frozen for what is not yet written', async () => {
    const model = await small('gpt2')
    const writing = model.generate([5, 9, 6], { edits: { pattern: 'freeze' } })
    await expect(writing.next()).rejects.toThrow('edits[0] (pattern): a text that is being written has no pattern yet')
  })
})

/** 1 − cosine of the last hidden vector of token `at`. */
async function turned(a: Run, b: Run, at: number): Promise<number> {
  const width = a.config.width
  const [x, y] = await Promise.all([a, b].map(async (run) => (await run.hidden(-1).read()).slice(at * width, (at + 1) * width)))
  let [xy, xx, yy] = [0, 0, 0]
  for (let n = 0; n < width; n++) {
    xy += x![n]! * y![n]!
    xx += x![n]! ** 2
    yy += y![n]! ** 2
  }
  return 1 - xy / Math.sqrt(xx * yy)
}

describeShared('Edits of a trained encoder', 'models/all-MiniLM-L6-v2', () => {
  const text = "The animal didn't cross the street because it was too tired."
  let model: Model
  beforeAll(async () => {
    model = await loadModel(MINILM)
  })

  it.each([
    [3, 1, 0.0047],
    [5, 11, 0.1141],
  ])('cutting it → animal in layer %i head %i turns the last vector of "it" by %f', async (layer, head, expected) => {
    using plain = await model.run(text)
    using edited = await model.run(text, { edits: { cut: 'edge', from: 'it', to: 'animal', layer, head } })
    const row = plain.tokens.findIndex((token) => token.text === 'it')
    const animal = plain.tokens.findIndex((token) => token.text === 'animal')
    expect(await plain.attention(layer, head).cell(row, animal)).toBeCloseTo(0.675, 2)
    expect(await edited.attention(layer, head).cell(row, animal)).toBe(0)
    expect((await turned(plain, edited, row)).toFixed(4)).toBe(String(expected))
  })

  it('a mean over other texts is the mean over all of their tokens', async () => {
    const texts = ['One day.', 'The cat sat on the mat.']
    const rows: number[][] = []
    for (const text of texts) {
      using read = await trace(model, text)
      const [, , length, width] = read.headOutputs(2).shape as [number, number, number, number]
      const all = await numbers(read.headOutputs(2))
      for (let n = 0; n < length; n++) rows.push(all.slice((5 * length + n) * width, (5 * length + n + 1) * width))
    }
    const mean = rows[0]!.map((_, d) => rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length)
    using edited = await trace(model, 'A dog barks.', { edits: { ablate: 'head', layer: 2, head: 5, by: { reference: texts } } })
    const [, , length, width] = edited.headOutputs(2).shape as [number, number, number, number]
    const all = await numbers(edited.headOutputs(2))
    for (let n = 0; n < length; n++)
      expect(apart([all.slice((5 * length + n) * width, (5 * length + n + 1) * width)], [mean])).toBeLessThan(1e-6)
  })

  it('"it" read with another animal is what that sentence makes of it', async () => {
    using swapped = await model.run(text, { edits: { swap: 'animal', with: 'dog' } })
    using plain = await model.run(text.replace('animal', 'dog'))
    expect(swapped.text).toBe(plain.text)
    expect(await numbers(swapped.hidden(-1))).toEqual(await numbers(plain.hidden(-1)))
  })

  it('a patched word brings what it meant there: with all of it, the sentences are one', async () => {
    const other = "The river didn't cross the street because it was too tired."
    using there = await model.run(other)
    using patched = await model.run(text, { edits: { patch: 'residual', layer: 0, from: other, at: 'animal', there: 'river' } })
    expect(await numbers(patched.hidden(-1))).toEqual(await numbers(there.hidden(-1)))
  })

  it('texts of different lengths are aligned from both ends', async () => {
    const other = "The poor old animal didn't cross the street because it was too tired."
    using there = await trace(model, other)
    using patched = await trace(model, text, { edits: { patch: 'residual', layer: 3, from: other } })
    const [a, b] = [await numbers(patched.hidden(3)), await numbers(there.hidden(3))]
    const width = model.config.width
    expect(a.slice(2 * width)).toEqual(b.slice(4 * width))
    expect(a.slice(0, 2 * width)).toEqual(b.slice(0, 2 * width))
  })
})

/** What an edit is worth, exactly. */

import { beforeAll, describe, expect, it } from 'vitest'
import { type Effect, type EffectMeasure, effect, type RowEffects } from '../../src/lens/index.ts'
import { type AttentionKind, type Edit, loadModel, Model, Tokenizer } from '../../src/model/index.ts'
import { CONFORMANCE, MINILM } from '../model/expected.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { tinyBert } from '../support/tiny-bert.ts'
import { FAMILIES, HAND, handModel, type OneLink, oneLessCosine, statesWithout } from './effect-models.ts'

beforeAll(startEngine)

const cut = (from: number, to: number, more: object = {}): Edit => ({ cut: 'edge', from, to, ...more })

describe('By hand', () => {
  const angle = (a: readonly [number, number], b: readonly [number, number]) => oneLessCosine(a, b)

  /** Token 2 is (0,3) + (1,2) = (1,5). Without token 0 it is (0,3) + (0,3) = (0,6); without token 1 (0,3) + (1.5,1.5) = (1.5,4.5). */
  it('a link cut before the softmax: the others grow', async () => {
    using model = handModel()
    expect((await effect(model, HAND, cut(2, 0))).effect).toBeCloseTo(angle([1, 5], [0, 6]), 14)
    expect((await effect(model, HAND, cut(2, 1))).effect).toBeCloseTo(angle([1, 5], [1.5, 4.5]), 14)
  })

  /** Without token 1, and nothing in its place: (0,3) + (1,1) = (1,4). */
  it('a link cut after the softmax: the others stay', async () => {
    using model = handModel()
    expect((await effect(model, HAND, cut(2, 1, { how: 'after' }))).effect).toBeCloseTo(angle([1, 5], [1, 4]), 14)
  })

  /** Cutting 2 → 0 brings the scores of token 2 from (1,5) to (0,6). */
  it('every measure of words', async () => {
    using model = handModel()
    const log = (x: number, y: number) => x - Math.log(Math.exp(x) + Math.exp(y))
    const measured = async (measure: EffectMeasure) => (await effect(model, HAND, cut(2, 0), { measure })) as Effect
    expect(await measured({ logit: 1 })).toMatchObject({ unedited: 5, edited: 6, effect: 1 })
    expect(await measured({ logitDifference: [0, 1] })).toMatchObject({ unedited: -4, edited: -6, effect: -2 })
    expect((await measured({ logProbability: 0 })).effect).toBeCloseTo(log(0, 6) - log(1, 5), 14)
    expect((await measured({ probability: 1 })).effect).toBeCloseTo(Math.exp(log(6, 0)) - Math.exp(log(5, 1)), 14)
    const [p, q] = [
      [log(1, 5), log(5, 1)],
      [log(0, 6), log(6, 0)],
    ]
    expect((await measured('kl')).effect).toBeCloseTo(
      p.reduce((sum, each, n) => sum + Math.exp(each) * (each - q[n]!), 0),
      14,
    )
    expect((await measured({ logit: 1, at: 0 })).effect).toBe(0)
    expect((await measured({ cosine: 0 })).effect).toBe(0)
  })

  /** The head gives (1,2) to every token. Without it the states are the tokens themselves: (3,0) for (4,2), (0,3) for (1,5) twice. */
  it('a head: the mean over the tokens, where no token looks', async () => {
    using model = handModel()
    const made = await effect(model, HAND, { ablate: 'head', layer: 0, head: 0 })
    expect(made.effect).toBeCloseTo((angle([4, 2], [3, 0]) + 2 * angle([1, 5], [0, 3])) / 3, 14)
    expect(made.measure).toBe('1 − cosine of the last hidden vector of each of its 3 tokens, their mean')
  })

  it('a row says the weight and the effect of every link', async () => {
    using model = handModel()
    const made = await effect(model, HAND, { row: 2 })
    expect(made).toMatchObject({ cut: 'layer 0, head 0, before the softmax', row: [2] })
    expect(made.measure).toBe('1 − cosine of the last hidden vector of "#1" (token 2)')
    expect(made.tokens.map(({ index, text }) => [index, text])).toEqual([
      [0, '#0'],
      [1, '#1'],
      [2, '#1'],
    ])
    for (const { weight } of made.tokens) expect(weight).toBeCloseTo(1 / 3, 6)
    const without1 = angle([1, 5], [1.5, 4.5])
    for (const [n, wanted] of [angle([1, 5], [0, 6]), without1, without1].entries())
      expect(made.tokens[n]!.effect).toBeCloseTo(wanted, 14)
  })

  it('no edit has no effect; edits in a list of their own are made together', async () => {
    using model = handModel()
    expect(await effect(model, HAND, [])).toEqual([])
    const [none, both] = await effect(model, HAND, [[], [cut(2, 0), cut(2, 1)]])
    expect(none!.effect).toBe(0)
    expect(both!.effect).toBeCloseTo(angle([1, 5], [0, 6]), 14)
  })

  it('what cannot be asked is refused in one line', async () => {
    using model = handModel()
    const asked = (measure: unknown, edit: Edit = cut(2, 0)) => effect(model, HAND, edit, { measure: measure as EffectMeasure })
    await expect(asked('cosin')).rejects.toThrow('there is no measure "cosin"; there are cosine, embedding, kl')
    await expect(asked({ logit: 2 })).rejects.toThrow('id 2 does not exist; the model has 0 to 1')
    await expect(asked({ logit: 'cat' })).rejects.toThrow('no tokenizer.json, so "cat" must be given as an id')
    await expect(asked('embedding')).rejects.toThrow('does not say how to make a sentence embedding')
    await expect(asked({ cosine: 3 })).rejects.toThrow('effect: token 3 does not exist')
    await expect(asked({ cosine: -1 })).rejects.toThrow('a whole number from 0, or a word, got -1')
    await expect(asked('kl', { ablate: 'head' })).rejects.toThrow('no token looks in this edit, so say where')
    await expect(asked({ restored: 1, at: 0 })).rejects.toThrow('needs a model with a mask')
    await expect(effect(model, { inputIds: [HAND, HAND] }, cut(2, 0))).rejects.toThrow('takes one text at a time, got 2')
    await expect(effect(model, HAND, cut(2, 0, { batch: 0 }))).rejects.toThrow('edits name no batch; got batch 0')
    await expect(effect(model, HAND, cut(2, 7))).rejects.toThrow('token 7 does not exist')
  })
})

describe('Long work', () => {
  it('tells how far it is, and stops when it is called off', async () => {
    using model = handModel()
    const told: object[] = []
    const edits = Array.from({ length: 700 }, () => cut(2, 0))
    await effect(model, HAND, edits, { onProgress: (progress) => told.push(progress) })
    expect(told).toEqual([
      { done: 341, total: 700 },
      { done: 682, total: 700 },
      { done: 700, total: 700 },
    ])
    const off = new AbortController()
    const reason = new Error('enough')
    const work = effect(model, HAND, edits, { signal: off.signal, onProgress: () => off.abort(reason) })
    await expect(work).rejects.toBe(reason)
    await expect(effect(model, HAND, edits, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
  })
})

/** Some links of a family: first and last layer, near and far, and one to itself. */
function linksOf(model: Model, kind: AttentionKind): OneLink[] {
  const { layers, heads } = kind === 'encoder' ? model.config : (model.config.decoder ?? model.config)
  const last = kind === 'encoder' && model.config.decoder ? 4 : model.config.decoder ? 3 : 6
  return [
    { kind, layer: 0, head: 1, from: last, to: 1 },
    { kind, layer: layers - 1, head: heads - 1, from: last, to: last - 1 },
    { kind, layer: layers - 1, head: 0, from: 2, to: 2 },
    { kind, layer: 0, head: 0, from: 3, to: 0 },
  ]
}

const editOf = ({ kind, ...link }: OneLink): Edit => ({ cut: 'edge', kind, ...link })
const halfOf = (kind: AttentionKind) => (kind === 'encoder' ? 'encoder' : 'decoder')

describeShared('Against models put together anew with explicit masks', 'conformance/models/', () => {
  it.each(FAMILIES)('$name: each cut alone, and all at once as rows of a batch', async ({ name, kinds, input }) => {
    using model = await loadModel(CONFORMANCE + name, { dtype: 'float64' })
    using quick = await loadModel(CONFORMANCE + name)
    for (const kind of kinds) {
      const links = linksOf(model, kind)
      const half = halfOf(kind)
      const before = await statesWithout(model, input, half, [])
      const edits = links.map(editOf)
      const together = await effect(model, input, edits)
      const inFloat32 = await effect(quick, input, edits)
      for (const [n, link] of links.entries()) {
        const after = await statesWithout(model, input, half, [link])
        const wanted = oneLessCosine(before[link.from]!, after[link.from]!)
        const alone = await effect(model, input, edits[n]!)
        expect(alone.effect).toBeCloseTo(wanted, 12)
        expect(together[n]!.effect).toBeCloseTo(wanted, 12)
        expect(Math.abs(inFloat32[n]!.effect - wanted)).toBeLessThan(1e-6 + 1e-4 * wanted)
      }
    }
  })

  it.each(FAMILIES)('$name: a link that carries no weight can be cut without effect', async ({ name, kinds, input }) => {
    using model = await loadModel(CONFORMANCE + name, { dtype: 'float64' })
    if (!kinds.includes('decoder')) return
    const ahead: Edit = { cut: 'edge', kind: 'decoder', from: 1, to: 3 }
    expect((await effect(model, input, ahead)).effect).toBe(0)
  })

  it.each(FAMILIES)('$name: heads silenced as rows of a batch are heads silenced one by one', async ({ name, kinds, input }) => {
    using model = await loadModel(CONFORMANCE + name)
    for (const kind of kinds) {
      const edits = [0, 1, 2].map((head): Edit => ({ ablate: 'head', kind, layer: 1, head }))
      const measure: EffectMeasure = { cosine: 2, kind: halfOf(kind) }
      const together = await effect(model, input, edits, { measure })
      for (const [n, edit] of edits.entries()) {
        const alone = await effect(model, input, edit, { measure })
        expect(together[n]!.effect).toBeGreaterThan(1e-9)
        expect(Math.abs(together[n]!.effect - alone.effect)).toBeLessThan(1e-6)
      }
    }
  })
})

describeShared('A word behind the mask', 'conformance/models/bert-mlm/', () => {
  it('is restored in both runs, from the text with the mask in its place', async () => {
    using loaded = await loadModel(`${CONFORMANCE}bert-mlm`, { dtype: 'float64' })
    const tokenizer = new Tokenizer(tinyBert().json['tokenizer.json'])
    const model = new Model({ ...loaded, tokenizer }, undefined)
    const edit: Edit = { cut: 'edge', from: 2, to: 5 }
    const made = await effect(model, 'the animal was too tired', edit, { measure: { restored: 'dog', at: 'animal' } })
    expect(made.measure).toBe('log probability of "dog" behind the mask, at "animal" (token 2)')
    const there: EffectMeasure = { logProbability: 'dog', at: 2 }
    const plain = await effect(model, 'the [MASK] was too tired', edit, { measure: there })
    expect(made).toMatchObject({ unedited: plain.unedited, edited: plain.edited, effect: plain.effect })
    expect(Math.abs(made.effect)).toBeGreaterThan(1e-6)
    const several = effect(model, 'the animal was too tired', edit, { measure: { restored: 'dog', at: [2, 3] } })
    await expect(several).rejects.toThrow('restored hides one token, and [2,3] is 2')
  })
})

describeShared('all-MiniLM-L6-v2, the animal and the street', 'models/all-MiniLM-L6-v2/', () => {
  const text = "The animal didn't cross the street because it was too tired."
  const look = (layer: number, head: number): Edit => ({ cut: 'edge', from: 'it', to: 'animal', layer, head })

  it('two links of the same weight: 0.0047 in layer 3 head 1, 0.1141 in layer 5 head 11', async () => {
    using model = await loadModel(MINILM)
    const [first, second] = await effect(model, text, [look(3, 1), look(5, 11)])
    expect(first!.measure).toBe('1 − cosine of the last hidden vector of "it" (token 10)')
    expect(first!.effect).toBeCloseTo(0.0047, 4)
    expect(second!.effect).toBeCloseTo(0.1141, 4)
  })

  it('cut in all heads, token by token: of all words the animal matters most to "it"', async () => {
    using model = await loadModel(MINILM)
    const { tokens, cut } = (await effect(model, text, { row: 'it' })) as RowEffects
    expect(cut).toBe('all 72 heads, before the softmax')
    expect(tokens).toHaveLength(16)
    expect(tokens.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 5)
    expect(tokens.toSorted((a, b) => b.effect - a.effect)[0]!.text).toBe('animal')
  })

  it('measures the sentence embedding; a swap moves what is measured along with its token', async () => {
    using model = await loadModel(MINILM)
    expect((await effect(model, text, look(5, 11), { measure: 'embedding' })).effect).toBeGreaterThan(1e-4)
    using plain = await model.run(text)
    using other = await model.run(text.replace('animal', 'very big horse'))
    const states = await Promise.all([plain.hidden(-1).read(), other.hidden(-1).read()])
    const [at, then] = [plain, other].map((run, n) => {
      const place = run.tokens.findIndex((token) => token.text === 'it')
      return states[n]!.slice(place * 384, (place + 1) * 384) as Float32Array
    })
    const swapped = await effect(model, text, { swap: 'animal', with: 'very big horse' }, { measure: { cosine: 'it' } })
    expect(swapped.effect).toBeCloseTo(oneLessCosine(at!, then!), 6)
    const edit: Edit = { swap: 'animal', with: 'very big horse' }
    await expect(effect(model, text, edit, { measure: { cosine: 'animal' } })).rejects.toThrow(
      'a swap puts other tokens in its place',
    )
  })
})

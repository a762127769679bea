/** Estimates of every link and head at once, against what they estimate. */

import { beforeAll, describe, expect, it } from 'vitest'
import { scores } from '../../src/attention/index.ts'
import { memoryFor } from '../../src/backend/index.ts'
import { cosineDistance } from '../../src/lens/effect/formulas.ts'
import { type EffectMeasure, type Effects, effect, effects, rankAgreement } from '../../src/lens/effect/index.ts'
import type { Edit } from '../../src/model/edit/edit.ts'
import type { Hooks } from '../../src/model/hooks.ts'
import { type AttentionKind, loadModel, type Model, type ModelInput } from '../../src/model/index.ts'
import type { AttentionHooks } from '../../src/nn/index.ts'
import { CONFORMANCE, MINILM } from '../model/expected.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { FAMILIES, HAND, handModel, type OneLink } from './effect-models.ts'

beforeAll(startEngine)

describe('Where nothing after a head is curved, the estimate is exact', () => {
  const agree = async (made: Effects) => {
    expect(made.edges).toHaveLength(9)
    for (const { estimate, exact } of [...made.edges, ...made.heads]) expect(estimate).toBeCloseTo(exact, 5)
  }

  it.each(['before', 'after'] as const)('every link cut %s the softmax, and the head', async (how) => {
    using model = handModel({ gain: 0.3 })
    for (const at of [0, 1, 2]) {
      using made = await effects(model, HAND, { measure: { logitDifference: [0, 1], at }, top: 9, how })
      await agree(made)
    }
  })

  /** Token 0 gives nearly all its weight to itself: with gain 1.5 all but 0.00014, with gain 3 all that float32 can tell. */
  it.each([1.5, 3])('a link with nearly all the weight of its row, in float32, gain %d', async (gain) => {
    using model = handModel({ gain, dtype: 'float32' })
    using made = await effects(model, HAND, { measure: { logit: 0, at: 0 }, from: 0, top: 3 })
    const self = made.edges.find(({ to }) => to === 0)!
    expect(self.weight).toBeGreaterThan(0.999)
    expect(self.exact).toBeCloseTo(-3, 2)
    expect(Math.abs(self.estimate - self.exact)).toBeLessThan(1e-5)
  })
})

/** The link's score is lowered by −log(1 − share): share 1 would cut it. Its weight w becomes w·(1 − share)/(1 − share·w). */
function weakened({ kind, layer: at, head, from, to }: OneLink, share: number): Hooks {
  const lower = scores.from((s, _b, h, i, j) =>
    h
      .eq(head)
      .and(i.eq(from))
      .and(j.eq(to))
      .where(s.add(Math.log1p(-share)), s),
  )
  const hooks: AttentionHooks = {
    attend: (looking, attend) => {
      const { options } = looking
      return attend({ ...looking, options: { ...options, score: [...[options.score ?? []].flat(), lower] } })
    },
  }
  return {
    block: (layer, { tower }) => {
      if (layer !== at) return undefined
      if (kind === 'cross') return tower === 'decoder' ? { cross: hooks } : undefined
      return tower === kind ? { attention: hooks } : undefined
    },
  }
}

/** What the measures of this file read: the last state, or the scores, at one place. */
async function readAt(
  model: Model,
  input: ModelInput,
  place: number,
  what: 'states' | 'scores',
  hooks?: Hooks,
): Promise<Float64Array> {
  using run = await model.run(input, hooks && { hooks })
  const tensor = what === 'scores' ? run.logits! : run.hidden(-1, model.config.decoder && { kind: 'decoder' })
  const width = tensor.shape.at(-1)!
  return Float64Array.from((await tensor.read()).subarray(place * width, (place + 1) * width))
}

describeShared('The smaller the change, the better the estimate', 'conformance/models/', () => {
  const SHARE = 1e-3
  const place = 3

  /** δ of a weakened link is share·w/(1 − share·w) · (o − v); of a cut one w/(1 − w) · (o − v). */
  const part = (w: number) => ((SHARE * w) / (1 - SHARE * w)) * ((1 - w) / w)

  async function compare(name: string, kinds: readonly AttentionKind[], input: ModelInput): Promise<void> {
    using model = await loadModel(CONFORMANCE + name, { dtype: 'float64' })
    const measures: [EffectMeasure, 'states' | 'scores'][] = [
      [{ cosine: place, ...(model.config.decoder && { kind: 'decoder' }) }, 'states'],
      [{ logitDifference: [11, 40], at: place }, 'scores'],
    ]
    for (const kind of kinds)
      for (const [measure, what] of measures) {
        using all = await effects(model, input, { measure, kind, top: 0, probes: model.config.width })
        const plain = await readAt(model, input, place, what)
        for (const link of [
          { kind, layer: 0, head: 1, from: 3, to: 1 },
          { kind, layer: 1, head: 2, from: 3, to: 2 },
        ]) {
          const tile = await all.tile(link, [link.from, link.from + 1], [link.to, link.to + 1])
          const moved = await readAt(model, input, place, what, weakened(link, SHARE))
          const wanted = what === 'states' ? cosineDistance(moved, plain) : moved[11]! - moved[40]! - plain[11]! + plain[40]!
          const estimate = tile.effects[0]! * part(tile.weights[0]!) ** (what === 'states' ? 2 : 1)
          expect(Math.abs(estimate), JSON.stringify(link)).toBeGreaterThan(1e-18)
          expect(Math.abs(estimate / wanted - 1), `${JSON.stringify(link)} ${JSON.stringify(measure)}`).toBeLessThan(0.02)
        }
      }
  }

  it.each(FAMILIES)('$name', ({ name, kinds, input }) => compare(name, kinds, input))
})

describeShared('All links of a text', 'conformance/models/', () => {
  const input = [5, 17, 33, 8, 64, 21, 12]

  it('the largest come first, with the exact effects that `effect` gives, and their agreement', async () => {
    using model = await loadModel(`${CONFORMANCE}gpt2`, { dtype: 'float64' })
    const measure: EffectMeasure = { logit: 40 }
    using all = await effects(model, input, { measure, top: 12 })
    expect(all.measure).toBe('logit of #40, at "#12" (token 6)')
    expect(all.method).toMatch(/^first-order estimate \(one gradient\)/)
    const { layers, heads } = model.config
    const every: number[] = []
    for (let layer = 0; layer < layers; layer++)
      for (let head = 0; head < heads; head++)
        every.push(...(await all.tile({ layer, head }, [0, 7], [0, 7])).effects.map(Math.abs))
    every.sort((a, b) => b - a)
    expect(all.edges.map(({ estimate }) => Math.abs(estimate))).toEqual(every.slice(0, 12))
    for (const { exact, layer, head, from, to } of all.edges) {
      const edit: Edit = { cut: 'edge', from, to, layer, head }
      expect((await effect(model, input, edit, { measure: { logit: 40, at: 6 } })).effect).toBeCloseTo(exact, 10)
    }
    expect(all.headEstimates).toHaveLength(layers * heads)
    expect(all.heads).toHaveLength(Math.min(12, layers * heads))
    for (const { exact, layer, head } of all.heads)
      expect((await effect(model, input, { ablate: 'head', layer, head }, { measure })).effect).toBeCloseTo(exact, 10)
    const sizes = (of: 'estimate' | 'exact') => all.edges.map((edge) => Math.abs(edge[of]))
    expect(all.agreement.edges).toEqual(rankAgreement(sizes('estimate'), sizes('exact')))
    expect(all.agreement.edges.count).toBe(12)
  })

  it('links from one token and to another alone, if that is asked', async () => {
    using model = await loadModel(`${CONFORMANCE}bert-mlm`)
    using all = await effects(model, input, { from: 2, to: [4, 5], top: 40 })
    expect(all.measure).toBe('1 − cosine of the last hidden vector of "#33" (token 2)')
    expect(all.edges).toHaveLength(2 * model.config.layers * model.config.heads)
    expect(new Set(all.edges.map(({ from, to }) => `${from} ${to}`))).toEqual(new Set(['2 4', '2 5']))
  })

  it('of an encoder–decoder: links of all kinds that the measure depends on, or those of the half whose tokens are named', async () => {
    using model = await loadModel(`${CONFORMANCE}bart`)
    const both = { inputIds: [[5, 17, 33, 8, 64]], decoderInputIds: [[2, 9, 31, 40]] }
    using all = await effects(model, both, { measure: { logit: 7 }, top: 400 })
    expect(new Set(all.edges.map(({ kind }) => kind))).toEqual(new Set(['encoder', 'decoder', 'cross']))
    expect(Math.max(...all.edges.filter(({ kind }) => kind === 'cross').map(({ to }) => to))).toBe(4)
    using own = await effects(model, both, { from: 4, top: 400 })
    expect(own.measure).toBe('1 − cosine of the last hidden vector of "#64" (token 4)')
    expect(new Set(own.edges.map(({ kind, from }) => `${kind} ${from}`))).toEqual(new Set(['encoder 4']))
  })

  it('gives back all memory, tells how far it is, and stops when it is called off', async () => {
    const live = () => ({ ...memoryFor('float32', 'test').live })
    using model = await loadModel(`${CONFORMANCE}qwen3`)
    ;(await effects(model, input, { top: 1 })).dispose()
    const before = live()
    const told: { done: number; total: number }[] = []
    using all = await effects(model, input, { top: 3, onProgress: (progress) => told.push(progress) })
    expect(told.at(-1)!.done).toBe(told.at(-1)!.total)
    all.dispose()
    expect(live()).toEqual(before)
    const off = new AbortController()
    const work = effects(model, input, { signal: off.signal, onProgress: () => off.abort(new Error('enough')) })
    await expect(work).rejects.toThrow('enough')
    expect(live()).toEqual(before)
  })

  it('what cannot be asked is refused in one line', async () => {
    using model = await loadModel(`${CONFORMANCE}gpt2`)
    await expect(effects(model, input, { top: -1 })).rejects.toThrow('effects: top must be a whole number from 0, got -1')
    await expect(effects(model, input, { probes: 0 })).rejects.toThrow('effects: probes must be a whole number from 1, got 0')
    await expect(effects(model, input, { kind: 'cross' })).rejects.toThrow('does not depend on links of kind "cross"')
    using all = await effects(model, input, { top: 0 })
    expect(() => all.tile({ layer: 9, head: 0 }, [0, 1], [0, 1])).toThrow(
      'effects: there is no layer 9 of kind "decoder"; estimated are 2',
    )
  })
})

describeShared('all-MiniLM-L6-v2: all that "it" looks at', 'models/all-MiniLM-L6-v2/', () => {
  it('the link to the animal in layer 5 head 11 comes first by estimate and by effect, and both agree on the order', async () => {
    using model = await loadModel(MINILM)
    const text = "The animal didn't cross the street because it was too tired."
    using all = await effects(model, text, { from: 'it', top: 24 })
    expect(all.edges[0]).toMatchObject({ layer: 5, head: 11, from: 10, to: 2 })
    expect(Math.max(...all.edges.map(({ exact }) => exact))).toBe(all.edges[0]!.exact)
    expect(all.agreement.edges.spearman).toBeGreaterThan(0.6)
  }, 120_000)
})

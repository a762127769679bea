/** The default measure of two runs that are at hand. */

import { beforeAll, describe, expect, it } from 'vitest'
import { effect, effectBetween } from '../../src/lens/index.ts'
import { type Edit, loadModel, type Model } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { tinyBert } from '../support/tiny-bert.ts'
import { HAND, handModel, oneLessCosine } from './effect-models.ts'

beforeAll(startEngine)

const TEXT = 'the animal was tired because it slept in the sun'
const ANIMAL = 2
const IT = 6

function tiny(): Promise<Model> {
  const { json, weights } = tinyBert()
  const files = Object.entries(json).map(([path, content]) => [path, new Blob([JSON.stringify(content)])] as const)
  return loadModel(new Map<string, Blob>([...files, ['model.safetensors', new Blob([weights])]]), { dtype: 'float64' })
}

describe('Between two runs', () => {
  /** Token 2 is (0,3) + (1,2) = (1,5). Without token 0 it is (0,3) + (0,3) = (0,6). */
  it('by hand', async () => {
    using model = handModel()
    using before = await model.run(HAND)
    using after = await model.run(HAND, { edits: { cut: 'edge', from: 2, to: 0 } })
    const made = await effectBetween(before, after, 2)
    expect(made.effect).toBeCloseTo(oneLessCosine([1, 5], [0, 6]), 14)
    expect(made).toMatchObject({ measure: '1 − cosine of the last hidden vector of "#1" (token 2)', token: 2 })
    expect((await effectBetween(before, before, 2)).effect).toBe(0)
  })

  it.each<[string, Edit]>([
    ['a cut link', { cut: 'edge', from: IT, to: ANIMAL, layer: 1 }],
    ['a silenced head', { ablate: 'head', layer: 0, head: 2 }],
    ['a word for two', { swap: ANIMAL, with: 'big dog' }],
  ])('is what effect measures by running the model again: %s', async (_, edit) => {
    using model = await tiny()
    using before = await model.run(TEXT)
    using after = await model.run(TEXT, { edits: edit })
    const [again] = await effect(model, TEXT, [edit], { measure: { cosine: IT } })
    const made = await effectBetween(before, after, IT)
    expect(made.effect).toBeCloseTo(again!.effect, 12)
    expect(made.measure).toBe(again!.measure)
    expect(after.tokens[made.token]!.text).toBe('it')
  })

  it('a token that was itself swapped for several has no counterpart', async () => {
    using model = await tiny()
    using before = await model.run(TEXT)
    using after = await model.run(TEXT, { edits: { swap: ANIMAL, with: 'big dog' } })
    await expect(effectBetween(before, after, ANIMAL)).rejects.toThrow('a swap puts other tokens in its place')
  })
})

/** Edits: each against what it says it does. */

import { beforeAll, expect, it } from 'vitest'
import { loadModel, type Model, type Run } from '../../src/model/index.ts'
import { MINILM } from '../model/expected.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'

beforeAll(startEngine)

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
})

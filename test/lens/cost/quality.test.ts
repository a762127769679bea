import { expect, test } from 'vitest'
import { patterns, quality } from '../../../src/lens/index.ts'
import { loadModel } from '../../../src/model/index.ts'
import { startEngine } from '../../support/engine.ts'
import { describeShared } from '../../support/shared.ts'

await startEngine()

const { causal, dense, window, windowAndFirst } = patterns
const IDS = [3, 9, 4, 7, 5, 2, 8, 6]

describeShared('what a pattern costs in quality', 'conformance/models', (folder) => {
  const load = (name: string) => loadModel(new URL(`models/${name}/`, folder))

  test('a pattern that forbids nothing costs nothing, to the bit', async () => {
    using model = await load('gpt2')
    const { rows, loss, tokens } = await quality(model, IDS, [dense, causal, window(8)])
    expect(tokens).toBe(8)
    for (const row of rows) expect(row).toMatchObject({ links: 1, turned: 0, divergence: 0, loss })
  })

  test('a window over the whole of a text of one token is the text', async () => {
    using model = await load('gpt2')
    expect((await quality(model, [5], [window(1)])).rows[0]).toMatchObject({ links: 1, turned: 0, divergence: 0, loss: undefined })
  })

  test('seeing oneself alone is reading every token as if it stood there without the others', async () => {
    // OPT and GPT-2 have positions of their own, so only the first token can be read alone: it loses nothing. BLOOM, without places, can be checked at all.
    using model = await load('bloom')
    const { rows } = await quality(model, IDS, [window(1)])
    const losses: number[] = []
    using own = await model.run(IDS)
    const whole = await own.logits!.read()
    const size = own.logits!.shape[2]!
    for (const [n, id] of IDS.entries()) {
      using alone = await model.run([id])
      const [p, q] = [whole.subarray(n * size, (n + 1) * size), await alone.logits!.read()].map((scores) => {
        const list = Array.from(scores as Float32Array)
        const sum = list.reduce((total, score) => total + Math.exp(score), 0)
        return list.map((score) => score - Math.log(sum))
      }) as [number[], number[]]
      losses.push(p.reduce((sum, each, at) => sum + Math.exp(each) * (each - q[at]!), 0))
    }
    expect(rows[0]!.divergence).toBeCloseTo(losses.reduce((a, b) => a + b, 0) / IDS.length, 5)
    expect(rows[0]!.links).toBeCloseTo(8 / 36, 12)
  })

  test('a window of 4 on a model whose own window is 4 costs nothing; a window of 2 costs something', async () => {
    const golden = new URL('../../model/goldens/mistral-window-4/', import.meta.url)
    using model = await loadModel(golden)
    const { rows } = await quality(model, IDS, [window(4), window(2)])
    expect(rows[0]).toMatchObject({ turned: 0, divergence: 0 })
    expect(rows[1]!.turned).toBeGreaterThan(0)
    expect(rows[1]!.divergence).toBeGreaterThan(0)
  })

  test('an encoder without a head for words is measured by its last states; the first key can be kept in sight', async () => {
    using model = await load('bert-base')
    const told: number[] = []
    const { rows, loss } = await quality(model, IDS, [window(3, { both: true }), windowAndFirst(3, { both: true })], {
      onProgress: (done, of) => told.push(done / of),
    })
    expect(loss).toBeUndefined()
    expect(rows[0]).toMatchObject({ pattern: 'window 3', divergence: undefined, loss: undefined })
    expect(rows[0]!.links).toBeCloseTo(22 / 64, 12)
    expect(rows[1]).toMatchObject({ pattern: 'window 3 + first' })
    expect(rows[1]!.links).toBeCloseTo(28 / 64, 12)
    expect(told).toEqual([0.5, 1])
  })

  test('both halves of an encoder–decoder are held to it', async () => {
    using model = await load('t5')
    const { rows } = await quality(model, IDS, [window(1)])
    expect(rows[0]!.divergence).toBeGreaterThan(0)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { effect, profile, type Reading } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { shared } from '../support/shared.ts'
import { made } from './made.ts'

const close = (value: number) => expect.closeTo(value, 6)
const even = (n: number) => Array.from({ length: n }, () => new Array<number>(n).fill(1 / n))

describe('by hand', () => {
  // [CLS] a b c d e f [SEP]: six tokens beside the sinks, two to each part.
  const pieces = '[CLS]|a| b| c| d| e| f|[SEP]'
  const row = [0.3, 0.1, 0, 0.05, 0.15, 0, 0.2, 0.2]

  test('a row is summed over the parts, sinks apart', async () => {
    const reading = made(pieces, [[Array.from({ length: 8 }, () => row), even(8)]])
    const { layers, parts, places, rows, tokens, texts } = await profile(reading)
    expect([texts, tokens, rows, parts]).toEqual([1, 8, 6, ['start', 'middle', 'end']])
    expect(places[0]).toEqual([
      { name: 'start', first: 1, last: 2, tokens: 2 },
      { name: 'middle', first: 3, last: 4, tokens: 2 },
      { name: 'end', first: 5, last: 6, tokens: 2 },
    ])
    expect(layers[0]!.heads[0]!.attention).toEqual({
      parts: [close(0.1), close(0.2), close(0.2)],
      sinks: close(0.5),
      beside: [close(0.2), close(0.4), close(0.4)],
    })
    expect(layers[0]!.heads[0]!.chance).toEqual({
      parts: [close(2 / 8), close(2 / 8), close(2 / 8)],
      sinks: close(2 / 8),
      beside: [close(1 / 3), close(1 / 3), close(1 / 3)],
    })
    // the mean of the two heads; beside the sinks 0.5 and 0.75 are left
    expect(layers[0]!.attention).toEqual({
      parts: [close(0.175), close(0.225), close(0.225)],
      sinks: close(0.375),
      beside: [close(0.35 / 1.25), close(0.45 / 1.25), close(0.45 / 1.25)],
    })
  })

  test('where no later token is seen, position alone favours the start, and chance says so', async () => {
    // x a b c d e f: x is the sink; row i sees 0 … i evenly, which is what chance gives.
    const causal = Array.from({ length: 7 }, (_, i) => Array.from({ length: 7 }, (_, j) => (j <= i ? 1 / (i + 1) : 0)))
    const { layers } = await profile(made('x|a| b| c| d| e| f', [[causal]], true))
    // rows 1 … 6 (n = i + 1 keys): start has 1/2, 2/3, 2/4, 2/5, 2/6, 2/7
    const start = (1 / 2 + 2 / 3 + 2 / 4 + 2 / 5 + 2 / 6 + 2 / 7) / 6
    const end = (0 + 0 + 0 + 0 + 1 / 6 + 2 / 7) / 6
    expect(layers[0]!.chance.parts).toEqual([close(start), expect.any(Number), close(end)])
    expect(layers[0]!.attention.parts[0]).toEqual(close(start))
    expect(layers[0]!.attention.beside).toEqual(layers[0]!.chance.beside.map(close))
  })

  test('one token alone is profiled when it is named, and the parts are as many as are asked for', async () => {
    const only = even(8).map((each, i) => (i === 3 ? row : each))
    const { layers, rows, parts } = await profile(made(pieces, [[only]]), { from: 'c', parts: 2 })
    expect([rows, parts]).toEqual([1, ['part 1 of 2', 'part 2 of 2']])
    expect(layers[0]!.attention.parts).toEqual([close(0.15), close(0.35)])
  })

  test('too short a text for its parts is refused', async () => {
    await expect(profile(made('[CLS]|a| b', [[even(3)]]))).rejects.toThrow(
      'profile: a text of 2 tokens beside its sinks cannot be cut into 3 parts',
    )
    await expect(profile([])).rejects.toThrow('profile: there is nothing to look at')
  })
})

test('whatever the weights: parts and sinks are all there is, and even looks are what chance says', async () => {
  const n = 9
  const matrix = fc.array(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: n, maxLength: n }), {
    minLength: n,
    maxLength: n,
  })
  await fc.assert(
    fc.asyncProperty(matrix, async (rows) => {
      const ones = rows.map((row) => row.map((w) => w / row.reduce((a, b) => a + b, 0)))
      const { layers } = await profile(made('[CLS]|a| b| c|.| d| e| f|[SEP]', [[ones, even(n)]]))
      for (const shares of [layers[0]!.attention, layers[0]!.chance, layers[0]!.heads[0]!.attention]) {
        expect(shares.parts.reduce((a, b) => a + b, shares.sinks)).toBeCloseTo(1, 5)
        expect(shares.beside.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
      }
      const flat = layers[0]!.heads[1]!
      expect(flat.attention.parts).toEqual(flat.chance.parts.map(close))
      expect(flat.attention.beside).toEqual(flat.chance.beside.map(close))
    }),
    { numRuns: 40 },
  )
})

describe('on tiny models', () => {
  for (const family of ['gpt2', 'mistral-window', 'bert-base', 'gpt-oss']) {
    const folder = shared(`conformance/models/${family}/`)
    test.skipIf(!folder)(`${family} against its whole matrices${folder ? '' : ' (skipped: ../shared is not here)'}`, async () => {
      const model = await loadModel(folder!)
      const run: Reading = await model.run([7, 9, 11, 13, 9, 8, 12, 5])
      const found = await profile(run)
      const sink = run.tokens.map(({ special }, at) => at === 0 || special)
      const own = run.tokens.flatMap((_, at) => (sink[at] ? [] : [at]))
      for (const { layer, heads } of found.layers) {
        const all = await Promise.all(heads.map(({ head }) => run.attention(layer, head).all()))
        for (const { head, attention, chance } of heads) {
          const sums = [0, 0, 0, 0]
          const flat = [0, 0, 0, 0]
          for (const i of own) {
            const keys = run.tokens.flatMap((_, j) => (all.some((w) => w[8 * i + j]! > 0) ? [j] : []))
            for (const j of keys) {
              const part = sink[j] ? 3 : Math.floor((own.indexOf(j) * 3) / own.length)
              sums[part]! += all[head]![8 * i + j]! / own.length
              flat[part]! += 1 / keys.length / own.length
            }
          }
          expect([...attention.parts, attention.sinks]).toEqual(sums.map((x) => expect.closeTo(x, 5)))
          expect([...chance.parts, chance.sinks]).toEqual(flat.map((x) => expect.closeTo(x, 5)))
        }
      }
      run.dispose()
      model.dispose()
    })
  }

  const folder = shared('conformance/models/bert-base/')
  test.skipIf(!folder)(
    `the effect of a part is the effect of cutting all links to it in that layer${folder ? '' : ' (skipped: ../shared is not here)'}`,
    async () => {
      const model = await loadModel(folder!)
      const ids = [7, 9, 11, 13, 9, 8, 12]
      const run = await model.run(ids)
      const found = await profile(run, { effect: { model } })
      const [first, last] = [1, run.tokens.findLastIndex(({ special }) => !special)]
      for (const { layer, effect: worth } of found.layers)
        for (const [n, part] of found.places[0]!.entries()) {
          const edit = { cut: 'edge', from: [first, last], to: [part.first, part.last], layer } as const
          const { effect: exact } = await effect(model, ids, edit)
          expect(worth!.parts[n]).toBeCloseTo(exact, 5)
          expect(worth!.parts[n]).toBeGreaterThan(0)
        }
      expect(found.measure).toContain('cosine')
      run.dispose()
      model.dispose()
    },
  )

  test.skipIf(!folder)(
    `effects tell how many of their runs are done, and can be called off${folder ? '' : ' (skipped: ../shared is not here)'}`,
    async () => {
      const model = await loadModel(folder!)
      const run = await model.run([7, 9, 11, 13, 9, 8, 12])
      const heard: { done: number; total: number }[] = []
      await profile(run, { effect: { model, onProgress: (progress) => heard.push(progress) } })
      const runs = model.config.layers * 4
      expect(heard.at(-1)).toEqual({ done: runs, total: runs })
      const off = new AbortController()
      const stopped = profile(run, { effect: { model, onProgress: () => off.abort() }, signal: off.signal })
      await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
      run.dispose()
      model.dispose()
    },
  )
})

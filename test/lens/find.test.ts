import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { apartBy } from '../../src/lens/heads/distance.ts'
import { find } from '../../src/lens/heads/index.ts'
import type { Reading } from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { describeShared, shared } from '../support/shared.ts'
import { made } from './made.ts'

const close = (value: number) => expect.closeTo(value, 6)
const even = (n: number) => Array.from({ length: n }, () => new Array<number>(n).fill(1 / n))

describe('from one word to another, by hand', () => {
  // [CLS] it saw un kind it     rows of `it` (1) and of the second `it` (5)
  const pieces = '[CLS]|it| saw| un|kind| it'
  const matrix = (row: number, weights: number[]) => even(6).map((each, i) => (i === row ? weights : each))

  test('a word of several tokens is looked at with the sum of its weights', async () => {
    const reading = made(pieces, [[even(6), matrix(1, [0.4, 0.1, 0.1, 0.3, 0.1, 0])]])
    const { heads, places, texts, tokens } = await find(reading, { from: 'it', to: 'unkind' })
    expect([texts, tokens, places]).toEqual([1, 6, [{ text: 0, rows: [1], columns: [3, 4] }]])
    // 0.3 + 0.1 of all; of the 0.6 beside [CLS] two thirds; un has the most of all keys but [CLS] and it
    expect(heads[0]).toEqual({
      layer: 0,
      head: 1,
      weight: close(0.4),
      least: close(0.4),
      most: close(0.4),
      apart: close(0.4 / 0.6),
      first: 1,
      chance: close(2 / 6),
    })
    expect(heads[1]).toMatchObject({ head: 0, weight: close(2 / 6), apart: close(2 / 5) })
  })

  test('a word of several tokens looks with the mean of its rows', async () => {
    const rows = even(6).map((each, i) => (i === 3 ? [0, 1, 0, 0, 0, 0] : i === 4 ? [0.5, 0.5, 0, 0, 0, 0] : each))
    const { heads } = await find(made(pieces, [[even(6), rows]]), { from: 'unkind', to: 'it' })
    expect(heads[0]).toMatchObject({ head: 1, weight: close(0.75), apart: close(1), first: 1 })
  })

  test('the second place of a word has its own row', async () => {
    const reading = made(pieces, [[matrix(1, [0, 0, 1, 0, 0, 0]), matrix(5, [0, 0, 1, 0, 0, 0])]])
    expect((await find(reading, { from: 'it', to: 'saw' })).heads[0]).toMatchObject({ head: 0, weight: 1 })
    expect((await find(reading, { from: 'it:2', to: 'saw' })).heads[0]).toMatchObject({ head: 1, weight: 1 })
    expect((await find(reading, { from: 5, to: [1, 2] })).heads[0]).toMatchObject({ head: 1, weight: 1, chance: close(2 / 6) })
  })

  test('over several texts it is the mean, with the least and the most; a text without the words is left out and named', async () => {
    const one = made(pieces, [[matrix(1, [0.8, 0, 0.2, 0, 0, 0])]])
    const two = made(pieces, [[matrix(1, [0.4, 0, 0.6, 0, 0, 0])]])
    const other = made('[CLS]|nothing', [[even(2)]])
    const found = await find([one, other, two], { from: 'it', to: 'saw' })
    expect(found.heads[0]).toMatchObject({ weight: close(0.4), least: close(0.2), most: close(0.6), apart: close(0.8 / 0.8) })
    expect(found.places.map(({ text }) => text)).toEqual([0, 2])
    expect(found.skipped).toEqual([{ text: 1, reason: expect.stringContaining('"it"') }])
    await expect(find(other, { from: 'it', to: 'saw' })).rejects.toThrow(/^find: .*"it"/)
  })

  test('each text may have a look of its own', async () => {
    const one = made(pieces, [[matrix(1, [0.8, 0, 0.2, 0, 0, 0])]])
    const two = made(pieces, [[matrix(5, [0, 0, 0, 0.3, 0.3, 0.4])]])
    const each = [
      { from: 'it', to: 'saw' },
      { from: 'it:2', to: 'unkind' },
    ]
    expect((await find([one, two], { each })).heads[0]).toMatchObject({ least: close(0.2), most: close(0.6), weight: close(0.4) })
    await expect(find(one, { each })).rejects.toThrow('find: each has one entry for each text, got 2 for 1 text')
  })

  test('a sink is looked at as any other, but has no share of what is beside the sinks', async () => {
    const { heads } = await find(made(pieces, [[matrix(1, [0.4, 0.1, 0.1, 0.3, 0.1, 0])]]), { from: 'it', to: '[CLS]' })
    expect(heads[0]).toMatchObject({ weight: close(0.4), apart: Number.NaN, first: 0 })
  })
})

describe('the distance of two heads', () => {
  test('the same attention is at 0, attention without a common key at 1', () => {
    const [a, b] = [Float32Array.of(0.5, 0.5, 0), Float32Array.of(0, 0, 1)]
    expect(apartBy(a, a, 1, 1)).toBe(0)
    expect(apartBy(a, b, 1, 1)).toBe(1)
    // p = (1, 0), q = (½, ½), m = (¾, ¼): ½ log₂ 4/3 + ½ (½ log₂ 2/3 + ½ log₂ 2)
    const by = 0.5 * Math.log2(4 / 3) + 0.25 * Math.log2(2 / 3) + 0.25
    expect(apartBy(Float32Array.of(1, 0), Float32Array.of(0.5, 0.5), 1, 1)).toBeCloseTo(Math.sqrt(by), 7)
  })

  test('it is a metric', () => {
    const row = fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 })
      .filter((weights) => weights.some((w) => w > 1e-3))
    fc.assert(
      fc.property(row, row, row, (...rows) => {
        const [p, q, r] = rows.map((each) => Float32Array.from(each)) as [Float32Array, Float32Array, Float32Array]
        const sum = (x: Float32Array) => x.reduce((a, b) => a + b, 0)
        const d = (x: Float32Array, y: Float32Array) => apartBy(x, y, sum(x), sum(y))
        expect(d(p, q)).toBeCloseTo(d(q, p), 12)
        expect(d(p, r)).toBeLessThanOrEqual(d(p, q) + d(q, r) + 1e-6)
        expect(d(p, q)).toBeGreaterThanOrEqual(0)
        expect(d(p, q)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('the nearest comes first, whatever its layer, and the head itself is left out', async () => {
    const pieces = '[CLS]|a| b| c'
    const self = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => Number(i === j)))
    const nearly = self.map((row) => row.map((w) => 0.9 * w + 0.025))
    const reading = made(pieces, [
      [even(4), self],
      [nearly, even(4)],
    ])
    const found = await find(reading, { like: [0, 1] })
    expect(found.heads.map(({ layer, head }) => [layer, head])).toEqual([
      [1, 0],
      [0, 0],
      [1, 1],
    ])
    expect(found).toMatchObject({ sought: 'alike', like: [0, 1], texts: 1, tokens: 4, rows: 3 })
    expect(found.heads[1]!.distance).toBe(found.heads[2]!.distance)
  })

  test('heads that differ in what they leave on the sink alone are the same apart from it', async () => {
    const rows = (sink: number) => [0, 1, 2].map(() => [sink, (1 - sink) * 0.25, (1 - sink) * 0.75])
    const found = await find(made('[CLS]|a| b', [[rows(0.9), rows(0.1)]]), { like: [0, 0] })
    expect(found.heads[0]!.distance).toBeGreaterThan(0.4)
    expect(found.heads[0]!.apart).toBeCloseTo(0, 3)
  })

  test('a head that does not exist is refused', async () => {
    await expect(find(made('a| b', [[even(2)]]), { like: [0, 1] })).rejects.toThrow(
      'find: head 1 does not exist, there are 1 (counted from 0)',
    )
    await expect(find([], { like: [0, 0] })).rejects.toThrow('find: there is nothing to look at')
  })
})

describe('against whole matrices, on tiny models', () => {
  for (const family of ['gpt2', 'qwen2', 'bert-base', 'roberta-mlm', 't5']) {
    const folder = shared(`conformance/models/${family}/`)
    test.skipIf(!folder)(`${family}${folder ? '' : ' (skipped: ../shared is not here)'}`, async () => {
      const model = await loadModel(folder!)
      const run: Reading = await model.run([7, 9, 11, 13, 9, 8])
      const found = await find(run, { from: 4, to: [1, 2] })
      for (const { layer, head, weight } of found.heads) {
        const all = await run.attention(layer, head).all()
        expect(weight).toBeCloseTo(all[4 * 6 + 1]! + all[4 * 6 + 2]!, 6)
      }
      const alike = await find(run, { like: [0, 0] })
      const own = await run.attention(0, 0).all()
      const looking = [0, 1, 2, 3, 4, 5].filter((i) => i > 0 && !run.tokens[i]!.special)
      for (const { layer, head, distance } of alike.heads) {
        const other = await run.attention(layer, head).all()
        const rows = looking.map((i) => {
          const [p, q] = [own, other].map((w) => Array.from(w.slice(6 * i, 6 * i + 6))) as [number[], number[]]
          const kl = (x: number[], y: number[]) => x.reduce((sum, w, j) => sum + (w > 0 ? w * Math.log2(w / y[j]!) : 0), 0)
          const m = p.map((w, j) => (w + q[j]!) / 2)
          return Math.sqrt(Math.max(0, kl(p, m) / 2 + kl(q, m) / 2))
        })
        expect(distance).toBeCloseTo(rows.reduce((a, b) => a + b, 0) / rows.length, 3)
      }
      run.dispose()
      model.dispose()
    })
  }
})

describeShared('all-MiniLM-L6-v2', 'models/all-MiniLM-L6-v2/', (folder) => {
  test('of the 72 heads that may look from it to animal, layer 3 head 1 and layer 5 head 11 do so most', async () => {
    const model = await loadModel(folder)
    const run = await model.run("The animal didn't cross the street because it was too tired.")
    const { heads } = await find(run, { from: 'it', to: 'animal' })
    expect(heads.slice(0, 2).map(({ layer, head, weight }) => [layer, head, Number(weight.toFixed(2))])).toEqual([
      [3, 1, 0.68],
      [5, 11, 0.67],
    ])
    expect(heads).toHaveLength(72)
    run.dispose()
    model.dispose()
  })
})

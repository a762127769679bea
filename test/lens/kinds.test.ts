/** Where one text looks at another: what is measured, and what has no meaning there. */

import { describe, expect, test } from 'vitest'
import {
  answered,
  effect,
  find,
  graph,
  HEAD_MEASURES,
  heads,
  keepEdges,
  MEASURES_ACROSS,
  meaning,
  openableOf,
  opening,
  openTrace,
  profile,
  rollout,
  toDot,
  toGraphml,
  toJson,
  trace,
} from '../../src/lens/index.ts'
import { loadModel } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { madeAcross } from './made.ts'

await startEngine()

const close = (value: number) => expect.closeTo(value, 6)

describe('a text that was written looks at one that was read, by hand', () => {
  // Read: a b c . and a special token; written: [go] x y, so three places look at five tokens.
  const first = [
    [0.1, 0.2, 0.3, 0, 0.4],
    [0.5, 0.1, 0.1, 0.1, 0.2],
    [0, 0, 0.9, 0.1, 0],
  ]
  const even = first.map((row) => row.map(() => 0.2))
  const reading = madeAcross('a| b| c|.|[END]', '[go]|x| y', [[first, even]])

  test('heads: every place that writes counts, special tokens alone are sinks, and places are not compared', async () => {
    const report = await heads(reading, { kind: 'cross' })
    expect(report).toMatchObject({
      kind: 'cross',
      measures: MEASURES_ACROSS,
      tokens: 5,
      rows: 3,
      sinks: 1,
      layers: 1,
      headsPerLayer: 2,
    })
    const { all, left } = report.heads[0]!
    for (const measure of HEAD_MEASURES) expect(Number.isNaN(all[measure]), measure).toBe(!MEASURES_ACROSS.includes(measure))
    expect(all.firstToken).toEqual(close((0.1 + 0.5 + 0) / 3))
    // separators: the full stop, and [END]
    expect(all.separators).toEqual(close((0.4 + 0.3 + 0.1) / 3))
    expect(left).toEqual(close((0.6 + 0.8 + 1) / 3))
    expect(report.heads[1]!.all.entropy).toEqual(close(Math.log(5)))
    expect(report.heads.flatMap(({ labels }) => labels)).toEqual([])
  })

  test('find: from a written word to a read one', async () => {
    const { heads: found, places, kind } = await find(reading, { from: 'y', to: 'c', kind: 'cross' })
    expect([kind, places]).toEqual(['cross', [{ text: 0, rows: [2], columns: [2] }]])
    expect(found[0]).toMatchObject({ head: 0, weight: close(0.9), apart: close(0.9), first: 1, chance: close(1 / 5) })
    // The place that looks is none of those looked at: token 1 of one text is not token 1 of the other.
    expect((await find(reading, { from: 1, to: 1, kind: 'cross' })).heads.find(({ head }) => head === 1)!.weight).toEqual(
      close(0.2),
    )
    await expect(find(reading, { from: 'c', to: 'y', kind: 'cross' })).rejects.toThrow('the text has no "c"; it has [go] x y')
  })

  test('find: heads that look alike', async () => {
    const { heads: found, rows } = await find(reading, { like: [0, 1], kind: 'cross' })
    expect([rows, found.length, found[0]!.head]).toEqual([3, 1, 0])
  })

  test('profile: parts are those of the text that was read', async () => {
    const { places, rows, layers } = await profile(reading, { kind: 'cross', parts: 2 })
    expect(rows).toBe(3)
    expect(places[0]!.map(({ first, last }) => [first, last])).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(layers[0]!.heads[0]!.attention).toMatchObject({
      parts: [close((0.3 + 0.6 + 0) / 3), close((0.3 + 0.2 + 1) / 3)],
      sinks: close(0.6 / 3),
    })
    const one = await profile(reading, { kind: 'cross', parts: 2, from: 'y' })
    expect(one.layers[0]!.heads[0]!.attention.parts).toEqual([close(0), close(1)])
  })

  test('graph: nodes of both texts, named apart; edges from what was written to what was read', async () => {
    const found = await graph(reading, { layer: 0, head: 0, threshold: 0.3, self: false, kind: 'cross' })
    expect(found.nodes.map(({ half, token, text }) => `${half[0]}${token} ${text.trim()}`)).toEqual([
      'e0 a',
      'e1 b',
      'e2 c',
      'e3 .',
      'e4 [END]',
      'd0 [go]',
      'd1 x',
      'd2 y',
    ])
    expect(found.edges.map(({ from, to }) => [from, to])).toEqual([
      [0, 2],
      [0, 4],
      [1, 0],
      [2, 2],
    ])
    expect(toDot(found)).toContain('  d1 -> e0 [weight=0.5')
    expect(toGraphml(found)).toContain('source="d2" target="e2"')
    expect(toJson(found)).toMatchObject({ graph: { kind: 'cross' }, edges: [{ source: 'd0', target: 'e2' }, {}, {}, {}] })
  })

  test('the view opens with the strongest look at a word', async () => {
    const { row, column, weight, rung, reason } = await opening(openableOf(reading, 'cross'))
    expect([row, column, weight, rung]).toEqual([2, 2, close(0.9), 'word'])
    expect(reason).toBe('of 2 heads, the strongest look at a word')
    expect(await opening(openableOf(reading, 'cross'), { token: 0 })).toMatchObject({ row: 0, column: 2, weight: close(0.3) })
  })

  test('a restriction to edges joins one text to the other', () => {
    expect(keepEdges([[0, 4]], [3, 5], { kind: 'cross' })).toEqual({ keep: 'edges', edges: [[0, 4]], kind: 'cross' })
    expect(() => keepEdges([[3, 0]], [3, 5], { kind: 'cross' })).toThrow('does not join one of 3 tokens to one of 5')
    expect(() => keepEdges([], [3, 5], { self: true })).toThrow('self and undirected have no meaning')
  })

  test('what follows one text down its layers is refused, and a kind that the model does not have is named', async () => {
    await expect(rollout(reading, { kind: 'cross' as never })).rejects.toThrow('rollout: follows one text through its layers')
    const bert = { ...reading, config: { ...reading.config, kind: 'encoder' as const } }
    await expect(heads(bert, { kind: 'cross' })).rejects.toThrow('heads: by hand has no kind "cross"; it has encoder')
  })
})

describe('the embedded translator', () => {
  const SAID = 'the third of may twenty twenty one'

  test('its answer is read like any input: tokens with places in what it wrote', async () => {
    using model = await loadModel('translator')
    const said = await answered(model, SAID)
    using run = await model.run(said)
    expect(run.textOf(0, { kind: 'decoder' })).toBe('2021-05-03')
    expect(run.textOf(0)).toBe(SAID)
    const tokens = run.tokensOf(0, { kind: 'decoder' })
    expect(tokens.map(({ start, end }) => '2021-05-03'.slice(start, end))).toEqual(['', ...'2021-05-03'])
    expect(tokens.map(({ special }) => special)).toEqual([true, ...new Array(10).fill(false)])
    using given = await model.run({ text: SAID, target: '2021-05-03' })
    expect(given.tokensOf(0, { kind: 'decoder' })).toEqual(tokens)
    await expect(answered({ ...model, config: { ...model.config, kind: 'encoder' } } as never, SAID)).rejects.toThrow(
      'is no encoder–decoder',
    )
  })

  test('heads that look at the month while it is written are found, and cutting that look changes the month', async () => {
    using model = await loadModel('translator')
    const said = { text: SAID, target: '2021-05-03' }
    using run = await model.run(said)
    // "05" stands at 6 and 7; by the looks of 5 and 6 it is written.
    const { heads: found } = await find(run, { from: [5, 6], to: 'may', kind: 'cross' })
    expect(found[0]!.weight).toBeGreaterThan(0.5)
    const { tokens } = await effect(model, said, { row: [5, 6], kind: 'cross' })
    const most = tokens.reduce((best, each) => (each.effect > best.effect ? each : best))
    expect(most.text).toBe('may')
    using cut = await model.run(said, { edits: { cut: 'edge', from: [5, 6], to: 'may', kind: 'cross' } })
    expect(await cut.attention(1, 0, { kind: 'cross' }).cell(6, most.index)).toBe(0)
  })

  test('a profile of cross-attention has effects, and an effect of cutting nothing but sinks is 0 where there are none', async () => {
    using model = await loadModel('translator')
    using run = await model.run({ text: SAID, target: '2021-05-03' })
    const { layers, measure } = await profile(run, { kind: 'cross', effect: { model } })
    expect(measure).toContain('tokens 0 to 10')
    expect(layers.map(({ effect: worth }) => worth!.sinks)).toEqual([0, 0])
    expect(Math.max(...layers.flatMap(({ effect: worth }) => worth!.parts))).toBeGreaterThan(0.01)
  })

  test('a trace keeps what was written, and meaning looks there', async () => {
    using model = await loadModel('translator')
    const said = { text: SAID, target: '2021-05-03' }
    using kept = await trace(model, said)
    using again = await openTrace(await kept.save())
    expect(again.textOf(0, { kind: 'decoder' })).toBe('2021-05-03')
    expect((await find(again, { from: [5, 6], to: 'may', kind: 'cross' })).heads).toEqual(
      (await find(kept, { from: [5, 6], to: 'may', kind: 'cross' })).heads,
    )
    const { occurrences, texts } = await meaning(model, [said], { word: '2021', kind: 'decoder' })
    expect([texts, occurrences.map(({ tokens }) => tokens)]).toEqual([['2021-05-03'], [[1, 2, 3, 4]]])
  })

  test('a model that writes nothing in answer takes no target', async () => {
    using model = await loadModel()
    await expect(model.run({ text: 'A cat.', target: 'x' })).rejects.toThrow('is no encoder–decoder, so it takes no target')
  })
})

import { expect, test } from 'vitest'
import { eachRow } from '../../src/lens/heads/strips.ts'
import { graph, type Reading, sightOf } from '../../src/lens/index.ts'
import type { ModelConfig } from '../../src/model/index.ts'

/** A reading of n tokens that notes how large the tiles are that it is asked for. */
function long(n: number, layers: number, heads: number): { reading: Reading; asked: [rows: number, columns: number][] } {
  const asked: [number, number][] = []
  const tokens = Array.from({ length: n }, (_, id) => ({ id, text: `w${id}`, start: 0, end: 0, special: false }))
  const tile = async (r0: number, r1: number, c0: number, c1: number): Promise<Float32Array> => {
    asked.push([r1 - r0, c1 - c0])
    return new Float32Array((r1 - r0) * (c1 - c0)).fill(1 / n)
  }
  const view = {
    rows: n,
    cols: n,
    tile,
    row: (i: number) => tile(i, i + 1, 0, n),
    all: () => tile(0, n, 0, n),
    cell: async () => 1 / n,
  }
  const reading: Reading = {
    text: undefined,
    batch: 1,
    tokens,
    config: { layers, heads, causal: false, kind: 'encoder' } as ModelConfig,
    tokensOf: () => tokens,
    textOf: () => undefined,
    attention: () => view,
    hidden: () => {
      throw new Error('there are no hidden states')
    },
    logits: undefined,
    dispose: () => {},
  }
  return { reading, asked }
}

test('all heads of a layer are read in strips of at most two million weights, each weight once', async () => {
  const [n, heads] = [3000, 8]
  const { reading, asked } = long(n, 1, heads)
  let rows = 0
  await eachRow(
    { reading, batch: 0, sight: sightOf('test', reading, undefined) },
    (at) => at % 500 === 0,
    () => rows++,
  )
  expect(rows).toBe(6)
  expect(Math.max(...asked.map(([r, c]) => r * c * heads))).toBeLessThanOrEqual(2 ** 21)
  expect(asked.reduce((sum, [r, c]) => sum + r * c, 0)).toBe(heads * n * n)
})

test('a row is what is read at least, however long', async () => {
  const { reading, asked } = long(40_000, 1, 1)
  const stop = new AbortController()
  const done = eachRow(
    { reading, batch: 0, sight: sightOf('test', reading, undefined) },
    () => false,
    () => {},
    { signal: stop.signal },
  )
  stop.abort(new Error('seen enough'))
  await expect(done).rejects.toThrow('seen enough')
  expect(asked[0]).toEqual([52, 40_000])
})

test('a graph is read in strips as well, and holds what is kept', async () => {
  const { reading, asked } = long(1000, 1, 1)
  const found = await graph(reading, { layer: 0, threshold: 0.5 })
  expect(found).toMatchObject({ edges: [], links: 1_000_000, kept: 0 })
  expect(Math.max(...asked.map(([r]) => r))).toBe(64)
})

/** Bad input: an error that names both sides; and no call, however wild, crashes or reads outside its tensors. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { startEngine } from '../support/engine.ts'

const { attention, attentionWeights, full, masks, scores } = regard

beforeAll(startEngine)

const made = (...shape: number[]): regard.Tensor => full(shape, 0.5)

// biome-ignore lint/suspicious/noExplicitAny: these calls are wrong on purpose
type Any = any

describe('shapes that disagree', () => {
  it.each<[string, () => unknown, string]>([
    [
      'rank',
      () => attention(made(2, 8), made(1, 1, 2, 8), made(1, 1, 2, 8)),
      'attention: q must have rank 4, [batch, heads, length, width], got q=[2,8]',
    ],
    [
      'lengths',
      () => attention(made(1, 2, 3, 8), made(1, 2, 8, 8), made(1, 2, 7, 8)),
      'attention: key and value lengths differ, got k=[1,2,8,8] v=[1,2,7,8]',
    ],
    [
      'key heads',
      () => attention(made(1, 2, 3, 8), made(1, 2, 8, 8), made(1, 1, 8, 8)),
      'attention: key and value heads differ, got k=[1,2,8,8] v=[1,1,8,8]',
    ],
    [
      'key batches',
      () => attention(made(2, 2, 3, 8), made(2, 2, 8, 8), made(1, 2, 8, 8)),
      'attention: key and value batches differ, got k=[2,2,8,8] v=[1,2,8,8]',
    ],
    [
      'widths',
      () => attention(made(1, 2, 3, 8), made(1, 2, 8, 4), made(1, 2, 8, 8)),
      'attention: query and key widths differ, got q=[1,2,3,8] k=[1,2,8,4]',
    ],
    [
      'batches',
      () => attention(made(3, 2, 3, 8), made(2, 2, 8, 8), made(2, 2, 8, 8)),
      'attention: query and key batches differ, got q=[3,2,3,8] k=[2,2,8,8]',
    ],
    [
      'heads',
      () => attention(made(1, 5, 3, 8), made(1, 2, 8, 8), made(1, 2, 8, 8)),
      'attention: query heads must be a multiple of key/value heads, got H=5 and K=2',
    ],
    [
      'a bias',
      () => attention(made(1, 2, 3, 8), made(1, 2, 4, 8), made(1, 2, 4, 8), { bias: made(3, 5) }),
      'attention: bias does not broadcast to [B,H,L,S], got [3,5] for [1,2,3,4]',
    ],
    [
      'a short bias',
      () => attention(made(1, 2, 3, 8), made(1, 2, 4, 8), made(1, 2, 4, 8), { bias: made(3, 3) }),
      'bias does not broadcast',
    ],
    [
      'the rank of a mask',
      () => attention(made(1, 1, 1, 8), made(1, 1, 1, 8), made(1, 1, 1, 8), { mask: made(1, 1, 1, 1, 1) }),
      'attention: mask must have rank 1 to 4',
    ],
    [
      'sinks',
      () => attention(made(1, 2, 1, 8), made(1, 2, 1, 8), made(1, 2, 1, 8), { sinks: [0] }),
      'attention: sinks must hold one number per query head, got [1] for H=2',
    ],
    [
      'slopes',
      () => attention(made(1, 2, 1, 8), made(1, 2, 1, 8), made(1, 2, 1, 8), { score: scores.alibi([1]) }),
      'scores.alibi: one slope per query head is needed, got 1 for H=2',
    ],
    [
      'documents',
      () => attention(made(1, 1, 4, 8), made(1, 1, 4, 8), made(1, 1, 4, 8), { mask: masks.documents([0, 1]) }),
      'attention: masks.documents knows 2 positions, but the queries reach position 3',
    ],
    [
      'dtypes',
      () => attention(made(1, 1, 1, 8), full([1, 1, 1, 8], 0, { dtype: 'float64' }), made(1, 1, 1, 8)),
      'attention: inputs must be of one dtype',
    ],
    [
      'integers',
      () => attention(full([1, 1, 1, 8], 0, { dtype: 'int32' }), made(1, 1, 1, 8), made(1, 1, 1, 8)),
      'attention: needs floats',
    ],
    [
      'a disposed tensor',
      () => {
        const q = made(1, 1, 1, 8)
        q.dispose()
        return attention(q, q, q)
      },
      'used after dispose()',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

describe('options', () => {
  const call =
    (options: Any): (() => unknown) =>
    () =>
      attention(made(2, 2, 3, 8), made(2, 2, 4, 8), made(2, 2, 4, 8), options)
  it.each<[Any, string]>([
    [{ scale: Number.NaN }, 'attention: scale must be a finite number, got NaN'],
    [{ softcap: -1 }, 'attention: softcap must be a number > 0 (or 0 for none), got -1'],
    [{ window: [-1, 0] }, 'attention: window must be [left, right], each an integer ≥ 0 or Infinity, got [-1,0]'],
    [{ window: 3 }, 'attention: window must be [left, right]'],
    [{ window: [1.5, 0] }, 'attention: window must be [left, right]'],
    [{ offset: 0.5 }, 'attention: offset must be an integer'],
    [{ offset: [1] }, 'attention: offset must have one entry per batch entry, got 1 for B=2'],
    [{ offset: 2 ** 30 }, 'attention: offset must be an integer between −2^24 and 2^24'],
    [{ lengths: [1] }, 'attention: lengths must have one entry per batch entry, got 1 for B=2'],
    [{ lengths: [1, 5] }, 'attention: every length must be an integer from 0 to S=4, got 5'],
    [{ lengths: [1, Number.NaN] }, 'attention: every length must be an integer from 0 to S=4, got NaN'],
    [{ lengths: 3 }, 'attention: lengths must be an array'],
    [{ sinks: [0, Number.NaN] }, 'attention: a sink must be a number below ∞, got NaN'],
    [{ sinks: [0, 0], smoothSoftmax: true }, 'so it cannot be combined with sinks'],
    [{ dropout: { p: 1, seed: 0 } }, 'attention: dropout.p must be at least 0 and below 1, got 1'],
    [{ dropout: { p: 0.1, seed: 0.5 } }, 'attention: dropout.seed must be an integer of 32 bits, got 0.5'],
    [{ isCausal: true }, "attention: there is no option 'isCausal'"],
    [{ order: 'rows' }, "attention: order must be 'heads' or 'tokens', got \"rows\""],
    [{ mask: 'causal' }, 'attention: mask takes a tensor, a mask (masks.…) or a function, got causal'],
  ])('%j', (options, message) => {
    expect(call(options)).toThrow(message)
  })

  it('of a tile', () => {
    const q = made(1, 2, 3, 8)
    const tile =
      (part: Any): (() => unknown) =>
      () =>
        attentionWeights(q, q, {}, part)
    expect(tile({ rows: [0, 4] })).toThrow('attentionWeights: rows must be [from, to] with 0 ≤ from ≤ to ≤ L=3, got [0,4]')
    expect(tile({ cols: [2, 1] })).toThrow('attentionWeights: cols must be [from, to]')
    expect(tile({ heads: [2] })).toThrow('attentionWeights: head 2 is not one of H=2')
    expect(tile({ rows: { list: [3] } })).toThrow('attentionWeights: row 3 is not one of L=3')
    expect(tile({ stage: 'softmax' })).toThrow(
      'attentionWeights: stage must be one of scaled, capped, masked, weights, got "softmax"',
    )
    expect(tile({ lse: made(1, 2, 4) })).toThrow('attentionWeights: lse must be [B,H,L]=[1,2,3], got [1,2,4]')
  })
})

describe('the catalogue', () => {
  it.each<[() => unknown, string]>([
    [() => masks.window(-1, 0), 'masks.window: left must be an integer ≥ 0 or Infinity, got -1'],
    [() => masks.prefix(1.5), 'masks.prefix: n must be an integer ≥ 0, got 1.5'],
    [() => masks.dilated(0), 'masks.dilated: n must be an integer ≥ 1, got 0'],
    [() => masks.globalTokens([-1]), 'masks.globalTokens: every position must be an integer ≥ 0, got -1'],
    [() => masks.documents([Number.NaN]), 'masks.documents: every id must be a finite number, got NaN'],
    [() => masks.graph({ nodes: 2, edges: [[0, 2]] }), 'masks.graph: edge [0, 2] does not join two of the 2 nodes'],
    [() => masks.graph([[true, false]]), 'masks.graph: an adjacency matrix is square'],
    [() => masks.tree([1]), 'masks.tree: the parent of node 0 must be an earlier node or −1, got 1'],
    [() => masks.and((() => true) as Any), 'masks.and: takes masks, got function; make one with masks.from'],
    [() => masks.neighbourhood({ canvas: [4, 4], kernel: [2, 3] }), 'masks.neighbourhood: a kernel has odd sides, got [2,3]'],
    [
      () => masks.slidingTiles({ canvas: [4, 4], kernel: [2, 2], tile: [3, 3] }),
      'masks.slidingTiles: tiles of [3,3] do not divide [4,4]',
    ],
    [() => scores.softcap(0), 'scores.softcap: c must be a finite number > 0, got 0'],
    [() => scores.relativeBias([1, 2, 3], { buckets: 2 }), 'scores.relativeBias'],
    [() => regard.positions.rotary({ width: 3 }), 'positions.rotary: width must be an even integer ≥ 2, got 3'],
    [() => masks.causal().describe(-1), 'mask.describe: L must be an integer ≥ 0, got -1'],
  ])('%s', (call, message) => {
    expect(call).toThrow(message)
  })
})

describe('wild calls', () => {
  const number = fc.oneof(
    fc.integer({ min: -3, max: 9 }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 0.5, 2 ** 31, -(2 ** 31), 1e300),
  )
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 5 })
  const anything = fc.oneof(
    number,
    fc.array(number, { maxLength: 4 }),
    fc.boolean(),
    fc.string(),
    fc.constant(null),
    fc.constant(undefined),
    shape.map((s) => full(s, 1)),
  )
  const names = [
    'scale',
    'softcap',
    'bias',
    'score',
    'mask',
    'causal',
    'window',
    'offset',
    'lengths',
    'sinks',
    'smoothSoftmax',
    'dropout',
    'order',
  ]
  const options = fc
    .array(fc.tuple(fc.constantFrom(...names), anything), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries))
  const shapes = fc.oneof({ weight: 4, arbitrary: fc.constant([2, 2, 3, 4]) }, shape)

  it('either answer or throw a TypeError or RangeError', async () => {
    let answered = 0
    await fc.assert(
      fc.asyncProperty(shapes, shapes, shapes, options, async (a, b, c, chosen) => {
        using s = regard.scope()
        const kept: regard.Tensor[] = []
        try {
          const { output, lse } = attention(full(a, 0.5), full(b, 0.25), full(c, 2), chosen as Any)
          kept.push(s.keep(output), s.keep(lse))
        } catch (error) {
          if (!(error instanceof TypeError || error instanceof RangeError)) throw error
          expect(error.message).toMatch(/^(?:attention|cast|expand|view)\b/)
        }
        if (kept.length === 0) return
        const [output, lse] = await Promise.all(kept.map((x) => x.read()))
        answered++
        // every value is 2, so an output is 0 or at most 2 (or more by dropout's division)
        for (const x of output!) expect(Number.isNaN(x) || x >= 0).toBe(true)
        expect(lse!.length).toBe(a[0]! * a[1]! * a[2]!)
      }),
      { numRuns: 400 },
    )
    expect(answered).toBeGreaterThan(30)
    const q = made(1, 1, 1, 4)
    expect([...(await attention(q, q, q).output.read())]).toEqual([0.5, 0.5, 0.5, 0.5])
  })
})

/** Keys and values between calls: with a cache, attention is what it is without. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { randomNumbers } from './calls.ts'

beforeAll(startEngine)

const { attention, KeyValueCache, PagedCache, slice, tensor } = regard
const TOLERANCE = { atol: 2e-6, rtol: 2e-6 }

function made(shape: readonly number[], seed: number): regard.Tensor {
  return tensor(
    randomNumbers(
      seed,
      shape.reduce((n, d) => n * d, 1),
    ),
    shape,
  )
}

/** Pieces that add up to n. */
const pieces = (n: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: n }).map((sizes) => {
    const kept: number[] = []
    for (const size of sizes) kept.push(Math.min(size, n - kept.reduce((a, b) => a + b, 0)))
    const rest = n - kept.reduce((a, b) => a + b, 0)
    return [...kept, rest].filter((size) => size > 0)
  })

describe('KeyValueCache', () => {
  const [B, H, K, T, D, Dv] = [2, 4, 2, 40, 6, 5]
  const q = (): regard.Tensor => made([B, H, T, D], 1)
  const k = (): regard.Tensor => made([B, K, T, D], 2)
  const v = (): regard.Tensor => made([B, K, T, Dv], 3)

  const cached = async (
    cache: regard.KeyValueCache,
    sizes: readonly number[],
    options: regard.AttentionOptions,
  ): Promise<number[][]> => {
    const [Q, KK, V] = [q(), k(), v()]
    const outputs: number[][] = []
    let at = 0
    for (const size of sizes) {
      const [from, to] = [at, at + size]
      const kept = cache.append(slice(KK, 2, from, to), slice(V, 2, from, to))
      outputs.push([...(await attention(slice(Q, 2, from, to), kept.k, kept.v, { ...options, offset: kept.offset }).output.read())])
      at = to
    }
    return outputs
  }

  const whole = async (sizes: readonly number[], options: regard.AttentionOptions): Promise<number[][]> => {
    const { output } = attention(q(), k(), v(), options)
    const ends = sizes.map((_, n) => sizes.slice(0, n + 1).reduce((a, b) => a + b, 0))
    return await Promise.all(sizes.map(async (size, n) => [...(await slice(output, 2, ends[n]! - size, ends[n]!).read())]))
  }

  it('token by token or in pieces, causal attention is that of the whole text', async () => {
    await fc.assert(
      fc.asyncProperty(pieces(T), fc.integer({ min: 1, max: 50 }), async (sizes, capacity) => {
        using cache = new KeyValueCache({ capacity })
        const [actual, expected] = [await cached(cache, sizes, { causal: true }), await whole(sizes, { causal: true })]
        expectClose(actual.flat(), expected.flat(), TOLERANCE)
        expect([cache.length, cache.seen]).toEqual([T, T])
      }),
      { numRuns: 20 },
    )
  })

  it('a sliding window forgets keys that no later query sees', async () => {
    await fc.assert(
      fc.asyncProperty(pieces(T), fc.integer({ min: 1, max: 12 }), async (sizes, W) => {
        using cache = new KeyValueCache({ window: W, capacity: 4 })
        const options = { causal: true, window: [W - 1, 0] as const }
        const [actual, expected] = [await cached(cache, sizes, options), await whole(sizes, options)]
        expectClose(actual.flat(), expected.flat(), TOLERANCE)
        expect(cache.length).toBeLessThanOrEqual(W - 1 + sizes.at(-1)!)
      }),
      { numRuns: 20 },
    )
  })

  it('streaming keeps the first tokens and the last ones', async () => {
    using cache = new KeyValueCache({ streaming: { first: 2, recent: 3 }, capacity: 2 })
    const held: number[][] = []
    for (let t = 0; t < 12; t++) {
      const token = regard.full([1, 1, 1, 1], t)
      held.push([...(await cache.append(token, token).k.read())])
    }
    expect(held.slice(0, 8)).toEqual([
      [0],
      [0, 1],
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
      [0, 1, 3, 4, 5],
      [0, 1, 4, 5, 6],
      [0, 1, 5, 6, 7],
    ])
    expect(held.at(-1)).toEqual([0, 1, 9, 10, 11])
    expect([cache.length, cache.seen]).toEqual([5, 12])
  })

  it('streaming makes room for several tokens before they come', async () => {
    using cache = new KeyValueCache({ streaming: { first: 1, recent: 4 } })
    const tokens = (...list: number[]): regard.Tensor => tensor(list, [1, 1, list.length, 1])
    cache.append(tokens(0, 1, 2, 3, 4), tokens(0, 1, 2, 3, 4))
    const { k, offset } = cache.append(tokens(5, 6), tokens(5, 6))
    // keep [0, 1) and [5 − 4 + 2, 5)
    expect([[...(await k.read())], offset]).toEqual([[0, 3, 4, 5, 6], 3])
  })

  it('takes back what came last, as if it had never been appended', async () => {
    using cache = new KeyValueCache({ capacity: 2 })
    const tokens = (...list: number[]): regard.Tensor => tensor(list, [1, 1, list.length, 1])
    cache.append(tokens(0, 1, 2, 3), tokens(0, 1, 2, 3))
    cache.truncate(2)
    expect([cache.length, cache.seen]).toEqual([2, 2])
    const { k, offset } = cache.append(tokens(7), tokens(7))
    expect([[...(await k.read())], offset]).toEqual([[0, 1, 7], 2])
    expect(() => cache.truncate(4)).toThrow('the cache holds 3 positions and cannot keep 4')
  })

  it('outlives the scopes it is used in, and gives its memory back', async () => {
    const token = regard.full([1, 1, 1, 2], 3)
    const cache = new KeyValueCache()
    {
      using _s = regard.scope()
      cache.append(token, token)
    }
    {
      using _s = regard.scope()
      cache.append(token, token)
    }
    const { k } = cache.append(token, token)
    expect([...(await k.read())]).toEqual([3, 3, 3, 3, 3, 3])
    cache.dispose()
    expect(cache.length).toBe(0)
  })

  it('refuses keys that do not fit what it holds', () => {
    using cache = new KeyValueCache()
    cache.append(regard.full([1, 2, 1, 4], 0), regard.full([1, 2, 1, 4], 0))
    expect(() => cache.append(regard.full([1, 2, 1, 5], 0), regard.full([1, 2, 1, 4], 0))).toThrow(
      'KeyValueCache.append: the cache holds k as [1,2,64,4]',
    )
    expect(() => cache.append(regard.full([1, 2, 1, 4], 0), regard.full([1, 2, 3, 4], 0))).toThrow(
      'k [B,K,n,D] and v [B,K,n,Dv] must agree',
    )
    expect(() => new KeyValueCache({ window: 0 })).toThrow('KeyValueCache: window must be an integer ≥ 1, got 0')
    expect(() => new KeyValueCache({ window: 4, streaming: { first: 1, recent: 2 } })).toThrow('two ways to forget')
  })
})

describe('scatter', () => {
  it('writes at each entry’s own position, and wraps around if told', async () => {
    const cache = regard.full([2, 1, 4, 1], 0)
    const update = tensor([1, 2, 3, 4], [2, 1, 2, 1])
    regard.scatter(cache, update, [1, 3], { circular: true })
    expect([...(await cache.read())]).toEqual([0, 1, 2, 0, 4, 0, 0, 3])
    expect(() => regard.scatter(cache, update, [1, 3])).toThrow('scatter: 2 positions from 3 on do not lie in a cache of 4')
    expect(() => regard.scatter(cache, update, [0])).toThrow('one write position per batch entry is needed, got 1 for B=2')
    expect(() => regard.scatter(cache, regard.full([2, 1, 5, 1], 0), [0, 0])).toThrow('5 new positions do not fit in a cache of 4')
  })
})

describe('PagedCache', () => {
  it('attends like a contiguous cache, for sequences of different lengths', async () => {
    using cache = new PagedCache({ pages: 12, pageSize: 4, heads: 2, width: 6, valueWidth: 5 })
    const lengths = [9, 3, 16]
    const sequences = lengths.map(() => cache.create())
    const texts = lengths.map((n, s) => ({ k: made([1, 2, n, 6], s), v: made([1, 2, n, 5], s + 10) }))
    for (const [s, n] of lengths.entries())
      for (let at = 0; at < n; at += 5) {
        const to = Math.min(n, at + 5)
        cache.append(sequences[s]!, slice(texts[s]!.k, 2, at, to), slice(texts[s]!.v, 2, at, to))
      }
    const q = made([3, 4, 2, 6], 99)
    const { output } = cache.attend(q, sequences, { causal: true })
    for (const [s, n] of lengths.entries()) {
      const alone = attention(slice(q, 0, s, s + 1), texts[s]!.k, texts[s]!.v, { causal: true, offset: n - 2 })
      expectClose(await slice(output, 0, s, s + 1).read(), await alone.output.read(), TOLERANCE, `sequence ${s}`)
    }
    expect(cache.free).toBe(12 - 3 - 1 - 4)
  })

  it('a fork shares pages until one of the two writes', async () => {
    using cache = new PagedCache({ pages: 6, pageSize: 4, heads: 1, width: 1 })
    const tokens = (...list: number[]): regard.Tensor => tensor(list, [1, 1, list.length, 1])
    const a = cache.create()
    cache.append(a, tokens(0, 1, 2, 3, 4), tokens(0, 1, 2, 3, 4))
    const b = cache.fork(a)
    expect([cache.free, cache.pagesOf(b)]).toEqual([4, cache.pagesOf(a)])
    cache.append(b, tokens(50), tokens(50))
    cache.append(a, tokens(60), tokens(60))
    expect(cache.free).toBe(3)
    const seen = async (s: number): Promise<number[]> =>
      [...(await regard.gatherPages(cache.keys, [cache.pagesOf(s)]).read())].slice(0, cache.lengthOf(s))
    expect([await seen(a), await seen(b)]).toEqual([
      [0, 1, 2, 3, 4, 60],
      [0, 1, 2, 3, 4, 50],
    ])
    cache.release(a)
    expect(await seen(b)).toEqual([0, 1, 2, 3, 4, 50])
    cache.release(b)
    expect(cache.free).toBe(6)
  })

  it('says how many pages are missing, and changes nothing', () => {
    using cache = new PagedCache({ pages: 2, pageSize: 4, heads: 1, width: 1 })
    const a = cache.create()
    expect(() => cache.append(a, regard.full([1, 1, 9, 1], 0), regard.full([1, 1, 9, 1], 0))).toThrow(
      'PagedCache: 3 free pages are needed, 2 are left',
    )
    expect([cache.lengthOf(a), cache.free]).toEqual([0, 2])
    expect(() => cache.lengthOf(7)).toThrow('PagedCache: there is no sequence 7')
  })
})

describe('packed sequences', () => {
  it('attend as if each were alone', async () => {
    const [starts, keyStarts] = [
      [0, 3, 3, 10],
      [0, 5, 6, 13],
    ]
    const [q, k, v] = [made([10, 4, 6], 1), made([13, 2, 6], 2), made([13, 2, 5], 3)]
    for (const align of ['start', 'end'] as const) {
      const options = { causal: true, score: regard.scores.alibi(), sinks: [0, 1, 2, 3] }
      const packed = regard.attentionPacked(q, k, v, { starts, keyStarts, align, ...options })
      expect([packed.output.shape, packed.lse.shape]).toEqual([
        [10, 4, 5],
        [4, 10],
      ])
      const alone = (x: regard.Tensor, from: number, to: number): regard.Tensor => {
        const part = slice(x, 0, from, to)
        return regard.transpose(regard.reshape(part, [1, ...part.shape]), 1, 2)
      }
      for (let n = 0; n < 3; n++) {
        const [a, b, c, d] = [starts[n]!, starts[n + 1]!, keyStarts[n]!, keyStarts[n + 1]!]
        const one = attention(alone(q, a, b), alone(k, c, d), alone(v, c, d), {
          ...options,
          offset: align === 'end' ? d - c - (b - a) : 0,
        })
        expectClose(await alone(packed.output, a, b).read(), await one.output.read(), TOLERANCE, `sequence ${n}`)
        expectClose(await slice(packed.lse, 1, a, b).read(), await one.lse.read(), TOLERANCE)
      }
    }
  })

  it('refuses starts that do not cover the tokens', () => {
    const q = made([4, 1, 2], 1)
    expect(() => regard.attentionPacked(q, q, q, { starts: [0, 3] })).toThrow(
      'attentionPacked: starts must rise from 0 to the number of tokens, 4, got [0,3]',
    )
    expect(() => regard.attentionPacked(q, q, q, { starts: [0, 3, 2, 4] })).toThrow('must rise')
    expect(() => regard.attentionPacked(q, q, q, { starts: [0, 4], keyStarts: [0, 2, 4] })).toThrow(
      'the same number of sequences, got 1 and 2',
    )
  })
})

/** What is true of attention whatever the numbers. */

import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { calls, inputsOf, type Numbers, numbersOf, product, randomNumbers, type Spec, tensorOf } from './calls.ts'

beforeAll(startEngine)

const sizes = { lengths: fc.integer({ min: 1, max: 20 }), widths: fc.integer({ min: 1, max: 12 }), most: 2 }
const TOLERANCE = { atol: 4e-6, rtol: 4e-6 }

const read = async (x: regard.Tensor): Promise<number[]> => [...(await x.read())]

/** The chunks of an array, n at a time. */
function rowsOf(data: readonly number[], n: number): number[][] {
  return Array.from({ length: n === 0 ? 0 : data.length / n }, (_, row) => data.slice(row * n, (row + 1) * n))
}

describe('rows of weights', () => {
  it('sum to 1 less the share of the sink, or are 0 where nothing is allowed', async () => {
    await fc.assert(
      fc.asyncProperty(calls(sizes), async (spec) => {
        const { q, k, v, options } = inputsOf(spec, 'float32')
        const [weights, masked] = [
          await read(regard.attentionWeights(q, k, options)),
          await read(regard.attentionWeights(q, k, options, { stage: 'masked' })),
        ]
        const lse = await read(regard.attention(q, k, v, options).lse)
        const allowed = rowsOf(masked, spec.S).map((row) => row.some((s) => s > Number.NEGATIVE_INFINITY))
        rowsOf(weights, spec.S).forEach((row, n) => {
          const h = Math.floor(n / spec.L) % spec.H
          const sunk = spec.sinks ? Math.exp(spec.sinks[h]! - lse[n]!) : 0
          const sum = row.reduce((a, b) => a + b, 0)
          expect(Math.abs(sum - (allowed[n] ? 1 - sunk : 0))).toBeLessThan(1e-5)
          if (!allowed[n]) expect(lse[n]).toBe(spec.sinks ? spec.sinks[h] : Number.NEGATIVE_INFINITY)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('do not depend on the tile, rows or heads that are asked for', async () => {
    await fc.assert(
      fc.asyncProperty(calls(sizes), fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), async (spec, [a, b, c, d, e]) => {
        const { q, k, v, options } = inputsOf(spec, 'float32')
        const whole = await read(regard.attentionWeights(q, k, options))
        const [r0, c0] = [a! % spec.L, b! % spec.S]
        const [r1, c1] = [r0 + 1 + (c! % (spec.L - r0)), c0 + 1 + (d! % (spec.S - c0))]
        const head = e! % spec.H
        const expected = []
        for (let batch = 0; batch < spec.B; batch++)
          for (let i = r0; i < r1; i++) expected.push(...whole.slice(((batch * spec.H + head) * spec.L + i) * spec.S).slice(c0, c1))
        const part = { rows: [r0, r1] as const, cols: [c0, c1] as const, heads: [head] }
        expectClose(await read(regard.attentionWeights(q, k, options, part)), expected, TOLERANCE)
        const { lse } = regard.attention(q, k, v, options)
        expectClose(await read(regard.attentionWeights(q, k, options, { ...part, lse })), expected, TOLERANCE, 'with a known lse')
        const list = Array.from({ length: r1 - r0 }, (_, n) => r0 + n)
        const listed = regard.attentionWeights(q, k, options, { ...part, rows: { list: [...list].reverse() } })
        const [batch0] = [expected.slice(0, (r1 - r0) * (c1 - c0))]
        expectClose(
          (await read(listed)).slice(0, batch0.length),
          rowsOf(batch0, c1 - c0)
            .reverse()
            .flat(),
          TOLERANCE,
          'listed rows',
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('what a query may not see', () => {
  it('never matters, not even NaN and ∞', async () => {
    await fc.assert(
      fc.asyncProperty(
        calls(sizes),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        async (spec, poison) => {
          const clean = inputsOf(spec, 'float32')
          const masked = await read(regard.attentionWeights(clean.q, clean.k, clean.options, { stage: 'masked' }))
          const hidden = keysNobodySees(spec, masked)
          const { k, v } = numbersOf(spec)
          const dirty = { k: tensorOf(poisoned(k, hidden, poison), 'float32'), v: tensorOf(poisoned(v, hidden, poison), 'float32') }
          const [a, b] = [
            regard.attention(clean.q, clean.k, clean.v, clean.options),
            regard.attention(clean.q, dirty.k, dirty.v, clean.options),
          ]
          expect(await read(b.output)).toEqual(await read(a.output))
          expect(await read(b.lse)).toEqual(await read(a.lse))
        },
      ),
      { numRuns: 120 },
    )
  })

  it('a future key changes nothing', async () => {
    const [L, D] = [37, 8]
    const data = randomNumbers(5, L * D)
    const whole = regard.tensor(data, [1, 1, L, D])
    const { output, lse } = regard.attention(whole, whole, whole, { causal: true })
    for (const n of [1, 2, 16, 17, 36]) {
      const first = regard.tensor(data.slice(0, n * D), [1, 1, n, D])
      const alone = regard.attention(first, first, first, { causal: true })
      expectClose(await read(alone.output), (await read(output)).slice(0, n * D), TOLERANCE)
      expectClose(await read(alone.lse), (await read(lse)).slice(0, n), TOLERANCE)
    }
  })
})

/** For each batch entry and key head, the keys that no query of any of its heads may see. */
function keysNobodySees(
  { B, H, K, L, S, shared }: Spec,
  masked: readonly number[],
): (b: number, head: number, j: number) => boolean {
  const seen = new Set<string>()
  masked.forEach((s, n) => {
    const [b, h, j] = [Math.floor(n / (H * L * S)), Math.floor(n / (L * S)) % H, n % S]
    if (s > Number.NEGATIVE_INFINITY) seen.add(`${shared ? 0 : b} ${Math.floor((h * K) / H)} ${j}`)
  })
  return (b, head, j) => B > 0 && !seen.has(`${b} ${head} ${j}`)
}

function poisoned({ shape, data }: Numbers, hidden: (b: number, head: number, j: number) => boolean, poison: number): Numbers {
  const [, K, S, D] = shape as [number, number, number, number]
  return {
    shape,
    data: data.map((x, n) =>
      hidden(Math.floor(n / (K * S * D)), Math.floor(n / (S * D)) % K, Math.floor(n / D) % S) ? poison : x,
    ),
  }
}

describe('layout', () => {
  it('does not matter: queries, keys and values may be parts of one packed tensor', async () => {
    const length = fc.integer({ min: 1, max: 40 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        length,
        fc.integer({ min: 1, max: 20 }),
        async (B, H, L, D) => {
          const packed = regard.tensor(randomNumbers(L, B * L * 3 * H * D), [B, L, 3, H, D])
          const parts = [0, 1, 2].map((n) =>
            regard.transpose(regard.reshape(regard.slice(packed, 2, n, n + 1), [B, L, H, D]), 1, 2),
          )
          const [q, k, v] = parts as [regard.Tensor, regard.Tensor, regard.Tensor]
          const [Q, K, V] = parts.map((x) => regard.contiguous(x)) as [regard.Tensor, regard.Tensor, regard.Tensor]
          const options = { causal: true, score: regard.scores.alibi() }
          const [a, b] = [regard.attention(q, k, v, { ...options, order: 'tokens' }), regard.attention(Q, K, V, options)]
          expect(await read(a.output)).toEqual(await read(b.output))
          expect(await read(regard.attentionWeights(q, k, options))).toEqual(await read(regard.attentionWeights(Q, K, options)))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('order', () => {
  it('of keys does not matter without positions, and does with them', async () => {
    const [S, D] = [23, 4]
    const [q, k, v] = [1, 2, 3].map((seed) => randomNumbers(seed, S * D)) as [Float32Array, Float32Array, Float32Array]
    const turned = (x: Float32Array): Float32Array => Float32Array.from(x, (_, n) => x[(S - 1 - Math.floor(n / D)) * D + (n % D)]!)
    const run = async (keys: Float32Array, values: Float32Array, options: regard.AttentionOptions): Promise<number[]> => {
      const [Q, K, V] = [q, keys, values].map((x) => regard.tensor(x, [1, 1, S, D])) as [
        regard.Tensor,
        regard.Tensor,
        regard.Tensor,
      ]
      return await read(regard.attention(Q, K, V, options).output)
    }
    expectClose(await run(turned(k), turned(v), {}), await run(k, v, {}), TOLERANCE)
    const alibi = { score: regard.scores.alibi() }
    expect(await run(turned(k), turned(v), alibi)).not.toEqual(await run(k, v, alibi))
  })

  it('of batch entries and heads is kept', async () => {
    await fc.assert(
      fc.asyncProperty(calls(sizes), async (spec) => {
        const { q, k, v, options } = inputsOf(
          {
            ...spec,
            shared: false,
            bias: undefined,
            floatMask: undefined,
            boolMask: undefined,
            mask: undefined,
            score: undefined,
            dropout: undefined,
          },
          'float32',
        )
        const whole = await read(regard.attention(q, k, v, options).output)
        const { offset, lengths, sinks } = options
        const each = []
        for (let b = 0; b < spec.B; b++)
          for (let h = 0; h < spec.H; h++) {
            const head = Math.floor((h * spec.K) / spec.H)
            const one = (x: regard.Tensor, n: number): regard.Tensor => regard.slice(regard.slice(x, 0, b, b + 1), 1, n, n + 1)
            const alone = {
              ...options,
              offset: typeof offset === 'object' ? offset[b] : offset,
              lengths: lengths && [lengths[b]!],
              sinks: sinks && [(sinks as number[])[h]!],
            }
            each.push(...(await read(regard.attention(one(q, h), one(k, head), one(v, head), alone).output)))
          }
        expectClose(each, whole, TOLERANCE)
      }),
      { numRuns: 30 },
    )
  })
})

describe('threads', () => {
  it('change no bit', () => {
    const script = new URL('./bits.ts', import.meta.url).pathname
    const run = (threads: number): string =>
      execFileSync(process.execPath, ['-C', 'regard-source', script, String(threads)], { encoding: 'utf8' })
    const one = run(1)
    expect(one).toMatch(/^[0-9a-f]{64}\n/)
    expect(run(2)).toBe(one)
    expect(run(3)).toBe(one)
  })
})

it('the helpers of these tests are right', () => {
  expect(rowsOf([1, 2, 3, 4], 2)).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(product([2, 3])).toBe(6)
})

/** Linear attention: its recurrence, and what it has in common with attention. */

import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { randomNumbers } from './calls.ts'

beforeAll(startEngine)

const { linearAttention, slice, tensor } = regard

it('by hand: two tokens, one channel', async () => {
  // decay ½, beta 1: S₁ = 2·3 = 6; S = 3, v′ = 5 − 3·4 = −7, S₂ = 3 + 4·(−7) = −25
  const one = (...list: number[]): regard.Tensor => tensor(list, [1, 1, 2, 1])
  const decay = tensor([0, Math.log(0.5)], [1, 1, 2])
  const beta = tensor([1, 1], [1, 1, 2])
  const { output, state } = linearAttention(one(1, 2), one(2, 4), one(3, 5), { decay, beta })
  expectClose(await output.read(), [6, -50], { rtol: 1e-6 })
  expectClose(await state.read(), [-25], { rtol: 1e-6 })
})

it('without decay and beta is causal attention without the softmax', async () => {
  const [L, D] = [12, 5]
  const [q, k, v] = [1, 2, 3].map((seed) =>
    tensor(Float64Array.from(randomNumbers(seed, 2 * L * D)), [1, 2, L, D], { dtype: 'float64' }),
  ) as [regard.Tensor, regard.Tensor, regard.Tensor]
  const scores = await regard.attentionWeights(q, k, {}, { stage: 'scaled' }).read()
  const causal = tensor(
    Float64Array.from(scores, (s, n) => (n % L <= Math.floor(n / L) % L ? s : 0)),
    [1, 2, L, L],
    { dtype: 'float64' },
  )
  expectClose(await linearAttention(q, k, v).output.read(), await regard.matmul(causal, v).read(), { rtol: 1e-12, atol: 1e-13 })
})

it('follows its recurrence, with any decay, beta, grouping and split', async () => {
  const size = fc.integer({ min: 1, max: 4 })
  await fc.assert(
    fc.asyncProperty(
      size,
      size,
      size,
      fc.integer({ min: 1, max: 9 }),
      size,
      size,
      fc.constantFrom(0, 1, 2),
      fc.boolean(),
      fc.nat(),
      async (...drawn) => {
        const [B, K, group, L, D, Dv, channels, delta, cut] = drawn
        const made = (seed: number, ...shape: number[]): Float32Array =>
          randomNumbers(
            seed,
            shape.reduce((a, b) => a * b, 1),
          )
        const H = K * group
        const [q, k, v] = [made(1, B, H, L, D), made(2, B, K, L, D), made(3, B, K, L, Dv)]
        const decay = channels === 0 ? undefined : made(4, B, K, L, ...(channels === 2 ? [D] : [])).map((x) => -Math.abs(x))
        const beta = delta ? made(5, B, K, L).map(Math.abs) : undefined
        const expected = recurrence({ B, H, K, L, D, Dv }, q, k, v, decay, beta)
        const all = {
          q: tensor(q, [B, H, L, D]),
          k: tensor(k, [B, K, L, D]),
          v: tensor(v, [B, K, L, Dv]),
          decay: decay && tensor(decay, channels === 2 ? [B, K, L, D] : [B, K, L]),
          beta: beta && tensor(beta, [B, K, L]),
        }
        const part = (from: number, to: number, state?: regard.Tensor): { output: regard.Tensor; state: regard.Tensor } => {
          const cutOut = (x: regard.Tensor): regard.Tensor => slice(x, 2, from, to)
          return linearAttention(cutOut(all.q), cutOut(all.k), cutOut(all.v), {
            decay: all.decay && cutOut(all.decay),
            beta: all.beta && cutOut(all.beta),
            state,
          })
        }
        const at = cut % (L + 1)
        const first = part(0, at)
        const second = part(at, L, first.state)
        expectClose(await regard.concat([first.output, second.output], 2).read(), expected, { rtol: 2e-5, atol: 2e-5 })
      },
    ),
    { numRuns: 40 },
  )
})

interface Sizes {
  readonly B: number
  readonly H: number
  readonly K: number
  readonly L: number
  readonly D: number
  readonly Dv: number
}

/** Number by number, in float64. */
function recurrence(
  sizes: Sizes,
  q: Float32Array,
  k: Float32Array,
  v: Float32Array,
  decay?: Float32Array,
  beta?: Float32Array,
): Float64Array {
  const { B, H, K, L, D, Dv } = sizes
  const out = new Float64Array(B * H * L * Dv)
  for (let head = 0; head < B * K; head++) {
    const S = new Float64Array(D * Dv)
    for (let t = 0; t < L; t++) {
      const at = head * L + t
      for (let n = 0; n < D * Dv; n++) {
        const kept = decay ? decay[decay.length === B * K * L ? at : at * D + Math.floor(n / Dv)]! : 0
        S[n] = S[n]! * Math.exp(kept)
      }
      const said = Array.from({ length: Dv }, (_, c) => sum(D, (d) => S[d * Dv + c]! * k[at * D + d]!))
      for (let n = 0; n < D * Dv; n++) {
        const c = n % Dv
        const value = beta ? beta[at]! * (v[at * Dv + c]! - said[c]!) : v[at * Dv + c]!
        S[n] = S[n]! + k[at * D + Math.floor(n / Dv)]! * value
      }
      for (let g = 0; g < H / K; g++) {
        const row = (Math.floor(head / K) * H + (head % K) * (H / K) + g) * L + t
        for (let c = 0; c < Dv; c++) out[row * Dv + c] = sum(D, (d) => S[d * Dv + c]! * q[row * D + d]!) / Math.sqrt(D)
      }
    }
  }
  return out
}

const sum = (n: number, term: (k: number) => number): number =>
  Array.from({ length: n }, (_, k) => term(k)).reduce((a, b) => a + b, 0)

it('refuses shapes that do not fit', () => {
  const made = (...shape: number[]): regard.Tensor => regard.full(shape, 0)
  expect(() => linearAttention(made(1, 2, 3, 4), made(1, 2, 2, 4), made(1, 2, 3, 4))).toThrow(
    'linearAttention: q [B,H,L,D], k [B,K,L,D] and v [B,K,L,Dv]',
  )
  expect(() => linearAttention(made(1, 2, 3, 4), made(1, 2, 3, 4), made(1, 2, 3, 4), { beta: made(1, 2, 4) })).toThrow(
    'linearAttention: beta must be [1,2,3], got [1,2,4]',
  )
})

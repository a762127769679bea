/** Every option of attention, with the tensors that take part in it and want a gradient. */

import type * as regard from '../../src/index.ts'
import { type AttentionOptions, masks, scores, type Tensor, table, tensor } from '../../src/index.ts'
import { random } from './random.ts'

export type Float = 'float32' | 'float64'

export interface Sizes {
  readonly B: number
  readonly H: number
  readonly K: number
  readonly L: number
  readonly S: number
  readonly D: number
  readonly Dv: number
}

export interface Case {
  readonly tensors?: readonly ((dtype: Float) => Tensor)[]
  /** `near`: a tensor in the memory where the call is made. */
  readonly options: (tensors: readonly Tensor[], near: Tensor) => AttentionOptions
}

export function inputsOf({ B, H, K, L, S, D, Dv }: Sizes, dtype: Float): Tensor[] {
  return [random([B, H, L, D], 1, dtype), random([B, K, S, D], 2, dtype), random([B, K, S, Dv], 3, dtype)]
}

function truths(L: number, S: number, near: Tensor): Tensor {
  return tensor(
    Uint8Array.from({ length: L * S }, (_, n) => Number(n % 3 !== 0)),
    [L, S],
    { near },
  )
}

export function attentionCases({ B, H, L, S }: Sizes): Record<string, Case> {
  return {
    'no options': { options: () => ({}) },
    scale: { options: () => ({ scale: 1.7 }) },
    causal: { options: () => ({ causal: true }) },
    'an offset per batch entry and a boolean mask': {
      tensors: [],
      options: (_, near) => ({ causal: true, offset: [1, -2], mask: truths(L, S, near) }),
    },
    'a window': { options: () => ({ window: [2, 1], offset: 1 }) },
    lengths: { options: () => ({ lengths: [S - 2, 0] }) },
    'a traced mask': { options: () => ({ mask: masks.from((b, h, i, j) => i.add(j).mod(3).ne(b.add(h).mod(3))) }) },
    softcap: { options: () => ({ softcap: 0.7, scale: 2 }) },
    'a bias': { tensors: [(d) => random([B, H, L, S], 4, d)], options: ([bias]) => ({ bias: bias! }) },
    'a bias that is repeated': { tensors: [(d) => random([H, 1, S], 4, d)], options: ([bias]) => ({ bias: bias! }) },
    'a bias over one row, with an offset per batch entry': {
      tensors: [(d) => random([B, 1, L, S], 4, d)],
      options: ([bias]) => ({ bias: bias!, offset: [3, 1] }),
    },
    sinks: { tensors: [(d) => random([H], 5, d)], options: ([sinks]) => ({ sinks: sinks!, causal: true }) },
    'sinks that are numbers': {
      options: () => ({ sinks: Array.from({ length: H }, (_, h) => (h === 2 ? Number.NEGATIVE_INFINITY : h - 0.5)) }),
    },
    'smooth softmax': { options: () => ({ smoothSoftmax: true }) },
    ALiBi: { options: () => ({ score: scores.alibi() }) },
    'ALiBi with learned slopes': {
      tensors: [(d) => random([H], 6, d)],
      options: ([slopes]) => {
        const t = table(slopes!) as regard.NumberTable
        return { score: scores.from((s, _b, h, i, j) => s.add(t.at(h).mul(j.sub(i)))) }
      },
    },
    'a relative bias': {
      tensors: [(d) => random([8, H], 6, d)],
      options: ([weights]) => ({ score: scores.relativeBias(weights!, { buckets: 8, maxDistance: 6 }) }),
    },
    'a traced score': {
      options: () => ({ score: scores.from((s, _b, h, i, j) => s.mul(i.sub(j).mul(0.3).cos()).add(h.mul(s).tanh())) }),
    },
    'scores in a row, after softcap and bias': {
      tensors: [(d) => random([L, S], 4, d), (d) => random([H, 3], 7, d)],
      options: ([bias, factors]) => {
        const t = table(factors!) as regard.NumberTable
        return {
          softcap: 2,
          bias: bias!,
          score: [(s, _b, h, i, j) => s.mul(t.at(h, i.sub(j).abs())), scores.softcap(1.5)],
          window: [3, Number.POSITIVE_INFINITY],
        }
      },
    },
    'a table looked up twice': {
      tensors: [(d) => random([H], 7, d)],
      options: ([values]) => {
        const t = table(values!) as regard.NumberTable
        return { score: scores.from((s, _b, h, i, j) => s.mul(t.at(h)).add(t.at(i.sub(j)))) }
      },
    },
    dropout: { options: () => ({ dropout: { p: 0.4, seed: 7 } }) },
    'dropout, sinks and order by tokens': {
      tensors: [(d) => random([H], 5, d)],
      options: ([sinks]) => ({ dropout: { p: 0.3, seed: 9 }, sinks: sinks!, order: 'tokens' }),
    },
  }
}

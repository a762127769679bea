/**
 * ONNX's operators in terms of ours. An adapter renames, splits heads and translates conventions; it computes no attention.
 *
 * Attention (opset 23–25): three-axis inputs hold heads side by side; masks are true for "may look"; causal and windows count from
 * offset = the length of the past, or nonpad_kv_seqlen − L with an outside cache, else 0.
 */

import * as regard from '../../src/index.ts'
import { type Case, type CaseArray, pick } from '../support/cases.ts'

type Tensor = regard.Tensor
export type Float = 'float32' | 'float64'

/** An input of a case as a tensor. In float32 runs, 16-bit inputs stay 16-bit: they are widened by the operator. */
export function input(array: CaseArray, float: Float): Tensor {
  const half = float === 'float32' && array.dtype === 'float16'
  const dtype = array.dtype === 'bool' ? 'bool' : array.dtype.startsWith('int') ? 'int32' : half ? 'float16' : float
  using beside = regard.tensor([0], [1], { dtype: float })
  return regard.tensor(array.numbers, array.shape, float === 'float64' ? { dtype, near: beside } : { dtype })
}

const bySlot = (c: Case, slot: number): CaseArray | undefined => c.inputs.find((each) => each.slot === slot)

/** Outputs by slot. */
export function onnxAttention(c: Case, float: Float): Map<number, Tensor> {
  const { q_num_heads, kv_num_heads, scale, softcap, is_causal, left_window_size = -1, right_window_size = -1 } = c.attributes
  const [Q, K, V] = [0, 1, 2].map((slot) => input(pick(c.inputs, slot), float)) as [Tensor, Tensor, Tensor]
  const packed = Q.rank === 3
  const q = packed ? split(Q, q_num_heads) : Q
  const [pastKey, pastValue, nonpad] = [4, 5, 6].map((slot) => bySlot(c, slot))
  const after = (past: CaseArray | undefined, x: Tensor): Tensor => (past ? regard.concat([input(past, float), x], 2) : x)
  const k = after(pastKey, packed ? split(K, kv_num_heads) : K)
  const v = after(pastValue, packed ? split(V, kv_num_heads) : V)
  const mask = bySlot(c, 3)
  const open = (n: number): number => (n < 0 ? Number.POSITIVE_INFINITY : n)
  const L = q.shape[2]!
  const options: regard.AttentionOptions = {
    scale: scale || undefined,
    softcap: softcap || undefined,
    causal: Boolean(is_causal),
    window: [open(left_window_size), open(right_window_size)],
    mask: mask && input(mask, float),
    offset: nonpad ? [...nonpad.numbers].map((n) => n - L) : (pastKey?.shape[2] ?? 0),
    lengths: nonpad && [...nonpad.numbers],
  }
  const { output } = regard.attention(q, k, v, options)
  const results = new Map([[0, packed ? joined(output) : output]])
  if (pastKey) results.set(1, k).set(2, v)
  const stages = ['scaled', 'capped', 'masked', 'weights'] as const
  if (c.outputs.some(({ slot }) => slot === 3))
    results.set(3, regard.attentionWeights(q, k, options, { stage: stages[c.attributes.qk_matmul_output_mode ?? 0]! }))
  return results
}

/** [B, L, H·D] → [B, H, L, D] */
export function split(x: Tensor, heads: number): Tensor {
  const [B, L, width] = x.shape as [number, number, number]
  return regard.transpose(regard.reshape(x, [B, L, heads, width / heads]), 1, 2)
}

/** [B, H, L, D] → [B, L, H·D] */
export function joined(x: Tensor): Tensor {
  const [B, H, L, D] = x.shape as [number, number, number, number]
  return regard.reshape(regard.transpose(x, 1, 2), [B, L, H * D])
}

export function onnxRotaryEmbedding(c: Case, float: Float): Tensor {
  const { interleaved = 0, num_heads } = c.attributes
  const X = input(pick(c.inputs, 'input'), float)
  const ids = bySlot(c, 3)
  const [cos, sin] = ['cos_cache', 'sin_cache'].map((name) => {
    const cache = input(pick(c.inputs, name), float)
    return ids ? regard.embedding(cache, input(ids, float)) : cache
  }) as [Tensor, Tensor]
  const x = X.rank === 3 ? split(X, num_heads) : X
  const turned = regard.positions.rotate(x, cos, sin, { interleaved: interleaved === 1 })
  return X.rank === 3 ? joined(turned) : turned
}

/** score_mod is a graph over the whole score tensor: written here as the score function or mask that it spells out. */
export function onnxFlexAttention(c: Case, float: Float): Tensor {
  const [q, k, v] = [0, 1, 2].map((slot) => input(pick(c.inputs, slot), float)) as [Tensor, Tensor, Tensor]
  const { scale, score_mod } = c.attributes
  const constant = (name: string): number =>
    Number(score_mod.initializers.find((each: { name: string }) => each.name === name).data[0])
  const written: Record<string, () => regard.AttentionOptions> = {
    score_mod_bias: () => ({ score: regard.scores.from((s) => s.add(constant('bias'))) }),
    score_mod_soft_cap: () => ({ score: regard.scores.softcap(constant('cap')) }),
    score_mod_relative_positional: () => ({ score: regard.scores.from((s, _b, _h, i, j) => s.add(i.sub(j))) }),
    score_mod_causal_mask: () => ({ score: regard.scores.from((s, _b, _h, i, j) => i.ge(j).where(s, constant('neg_inf'))) }),
  }
  const options = score_mod ? written[score_mod.name]!() : {}
  return regard.attention(q, k, v, { ...options, scale: scale || undefined }).output
}

/** Writes into a copy of the past cache, which is what the node returns. */
export function onnxTensorScatter(c: Case, float: Float): Tensor {
  const past = input(pick(c.inputs, 'past_cache'), float)
  regard.scatter(past, input(pick(c.inputs, 'update'), float), [...pick(c.inputs, 'write_indices').numbers], {
    circular: c.attributes.mode === 'circular',
  })
  return past
}

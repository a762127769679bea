/** A relative of attention in linear time: no softmax, a state of fixed size instead of a growing matrix. */

import { add, concat, exp, floats, full, matmul, mul, reshape, slice, sub, transpose } from '../ops/index.ts'
import { scope, show, type Tensor } from '../tensor/index.ts'
import { checkScale, checkTensor } from './options.ts'

export interface LinearAttentionOptions {
  /** Logarithm of what is kept of the state at each token: [B,K,L], or [B,K,L,D] per channel of the keys. Default: all is kept. */
  decay?: Tensor | undefined
  /** The delta rule: how far each token replaces what the state says of its key, [B,K,L]. Default: values are added as they are. */
  beta?: Tensor | undefined
  /** Multiplies q. Default 1/√D. */
  scale?: number | undefined
  /** The state that an earlier call returned, [B,K,D,Dv]. Default 0. */
  state?: Tensor | undefined
}

/**
 * The recurrence, token by token (ONNX LinearAttention; Yang et al. 2024 for decay and beta together, the gated delta rule):
 *
 *     S ← exp(decay) · S            v′ = beta · (v − Sᵀk), or v without beta
 *     S ← S + k v′ᵀ                 output = scale · Sᵀ q
 *
 *     q [B,H,L,D]   k [B,K,L,D]   v [B,K,L,Dv]   →   output [B,H,L,Dv], state [B,K,D,Dv]
 *
 * Without decay and beta it is causal attention without the softmax: output_i = scale · Σ_{j ≤ i} (q_i · k_j) v_j. Query head h reads state
 * ⌊h·K/H⌋. A text can be continued by passing the state on. Each token costs the same; they run one after another.
 */
export function linearAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  options: LinearAttentionOptions = {},
): { output: Tensor; state: Tensor } {
  using s = scope()
  const [B, H, K, L, D, Dv] = check(q, k, v, options)
  const [Q, KK, V, decay, beta, given] = floats('linearAttention', [q, k, v, options.decay, options.beta, options.state])
  const scale = checkScale('linearAttention', options.scale, D)
  const grouped = reshape(Q, [B, K, H / K, L, D])
  let state = given ?? full([B, K, D, Dv], 0, { dtype: Q.dtype, near: Q })
  const outputs: Tensor[] = []
  for (let t = 0; t < L; t++) {
    using each = scope()
    const token = (x: Tensor): Tensor => slice(x, 2, t, t + 1)
    let next = decay ? mul(exp(column(token(decay), B, K)), state) : state
    const added = beta ? mul(reshape(token(beta), [B, K, 1, 1]), sub(token(V), matmul(token(KK), next))) : token(V)
    next = add(next, matmul(transpose(token(KK)), added))
    const asked = reshape(slice(grouped, 3, t, t + 1), [B, K, H / K, D])
    outputs.push(each.keep(reshape(matmul(asked, next, { scale }), [B, H, 1, Dv])))
    if (state !== given) state.dispose()
    state = each.keep(next)
  }
  const output = L > 0 ? concat(outputs, 2) : full([B, H, 0, Dv], 0, { dtype: Q.dtype, near: Q })
  return { output: s.keep(output), state: s.keep(state === options.state ? add(state, 0) : state) }
}

/** Decay of one token as a column that scales rows of the state: [B,K,1,1] or [B,K,D,1]. */
function column(decay: Tensor, B: number, K: number): Tensor {
  return reshape(decay, [B, K, decay.rank === 4 ? decay.shape[3]! : 1, 1])
}

function check(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  { decay, beta, state }: LinearAttentionOptions,
): [number, number, number, number, number, number] {
  for (const [name, x] of Object.entries({ q, k, v })) {
    checkTensor('linearAttention', name, x)
    if (x.rank !== 4)
      throw new RangeError(`linearAttention: ${name} must have rank 4, [batch, heads, length, width], got ${name}=${show(x.shape)}`)
  }
  const [B, H, L, D] = q.shape as [number, number, number, number]
  const [K, Dv] = [k.shape[1]!, v.shape[3]!]
  const fits = show(k.shape) === show([B, K, L, D]) && show(v.shape) === show([B, K, L, Dv]) && K > 0 && H % K === 0
  if (!fits)
    throw new RangeError(
      `linearAttention: q [B,H,L,D], k [B,K,L,D] and v [B,K,L,Dv] with H a multiple of K are needed, got q=${show(q.shape)} k=${show(k.shape)} v=${show(v.shape)}`,
    )
  const expected = {
    decay: [
      [B, K, L],
      [B, K, L, D],
    ],
    beta: [[B, K, L]],
    state: [[B, K, D, Dv]],
  }
  for (const [name, x] of Object.entries({ decay, beta, state }))
    if (x && !expected[name as 'decay'].some((shape) => show(shape) === show(x.shape)))
      throw new RangeError(
        `linearAttention: ${name} must be ${expected[name as 'decay'].map(show).join(' or ')}, got ${show(x.shape)}`,
      )
  return [B, H, K, L, D, Dv]
}

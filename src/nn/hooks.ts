/**
 * Where a layer can be stepped into. A layer is handed hooks through its pass when, and only when, somebody asks for them; without them
 * it does nothing it would not do anyway. A hook is plain computation on tensors: it returns tensors that it made, or those that it was
 * given, never one that belongs to somebody else.
 */

import type { NumberTable, ScoreOptions } from '../attention/index.ts'
import { expand, reshape } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'

/** What is about to be looked with: after norms and rotation, keys and values that a store kept included. */
export interface Looking {
  /** [B,H,L,D] */
  readonly q: Tensor
  /** [B,K,S,D] */
  readonly k: Tensor
  /** [B,K,S,Dv] */
  readonly v: Tensor
  /** All that shapes the scores: row r stands at r + `options.offset`. */
  readonly options: ScoreOptions
}

/**
 * What came of it. Weights of this layer are exp(score(q, k, options) − lse) from now on, and `blend` goes on. What `options` refers to
 * must live as long as the weights are looked at.
 */
export interface Attended extends Looking {
  /** [B,H,L,Dv] */
  readonly blend: Tensor
  /** [B,H,L] */
  readonly lse: Tensor
  /** Do the options tell the texts of a batch apart (by b)? Then weights of one are computed as of all. Default false. */
  readonly byText?: boolean
}

/** The operator itself. */
export type Attend = (looking: Looking) => Attended

export type Projection = 'query' | 'key' | 'value'

/** Of one attention layer. */
export interface AttentionHooks {
  /** Stands around the operator: what goes in, whether `attend` is called (it may be, more than once), and what goes on. */
  readonly attend?: (looking: Looking, attend: Attend) => Attended
  /** Queries, keys and values are all made by this one. */
  readonly shared?: Projection | undefined
  /** [texts or 1, positions]: where each token stands, for what is added to scores by distance. Default: 0, 1, 2, … */
  readonly places?: NumberTable | undefined
}

/** Of one block. The last three are given what is added to the stream, [B,L,width], and say what is added instead. */
export interface BlockHooks {
  readonly attention?: AttentionHooks | undefined
  readonly cross?: AttentionHooks | undefined
  readonly attentionOutput?: ((x: Tensor) => Tensor) | undefined
  readonly crossOutput?: ((x: Tensor) => Tensor) | undefined
  readonly feedForwardOutput?: ((x: Tensor) => Tensor) | undefined
}

/** [B,K,L,D] → [B,K·times,L,D]: each head so many times in a row, as query heads share key/value heads. */
export function repeatHeads(x: Tensor, times: number): Tensor {
  if (times === 1) return x
  using s = scope()
  const [batch, heads, length, width] = x.shape as [number, number, number, number]
  const apart = expand(reshape(x, [batch, heads, 1, length, width]), [batch, heads, times, length, width])
  return s.keep(reshape(apart, [batch, heads * times, length, width]))
}

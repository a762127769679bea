import { attention, type ScoreOptions } from '../attention/index.ts'
import { permute, reshape } from '../ops/index.ts'
import { scope, show, type Tensor } from '../tensor/index.ts'
import type { Linear } from './linear.ts'
import { Module } from './module.ts'

/** What an attention layer looked with: enough to compute any of its weights later (`attentionWeights`), without ever holding L×S. */
export interface Looked {
  /** [B,H,L,D] */
  readonly q: Tensor
  /** [B,K,S,D] */
  readonly k: Tensor
  /** [B,K,S,Dv] */
  readonly v: Tensor
  /** [B,H,L] */
  readonly lse: Tensor
  /** With which the layer called `attention`. */
  readonly options: ScoreOptions
}

export interface AttentionPass {
  /** What keys and values are made of, if not x itself: [B,S,width] (cross-attention). */
  readonly source?: Tensor | undefined
  /** What values are made of, if not what keys are made of. */
  readonly values?: Tensor | undefined
  /** Padding, masks, windows: see `attention`. */
  readonly options?: ScoreOptions
  /** Keep what the layer looked with. Default false. */
  readonly watch?: boolean
  /** [B,L,width]: added last. */
  readonly residual?: Tensor | undefined
}

/**
 * Attention with H query heads over K key/value heads (K = H unless given; K divides H, query head h reads key/value head
 * ⌊h·K/H⌋). query, key, value and output are Linear layers; head widths follow from their shapes.
 */
export class MultiHeadAttention extends Module {
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly output: Linear
  readonly heads: number
  readonly kvHeads: number
  /** What scores are multiplied by. Default 1/√D. */
  readonly scale: number | undefined

  constructor(parts: {
    query: Linear
    key: Linear
    value: Linear
    output: Linear
    heads: number
    kvHeads?: number
    scale?: number
  }) {
    super()
    this.query = parts.query
    this.key = parts.key
    this.value = parts.value
    this.output = parts.output
    this.heads = parts.heads
    this.kvHeads = parts.kvHeads ?? parts.heads
    this.scale = parts.scale
    if (this.heads % this.kvHeads !== 0)
      throw new RangeError(`MultiHeadAttention: ${this.heads} heads cannot share ${this.kvHeads} key/value heads evenly`)
  }

  /** x [B,L,width] → [B,L,width], and what it looked with if `watch` asks for that. */
  forward(
    x: Tensor,
    { source = x, values = source, options = {}, watch = false, residual }: AttentionPass = {},
  ): { output: Tensor; looked?: Looked } {
    using s = scope()
    const q = split('query', this.query.forward(x), this.heads)
    const k = split('key', this.key.forward(source), this.kvHeads)
    const v = split('value', this.value.forward(values), this.kvHeads)
    const used = this.scale === undefined ? options : { scale: this.scale, ...options }
    const { output: blend, lse } = attention(q, k, v, { ...used, order: 'tokens' })
    const output = s.keep(this.output.forward(join(blend), { residual }))
    if (!watch) return { output }
    return { output, looked: { q: s.keep(q), k: s.keep(k), v: s.keep(v), lse: s.keep(lse), options: used } }
  }
}

/** [B,L,heads·D] → [B,heads,L,D], over the same memory. */
function split(what: string, x: Tensor, heads: number): Tensor {
  const [batch, length, width] = x.shape as [number, number, number]
  if (width % heads !== 0)
    throw new RangeError(`MultiHeadAttention: ${what} gives ${show(x.shape)}, whose last axis cannot be split into ${heads} heads`)
  return permute(reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3])
}

/** [B,heads,L,D] → [B,L,heads·D] */
function join(x: Tensor): Tensor {
  const [batch, heads, length, width] = x.shape as [number, number, number, number]
  return reshape(permute(x, [0, 2, 1, 3]), [batch, length, heads * width])
}

/** Hands `looked` on to the scope outside of `inner`. */
export function keepLooked(inner: { keep(tensor: Tensor): Tensor }, looked: Looked): Looked {
  for (const tensor of [looked.q, looked.k, looked.v, looked.lse]) inner.keep(tensor)
  return looked
}

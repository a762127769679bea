import { attention, type NumberTable, type positions, type ScoreOptions } from '../attention/index.ts'
import { permute, reshape } from '../ops/index.ts'
import { scope, show, type Tensor } from '../tensor/index.ts'
import type { DistanceBias } from './distance-bias.ts'
import { type Attend, type Attended, type AttentionHooks, type Projection, repeatHeads } from './hooks.ts'
import type { Linear } from './linear.ts'
import { Module } from './module.ts'
import type { Norm } from './norm.ts'

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
  /** Tensors of the layer that the options refer to, with a life of their own: to be disposed with q, k, v and lse. */
  readonly held: readonly Tensor[]
  /** Do the options tell the texts of a batch apart by b? Then weights are computed for all of them together. */
  readonly byText?: boolean
}

/** Keys [B,K,S,D] and values [B,K,S,Dv]. */
export interface KeysValues {
  readonly k: Tensor
  readonly v: Tensor
}

/** Where keys and values stay between calls. `append` gives back everything kept, the new tokens last, and where these stand. */
export interface KeyValueStore {
  append(k: Tensor, v: Tensor): KeysValues & Pick<ScoreOptions, 'offset' | 'lengths'>
}

export interface AttentionPass {
  /** What keys and values are made of, if not x itself: [B,S,width] (cross-attention). */
  readonly source?: Tensor | undefined
  /** What values are made of, if not what keys are made of. */
  readonly values?: Tensor | undefined
  /** Keys and values made before, by `project`: then there is nothing to make. */
  readonly projected?: KeysValues | undefined
  /** Keeps keys and values from call to call, so that x holds the new tokens alone. */
  readonly store?: KeyValueStore | undefined
  /** Rotates queries and keys, for a layer with `rotary`. Default: the positions 0, 1, 2, … */
  readonly angles?: positions.Angles | undefined
  /** Padding, masks, windows: see `attention`. */
  readonly options?: ScoreOptions
  /** Keep what the layer looked with. Default false. */
  readonly watch?: boolean
  /** [B,L,width]: added last. */
  readonly residual?: Tensor | undefined
  /** What is done to the layer from outside. */
  readonly hooks?: AttentionHooks | undefined
}

export interface AttentionParts {
  query: Linear
  key: Linear
  value: Linear
  output: Linear
  heads: number
  kvHeads?: number
  scale?: number | undefined
  options?: Omit<ScoreOptions, 'scale' | 'sinks' | 'score'>
  queryNorm?: Norm | undefined
  keyNorm?: Norm | undefined
  rotary?: positions.Rotary | undefined
  sinks?: Tensor | undefined
  bias?: DistanceBias | undefined
}

/**
 * Attention with H query heads over K key/value heads (K = H unless given; K divides H, query head h reads key/value head
 * ⌊h·K/H⌋). query, key, value and output are Linear layers; head widths follow from their shapes. On the way to the scores:
 * norms of each head's query and key, then rotation, then the product times `scale`, then what `options`, `bias` and `sinks` say.
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
  /** What this layer always asks of `attention`: causal, a window, a softcap. */
  readonly options: ScoreOptions
  /** Over the D channels of each head. */
  readonly queryNorm: Norm | undefined
  readonly keyNorm: Norm | undefined
  readonly rotary: positions.Rotary | undefined
  /** [H]: a logit per head that takes weight and gives nothing. */
  readonly sinks: Tensor | undefined
  /** Added to scores by the distance of query and key. */
  readonly bias: DistanceBias | undefined

  constructor(parts: AttentionParts) {
    super()
    this.query = parts.query
    this.key = parts.key
    this.value = parts.value
    this.output = parts.output
    this.heads = parts.heads
    this.kvHeads = parts.kvHeads ?? parts.heads
    this.scale = parts.scale
    this.options = parts.options ?? {}
    this.queryNorm = parts.queryNorm
    this.keyNorm = parts.keyNorm
    this.rotary = parts.rotary
    this.sinks = parts.sinks
    this.bias = parts.bias
    if (this.heads % this.kvHeads !== 0)
      throw new RangeError(`MultiHeadAttention: ${this.heads} heads cannot share ${this.kvHeads} key/value heads evenly`)
  }

  /** x [B,L,width] → [B,L,width], and what it looked with if `watch` asks for that. */
  forward(x: Tensor, pass: AttentionPass = {}): { output: Tensor; looked?: Looked } {
    using s = scope()
    const { source = x, values = source, angles, store, watch = false, residual, hooks } = pass
    const q = this.#turned(this.#heads('query', x, hooks?.shared), angles)
    const fresh = pass.projected ?? this.project(source, { values, angles, hooks })
    const { k, v, ...place } = store ? store.append(fresh.k, fresh.v) : fresh
    const shaping = this.#shaping({ ...pass.options, ...place }, watch, hooks?.places)
    const looking = { q, k, v, options: shaping.options }
    const seen = hooks?.attend ? hooks.attend(looking, attend) : attend(looking)
    const output = s.keep(this.output.forward(join(seen.blend), { residual }))
    if (!watch) return { output }
    return { output, looked: keepLooked(s, lookedOf(seen, shaping.held)) }
  }

  /** Keys and values of [B,S,width], ready to be looked at. */
  project(source: Tensor, { values = source, angles, hooks }: Pick<AttentionPass, 'values' | 'angles' | 'hooks'> = {}): KeysValues {
    using s = scope()
    const k = this.#turned(this.#heads('key', source, hooks?.shared), angles)
    return { k: s.keep(k), v: s.keep(this.#heads('value', values, hooks?.shared)) }
  }

  /** What `role` is for each head, made by its own matrix or by the one that all three share. */
  #heads(role: Projection, x: Tensor, shared: Projection = role): Tensor {
    const norm = role === 'query' ? this.queryNorm : role === 'key' ? this.keyNorm : undefined
    if (role !== 'query' && shared === 'query' && this.kvHeads !== this.heads)
      throw new RangeError(
        `MultiHeadAttention: the query's projection makes ${this.heads} heads and cannot make ${this.kvHeads} key/value heads; share the key's`,
      )
    const own = split(shared, this[shared].forward(x), shared === 'query' ? this.heads : this.kvHeads, norm)
    return role === 'query' && shared !== 'query' ? repeatHeads(own, this.heads / this.kvHeads) : own
  }

  #turned(x: Tensor, angles: positions.Angles | undefined): Tensor {
    return this.rotary ? this.rotary.apply(x, angles) : x
  }

  /** All that shapes the scores of a call. For a watcher, parameters are held by tensors that outlive the layer. */
  #shaping(options: ScoreOptions, watch: boolean, places?: NumberTable): { options: ScoreOptions; held: readonly Tensor[] } {
    const sinks = watch && this.sinks ? alias(this.sinks) : this.sinks
    const bias = this.bias?.score(watch, places)
    const held = [...(watch && sinks ? [sinks] : []), ...(bias?.held ?? [])]
    const scale = this.scale === undefined ? {} : { scale: this.scale }
    return { options: { ...scale, ...this.options, ...options, ...(sinks && { sinks }), ...(bias && { score: bias.score }) }, held }
  }
}

const attend: Attend = ({ q, k, v, options }) => {
  const { output: blend, lse } = attention(q, k, v, { ...options, order: 'tokens' })
  return { q, k, v, options, blend, lse }
}

function lookedOf({ q, k, v, lse, options, byText }: Attended, held: readonly Tensor[]): Looked {
  return { q, k, v, lse, options, held, ...(byText && { byText }) }
}

/** [B,L,heads·D] → [B,heads,L,D], over the same memory unless heads are normalised on the way. */
function split(what: string, x: Tensor, heads: number, norm?: Norm): Tensor {
  const [batch, length, width] = x.shape as [number, number, number]
  if (width % heads !== 0)
    throw new RangeError(`MultiHeadAttention: ${what} gives ${show(x.shape)}, whose last axis cannot be split into ${heads} heads`)
  const byHead = reshape(x, [batch, length, heads, width / heads])
  return permute(norm ? norm.forward(byHead) : byHead, [0, 2, 1, 3])
}

/** [B,heads,L,D] → [B,L,heads·D] */
function join(x: Tensor): Tensor {
  const [batch, heads, length, width] = x.shape as [number, number, number, number]
  return reshape(permute(x, [0, 2, 1, 3]), [batch, length, heads * width])
}

/** Another tensor over the same memory, with a life of its own. */
function alias(x: Tensor): Tensor {
  return x.restride(x.shape, x.strides)
}

/** Every tensor that `looked` lives on. */
export function tensorsOf({ q, k, v, lse, held }: Looked): readonly Tensor[] {
  return [q, k, v, lse, ...held]
}

/** Hands `looked` on to the scope outside of `inner`. */
export function keepLooked(inner: { keep(tensor: Tensor): Tensor }, looked: Looked): Looked {
  for (const tensor of tensorsOf(looked)) inner.keep(tensor)
  return looked
}

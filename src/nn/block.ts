import type { ScoreOptions } from '../attention/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import type { FeedForward } from './feed-forward.ts'
import { Module } from './module.ts'
import { type AttentionPass, keepLooked, type Looked, type MultiHeadAttention } from './multi-head-attention.ts'
import type { Norm } from './norm.ts'

/** Where a step of a block is normalised: h = leave(x + step(enter(x))), with `before` on the way in and `after` on the way out. */
export class Norms extends Module {
  readonly before: Norm | undefined
  readonly after: Norm | undefined

  constructor({ before, after }: { before?: Norm; after?: Norm }) {
    super()
    this.before = before
    this.after = after
  }

  enter(x: Tensor): Tensor {
    return this.before ? this.before.forward(x) : x
  }

  leave(x: Tensor): Tensor {
    return this.after ? this.after.forward(x) : x
  }
}

export interface BlockPass {
  /** For the block's attention to itself: padding, masks, windows. */
  readonly options?: ScoreOptions
  /** What cross-attention looks at: [B,S,width], and how. */
  readonly source?: Tensor | undefined
  readonly sourceOptions?: ScoreOptions
  /** Keep what the block looked with. Default false. */
  readonly watch?: boolean
}

export interface BlockOutput {
  /** [B,L,width] */
  readonly output: Tensor
  /** What it looked with, at itself and at the source, if `watch` asked for that. */
  readonly looked?: Looked
  readonly crossLooked?: Looked
}

/**
 * One layer of a transformer: look, look at the source if there is cross-attention, then think; each is added to what was there.
 * Post-norm (BERT) normalises after each step, pre-norm (GPT-2, Llama) before it: `Norms` says which.
 */
export class Block extends Module {
  readonly attention: MultiHeadAttention
  readonly attentionNorms: Norms
  readonly cross: MultiHeadAttention | undefined
  readonly crossNorms: Norms
  readonly feedForward: FeedForward
  readonly feedForwardNorms: Norms

  constructor(parts: {
    attention: MultiHeadAttention
    attentionNorms: Norms
    cross?: MultiHeadAttention
    crossNorms?: Norms
    feedForward: FeedForward
    feedForwardNorms: Norms
  }) {
    super()
    this.attention = parts.attention
    this.attentionNorms = parts.attentionNorms
    this.cross = parts.cross
    this.crossNorms = parts.crossNorms ?? new Norms({})
    this.feedForward = parts.feedForward
    this.feedForwardNorms = parts.feedForwardNorms
  }

  /** x [B,L,width] → [B,L,width] */
  forward(x: Tensor, { options = {}, source, sourceOptions = {}, watch = false }: BlockPass = {}): BlockOutput {
    using s = scope()
    if ((this.cross === undefined) !== (source === undefined))
      throw new TypeError(
        `Block: ${this.cross ? 'cross-attention needs a source to look at' : 'a source was given and there is no cross-attention'}`,
      )
    const seen = look(this.attention, this.attentionNorms, x, { options, watch })
    const crossed = this.cross && look(this.cross, this.crossNorms, seen.output, { source, options: sourceOptions, watch })
    const middle = (crossed ?? seen).output
    const thought = this.feedForward.forward(this.feedForwardNorms.enter(middle), { residual: middle })
    return {
      output: s.keep(this.feedForwardNorms.leave(thought)),
      ...(seen.looked && { looked: keepLooked(s, seen.looked) }),
      ...(crossed?.looked && { crossLooked: keepLooked(s, crossed.looked) }),
    }
  }
}

function look(attention: MultiHeadAttention, norms: Norms, x: Tensor, pass: AttentionPass): { output: Tensor; looked?: Looked } {
  using s = scope()
  const { output, looked } = attention.forward(norms.enter(x), { ...pass, residual: x })
  return { output: s.keep(norms.leave(output)), ...(looked && { looked: keepLooked(s, looked) }) }
}

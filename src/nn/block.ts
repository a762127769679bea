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

/**
 * One layer of a transformer: look, then think, each added to what was there. Post-norm (BERT) normalises after each step,
 * pre-norm (GPT-2, Llama) before it; `Norms` says which.
 */
export class EncoderBlock extends Module {
  readonly attention: MultiHeadAttention
  readonly attentionNorms: Norms
  readonly feedForward: FeedForward
  readonly feedForwardNorms: Norms

  constructor(parts: { attention: MultiHeadAttention; attentionNorms: Norms; feedForward: FeedForward; feedForwardNorms: Norms }) {
    super()
    this.attention = parts.attention
    this.attentionNorms = parts.attentionNorms
    this.feedForward = parts.feedForward
    this.feedForwardNorms = parts.feedForwardNorms
  }

  /** x [B,L,width] → [B,L,width] */
  forward(x: Tensor, pass: Pick<AttentionPass, 'options' | 'watch'> = {}): { output: Tensor; looked?: Looked } {
    using s = scope()
    const { output: seen, looked } = this.attention.forward(this.attentionNorms.enter(x), { ...pass, residual: x })
    const middle = this.attentionNorms.leave(seen)
    const thought = this.feedForward.forward(this.feedForwardNorms.enter(middle), { residual: middle })
    const output = s.keep(this.feedForwardNorms.leave(thought))
    return looked ? { output, looked: keepLooked(s, looked) } : { output }
  }
}

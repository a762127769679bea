import type { positions, ScoreOptions } from '../attention/index.ts'
import { add } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import type { Experts } from './experts.ts'
import type { FeedForward } from './feed-forward.ts'
import type { BlockHooks } from './hooks.ts'
import { Module } from './module.ts'
import {
  type AttentionPass,
  type KeysValues,
  type KeyValueStore,
  keepLooked,
  type Looked,
  type MultiHeadAttention,
} from './multi-head-attention.ts'
import type { Norm } from './norm.ts'

/** Where a step of a block is normalised: h = after(x + result(step(before(x)))); each of the three may be missing. */
export class Norms extends Module {
  readonly before: Norm | undefined
  readonly result: Norm | undefined
  readonly after: Norm | undefined

  constructor({ before, result, after }: { before?: Norm | undefined; result?: Norm | undefined; after?: Norm | undefined }) {
    super()
    this.before = before
    this.result = result
    this.after = after
  }

  /** before(x) */
  enter(x: Tensor): Tensor {
    return this.before ? this.before.forward(x) : x
  }

  /**
   * after(x + result(made)). `step` makes it, and adds x itself where nothing lies between: products do that for free. `change` is given
   * what would be added and says what is.
   */
  around(x: Tensor, step: (residual: Tensor | undefined) => Tensor, change?: (added: Tensor) => Tensor): Tensor {
    const sum = this.result || change ? add(x, this.#added(step(undefined), change)) : step(x)
    return this.after ? this.after.forward(sum) : sum
  }

  #added(made: Tensor, change?: (added: Tensor) => Tensor): Tensor {
    const added = this.result ? this.result.forward(made) : made
    return change ? change(added) : added
  }
}

export interface BlockPass {
  /** For the block's attention to itself: padding, masks, windows. */
  readonly options?: ScoreOptions
  /** Rotates queries and keys of a block with rotary positions. */
  readonly angles?: positions.Angles | undefined
  /** Keeps the block's own keys and values from call to call. */
  readonly store?: KeyValueStore | undefined
  /** What cross-attention looks at: [B,S,width], or the keys and values made of it before; and how. */
  readonly source?: Tensor | undefined
  readonly projected?: KeysValues | undefined
  readonly sourceOptions?: ScoreOptions
  /** Keep what the block looked with. Default false. */
  readonly watch?: boolean
  /** What is done to the block from outside. */
  readonly hooks?: BlockHooks | undefined
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
 * Post-norm (BERT) normalises after each step, pre-norm (GPT-2, Llama) before it, Gemma around it: `Norms` says which.
 * `parallel` (GPT-NeoX): looking and thinking both start from the block's input.
 */
export class Block extends Module {
  readonly attention: MultiHeadAttention
  readonly attentionNorms: Norms
  readonly cross: MultiHeadAttention | undefined
  readonly crossNorms: Norms
  readonly feedForward: FeedForward | Experts
  readonly feedForwardNorms: Norms
  readonly parallel: boolean

  constructor(parts: {
    attention: MultiHeadAttention
    attentionNorms: Norms
    cross?: MultiHeadAttention | undefined
    crossNorms?: Norms | undefined
    feedForward: FeedForward | Experts
    feedForwardNorms: Norms
    parallel?: boolean
  }) {
    super()
    this.attention = parts.attention
    this.attentionNorms = parts.attentionNorms
    this.cross = parts.cross
    this.crossNorms = parts.crossNorms ?? new Norms({})
    this.feedForward = parts.feedForward
    this.feedForwardNorms = parts.feedForwardNorms
    this.parallel = parts.parallel ?? false
  }

  /** x [B,L,width] → [B,L,width] */
  forward(x: Tensor, pass: BlockPass = {}): BlockOutput {
    using s = scope()
    const { options = {}, angles, store, source, projected, sourceOptions = {}, watch = false, hooks = {} } = pass
    if ((this.cross === undefined) !== (source === undefined && projected === undefined))
      throw new TypeError(
        `Block: ${this.cross ? 'cross-attention needs a source to look at' : 'a source was given and there is no cross-attention'}`,
      )
    const own = { options, angles, store, watch, hooks: hooks.attention }
    const seen = look(this.attention, this.attentionNorms, x, own, hooks.attentionOutput)
    const other = { source, projected, options: sourceOptions, watch, hooks: hooks.cross }
    const crossed = this.cross && look(this.cross, this.crossNorms, seen.output, other, hooks.crossOutput)
    return {
      output: s.keep(this.#think((crossed ?? seen).output, x, hooks.feedForwardOutput)),
      ...(seen.looked && { looked: keepLooked(s, seen.looked) }),
      ...(crossed?.looked && { crossLooked: keepLooked(s, crossed.looked) }),
    }
  }

  #think(seen: Tensor, x: Tensor, change?: (added: Tensor) => Tensor): Tensor {
    const norms = this.feedForwardNorms
    const step = (residual: Tensor | undefined): Tensor =>
      this.feedForward.forward(norms.enter(this.parallel ? x : seen), { residual })
    return norms.around(seen, step, change)
  }
}

function look(
  attention: MultiHeadAttention,
  norms: Norms,
  x: Tensor,
  pass: AttentionPass,
  change?: (added: Tensor) => Tensor,
): { output: Tensor; looked?: Looked } {
  using s = scope()
  let looked: Looked | undefined
  const step = (residual: Tensor | undefined): Tensor => {
    const made = attention.forward(norms.enter(x), { ...pass, residual })
    looked = made.looked
    return made.output
  }
  const output = norms.around(x, step, change)
  return { output: s.keep(output), ...(looked && { looked: keepLooked(s, looked) }) }
}

/**
 * One layer taken apart: for any token, what it comes in with, what it is looked up with, what it brings home and what goes on.
 *
 * Nothing here is another way of computing a layer: each step is the model's own module or an operation of the library, called by itself,
 * so that what it makes can be read. Attention's q, k, v and lse are made once for the whole text; everything else is made for the token that
 * is asked about, so a long text costs no more than its attention.
 */

import { attention, type ScoreOptions } from '../../attention/index.ts'
import type { Activation } from '../../backend/index.ts'
import { BlockTower } from '../../model/families/transformer.ts'
import type { Model } from '../../model/index.ts'
import { type Block, FeedForward, LayerNorm, type Looked, type Norm, type Norms, tensorsOf } from '../../nn/index.ts'
import { add, linear, mean, mul, permute, reshape, slice, sqrt, square, sub, sum, tensor } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Reading } from '../reading.ts'
import { type Brought, brought, type Cell, cell, type Row, row } from './cell.ts'
import { type Origin, originOf, type Traceable } from './origin.ts'
import { type Numbers, numbersOf } from './read.ts'

export interface AnatomyOptions {
  /** Counted from 0. */
  readonly layer: number
  /** Of an encoder–decoder: which half looks at itself. Default: the half that reads. */
  readonly kind?: 'encoder' | 'decoder' | undefined
}

/** What a layer is made of, as far as it changes what there is to see. */
export interface Makeup {
  readonly tokens: number
  readonly width: number
  readonly heads: number
  readonly kvHeads: number
  /** Of a query or key, and of a value. */
  readonly headWidth: number
  readonly valueWidth: number
  /** Inside the feed-forward. */
  readonly inner: number
  /** What q · k is multiplied by. */
  readonly scale: number
  readonly softcap: number | undefined
  readonly causal: boolean
  /** How many tokens back and ahead it may look. */
  readonly window: readonly [number, number] | undefined
  /** Is something added to scores, by distance? */
  readonly bias: boolean
  /** Is there a logit that takes weight and gives nothing? */
  readonly sink: boolean
  /** Are queries and keys turned by their positions? */
  readonly rotary: boolean
  /** Are each head's queries and keys brought to one scale? */
  readonly headNorms: boolean
  readonly attentionNorms: WhereNormed
  readonly feedForwardNorms: WhereNormed
  /** Does the feed-forward start from what came into the block, not from what attention left? */
  readonly parallel: boolean
  /** Does the feed-forward have a gate; is it several experts? */
  readonly gated: boolean
  readonly experts: number
  readonly activation: Activation | 'clamped'
}

/** h = after(x + result(step(before(x)))) */
export interface WhereNormed {
  readonly before: NormKind | undefined
  readonly result: NormKind | undefined
  readonly after: NormKind | undefined
}

/** 'layer': less its mean, over its spread. 'rms': over its root mean square. */
export type NormKind = 'layer' | 'rms'

/** One vector on a token's way through the block. */
export interface Step {
  readonly name: StepName
  readonly values: Numbers
  /** √Σ values² */
  readonly length: number
}

/**
 * In order: what comes in; the same for attention (normed, if a norm stands there); what all heads bring home, joined; what attention adds;
 * the sum, normed if the norm stands behind it; the same for the feed-forward; its inner layer (absent where several experts share the
 * work); what it adds; what goes on.
 */
export type StepName =
  | 'entered'
  | 'attentionInput'
  | 'blend'
  | 'attentionOutput'
  | 'attended'
  | 'feedForwardInput'
  | 'inner'
  | 'feedForwardOutput'
  | 'left'

/**
 * Takes a layer apart. `reading` must be one text, read by `model` without edits: what a reading tells about is its hidden states, and the
 * layer is run on those again. Free what is given back with dispose(); it does not outlive the model.
 */
export function anatomy(model: Model, reading: Reading, { layer, kind }: AnatomyOptions): Anatomy {
  if (reading.batch !== 1) throw new RangeError(`anatomy: one text is taken apart at a time, this run has ${reading.batch}`)
  const half = kind ?? (model.network.encoder ? 'encoder' : 'decoder')
  const tower = model.network[half]
  if (!(tower instanceof BlockTower)) throw new RangeError(`anatomy: ${model.config.family} has no ${half}`)
  const block = Number.isInteger(layer) && layer >= 0 ? tower.blocks[layer] : undefined
  if (!block) throw new RangeError(`anatomy: layer ${layer} does not exist; the model has 0 to ${tower.blocks.length - 1}`)
  if (block.cross) throw new RangeError('anatomy: a layer that also looks at another text cannot be taken apart yet')
  return new Anatomy(block, reading.hidden(layer, { kind: half }))
}

export class Anatomy {
  readonly makeup: Makeup
  /** What it looked with: q [1,H,L,D], k [1,K,S,D], v [1,K,S,Dv], lse [1,H,L]. Belongs to the anatomy. */
  readonly looked: Looked
  readonly #block: Block
  /** [L,width], a view. */
  readonly #entered: Tensor

  constructor(block: Block, entered: Tensor) {
    using s = scope()
    this.#block = block
    this.#entered = s.keep(reshape(entered, entered.shape.slice(1)))
    const { looked } = block.attention.forward(block.attentionNorms.enter(entered), { watch: true })
    this.looked = looked!
    for (const each of tensorsOf(this.looked)) s.keep(each)
    this.makeup = makeupOf(block, this.looked, entered.shape[2]!)
  }

  /** One link: why token `from` gives token `to` the weight that it gives. */
  cell(head: number, from: number, to: number): Promise<Cell> {
    return cell(this, head, from, to)
  }

  /** All that a token looks at, from scores to shares. */
  row(head: number, token: number): Promise<Row> {
    return row(this, head, token)
  }

  /** What a token brings home in one head, and what each of `columns` adds to it. */
  brought(head: number, token: number, columns: readonly number[]): Promise<Brought> {
    return brought(this, head, token, columns)
  }

  /** A token's vectors on their way through the block. */
  async steps(token: number): Promise<Step[]> {
    this.check(token)
    const read = await numbersOf(() => {
      const made = this.#through(token)
      const lengths = Object.entries(made).map(([name, x]) => [`length ${name}`, lengthOf(x)] as const)
      return { ...made, ...Object.fromEntries(lengths) } as Record<string, Tensor>
    })
    return ORDER.flatMap((name) => (read[name] ? [{ name, values: read[name], length: read[`length ${name}`]![0]! }] : []))
  }

  /**
   * What each head writes for a token: its blend through its own part of the output projection, [H,width]; how long each of these vectors is;
   * and the projection's bias, if it has one. Their sum is what attention makes (`attentionOutput`, before a norm on it).
   */
  async heads(token: number): Promise<{ parts: Numbers; lengths: Numbers; bias: Numbers | undefined }> {
    this.check(token)
    const { output } = this.#block.attention
    const read = await numbersOf(() => {
      const blends = this.#blend(token)
      const [H, Dv] = blends.shape as [number, number]
      const eye = tensor(
        Float32Array.from({ length: H * H }, (_, n) => (n % (H + 1) === 0 ? 1 : 0)),
        [H, H, 1],
        {
          dtype: blends.dtype === 'float64' ? 'float64' : 'float32',
          near: blends,
        },
      )
      const parts = linear(reshape(mul(eye, reshape(blends, [1, H, Dv])), [H, H * Dv]), output.weight)
      return { parts, lengths: sqrt(sum(square(parts), 1)), ...(output.bias && { bias: view(output.bias) }) } as Record<
        'parts' | 'lengths' | 'bias',
        Tensor
      >
    })
    return { parts: read.parts, lengths: read.lengths, bias: read.bias }
  }

  /**
   * Where one number came from. `head` (default 0) counts for queries, keys and values alone, whose channels are counted within it: query
   * heads for a query, for a key or value the query heads that share it.
   */
  async origin(what: Traceable, { token, head = 0, channel }: { token: number; head?: number; channel: number }): Promise<Origin> {
    this.check(token)
    const { query, key, value, output } = this.#block.attention
    const { feedForward } = this.#block
    const { heads, kvHeads, headWidth, valueWidth } = this.makeup
    if (!Number.isInteger(head) || head < 0 || head >= heads)
      throw new RangeError(`anatomy: head ${head} does not exist; the layer has 0 to ${heads - 1}`)
    const shared = Math.floor((head * kvHeads) / heads)
    const made = (name: StepName) => (): Tensor => this.#through(token)[name]!
    const within = (width: number): number => {
      if (Number.isInteger(channel) && channel >= 0 && channel < width) return channel
      throw new RangeError(`anatomy: channel ${channel} does not exist; there are 0 to ${width - 1}`)
    }
    if (what === 'query') return originOf(query, head * headWidth + within(headWidth), made('attentionInput'))
    if (what === 'key') return originOf(key, shared * headWidth + within(headWidth), made('attentionInput'))
    if (what === 'value') return originOf(value, shared * valueWidth + within(valueWidth), made('attentionInput'))
    if (what === 'attentionOutput') return originOf(output, channel, made('blend'))
    if (!(feedForward instanceof FeedForward))
      throw new RangeError(`anatomy: several experts share this layer's feed-forward; ${what} cannot be traced to one matrix`)
    if (what === 'inner') return originOf(feedForward.up, channel, made('feedForwardInput'))
    return originOf(feedForward.down, channel, made('inner'))
  }

  /** What a norm of this layer is given for a token: its mean (0 for 'rms', which takes none off) and its spread, √(mean of the squares about it). */
  async spread(
    token: number,
    step: 'attention' | 'feedForward',
    where: keyof WhereNormed,
  ): Promise<{ mean: number; spread: number }> {
    this.check(token)
    const norms = step === 'attention' ? this.#block.attentionNorms : this.#block.feedForwardNorms
    const norm = norms[where]
    if (!norm) throw new RangeError(`anatomy: this layer has no norm '${where}' its ${step}`)
    const read = await numbersOf(() => {
      const x = this.#given(token, step, where)
      const middle = norm instanceof LayerNorm ? mean(x) : mul(mean(x), 0)
      return { mean: middle, spread: sqrt(mean(square(sub(x, middle)))) }
    })
    return { mean: read.mean[0]!, spread: read.spread[0]! }
  }

  check(token: number, what = 'token'): void {
    const { tokens } = this.makeup
    if (!Number.isInteger(token) || token < 0 || token >= tokens)
      throw new RangeError(`anatomy: ${what} ${token} does not exist; the text has 0 to ${tokens - 1}`)
  }

  dispose(): void {
    for (const each of tensorsOf(this.looked)) each.dispose()
    this.#entered.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** [H,Dv]: what each head brings home for one token. */
  #blend(token: number): Tensor {
    const { q, k, v, options } = this.looked
    const { output } = attention(slice(q, 2, token, token + 1), k, v, { ...options, offset: token } as ScoreOptions)
    return reshape(output, [output.shape[1]!, output.shape[3]!])
  }

  /** Every vector is a row [1,…] of its own. */
  #through(token: number): Partial<Record<StepName, Tensor>> {
    const { attention: looking, attentionNorms, feedForward, feedForwardNorms, parallel } = this.#block
    const entered = slice(this.#entered, 0, token, token + 1)
    const attentionInput = view(attentionNorms.enter(entered))
    const blends = this.#blend(token)
    const blend = reshape(permute(blends, [0, 1]), [1, blends.size])
    const attentionOutput = looking.output.forward(blend)
    const attended = view(attentionNorms.around(entered, () => added(attentionNorms, entered, attentionOutput)))
    const feedForwardInput = view(feedForwardNorms.enter(parallel ? entered : attended))
    const inner = feedForward instanceof FeedForward ? feedForward.inner(feedForwardInput) : undefined
    const feedForwardOutput = feedForward.forward(feedForwardInput)
    const left = view(feedForwardNorms.around(attended, () => added(feedForwardNorms, attended, feedForwardOutput)))
    return {
      entered,
      attentionInput,
      blend,
      attentionOutput,
      attended,
      feedForwardInput,
      ...(inner && { inner }),
      feedForwardOutput,
      left,
    }
  }

  #given(token: number, step: 'attention' | 'feedForward', where: keyof WhereNormed): Tensor {
    const made = this.#through(token)
    const norms = step === 'attention' ? this.#block.attentionNorms : this.#block.feedForwardNorms
    const from = step === 'attention' ? made.entered! : made.attended!
    const output = step === 'attention' ? made.attentionOutput! : made.feedForwardOutput!
    if (where === 'before') return step === 'feedForward' && this.#block.parallel ? made.entered! : from
    if (where === 'result') return output
    return add(from, norms.result ? norms.result.forward(output) : output)
  }
}

const ORDER: readonly StepName[] = [
  'entered',
  'attentionInput',
  'blend',
  'attentionOutput',
  'attended',
  'feedForwardInput',
  'inner',
  'feedForwardOutput',
  'left',
]

/** What `Norms.around` wants of a step: with a norm on the result, the result alone; else the sum. */
const added = (norms: Norms, x: Tensor, made: Tensor): Tensor => (norms.result ? made : add(x, made))
const lengthOf = (x: Tensor): Tensor => sqrt(sum(square(x)))
/** The same numbers with a life of their own: a module may give back what it was given. */
const view = (x: Tensor): Tensor => reshape(x, x.shape)

function makeupOf(block: Block, { q, k, v, options }: Looked, width: number): Makeup {
  const { attention: looking, feedForward } = block
  const D = q.shape[3]!
  const one = feedForward instanceof FeedForward ? feedForward : feedForward.experts[0]!
  const { window } = options
  return {
    tokens: q.shape[2]!,
    width,
    heads: q.shape[1]!,
    kvHeads: k.shape[1]!,
    headWidth: D,
    valueWidth: v.shape[3]!,
    inner: one.up.weight.shape[0]!,
    scale: options.scale ?? 1 / Math.sqrt(D),
    softcap: options.softcap || undefined,
    causal: options.causal ?? false,
    window: window && (Number.isFinite(window[0]) || Number.isFinite(window[1])) ? window : undefined,
    bias: options.bias !== undefined || options.score !== undefined,
    sink: options.sinks !== undefined || (options.smoothSoftmax ?? false),
    rotary: looking.rotary !== undefined,
    headNorms: looking.queryNorm !== undefined || looking.keyNorm !== undefined,
    attentionNorms: whereNormed(block.attentionNorms),
    feedForwardNorms: whereNormed(block.feedForwardNorms),
    parallel: block.parallel,
    gated: one.gate !== undefined,
    experts: feedForward instanceof FeedForward ? 0 : feedForward.experts.length,
    activation: typeof one.activation === 'object' ? 'clamped' : one.activation,
  }
}

function whereNormed({ before, result, after }: Norms): WhereNormed {
  const kind = (norm: Norm | undefined): NormKind | undefined => norm && (norm instanceof LayerNorm ? 'layer' : 'rms')
  return { before: kind(before), result: kind(result), after: kind(after) }
}

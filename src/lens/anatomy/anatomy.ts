/**
 * One layer taken apart: for any token, what it comes in with, what it is looked up with, what it brings home and what goes on.
 *
 * Nothing here is another way of computing a layer: each step is the model's own module or an operation of the library, called by itself,
 * so that what it makes can be read. Attention's q, k, v and lse are made once for the whole text; everything else is made for the token that
 * is asked about, so a long text costs no more than its attention.
 */

import type { Activation } from '../../backend/index.ts'
import { BlockTower } from '../../model/families/transformer.ts'
import type { Model } from '../../model/index.ts'
import { type Block, FeedForward, LayerNorm, type Looked, type Norm, type Norms } from '../../nn/index.ts'
import { add, mean, mul, reshape, slice, sqrt, square, sub, sum } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Reading } from '../reading.ts'
import type { Brought, Cell, Row } from './cell.ts'
import { added, type HeadsWritten, Looking, type LookingMakeup, type TraceableLook, view } from './looking.ts'
import { type Origin, originOf, type Traceable } from './origin.ts'
import { type Numbers, numbersOf } from './read.ts'

export interface AnatomyOptions {
  /** Counted from 0. */
  readonly layer: number
  /** Of an encoder–decoder: the half that is taken apart. Default: the half that reads. */
  readonly kind?: 'encoder' | 'decoder' | undefined
}

/** What a layer is made of, as far as it changes what there is to see: its attention to its own text first. */
export interface Makeup extends LookingMakeup {
  readonly width: number
  /** Inside the feed-forward. */
  readonly inner: number
  /** Of its attention to another text, where it has one. */
  readonly cross: LookingMakeup | undefined
  readonly attentionNorms: WhereNormed
  readonly crossNorms: WhereNormed
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

/** A part of a block that adds to what came in. */
export type BlockPart = 'attention' | 'cross' | 'feedForward'

/** One vector on a token's way through the block. */
export interface Step {
  readonly name: StepName
  readonly values: Numbers
  /** √Σ values² */
  readonly length: number
}

/**
 * In order: what comes in; the same for attention (normed, if a norm stands there); what all heads bring home, joined; what attention adds;
 * the sum, normed if the norm stands behind it; the same four for attention to another text, where there is one; the sum for the feed-forward;
 * its inner layer (absent where several experts share the work); what it adds; what goes on.
 */
export type StepName = (typeof ORDER)[number]

const ORDER = [
  'entered',
  'attentionInput',
  'blend',
  'attentionOutput',
  'attended',
  'crossInput',
  'crossBlend',
  'crossOutput',
  'crossed',
  'feedForwardInput',
  'inner',
  'feedForwardOutput',
  'left',
] as const

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
  return new Anatomy(block, reading.hidden(layer, { kind: half }), block.cross && reading.hidden(-1, { kind: 'encoder' }))
}

export class Anatomy {
  readonly makeup: Makeup
  /** Its attention to another text: that of a decoder to what was read. */
  readonly cross?: Looking
  readonly #own: Looking
  readonly #block: Block
  /** [L,width], a view. */
  readonly #entered: Tensor

  /** `source` [1,S,width]: what a block with attention to another text looks at. */
  constructor(block: Block, entered: Tensor, source?: Tensor) {
    this.#block = block
    this.#entered = reshape(entered, entered.shape.slice(1))
    this.#own = new Looking(block.attention, block.attentionNorms, entered)
    if (block.cross) {
      using attended = this.#own.throughAll()
      this.cross = new Looking(block.cross, block.crossNorms, attended, source)
    }
    this.makeup = makeupOf(block, this.#own, this.cross, entered.shape[2]!)
  }

  /** What it looked with: q [1,H,L,D], k [1,K,S,D], v [1,K,S,Dv], lse [1,H,L]. Belongs to the anatomy. */
  get looked(): Looked {
    return this.#own.looked
  }

  /** One link: why token `from` gives token `to` the weight that it gives. */
  cell(head: number, from: number, to: number): Promise<Cell> {
    return this.#own.cell(head, from, to)
  }

  /** All that a token looks at, from scores to shares. */
  row(head: number, token: number): Promise<Row> {
    return this.#own.row(head, token)
  }

  /** What a token brings home in one head, and what each of `columns` adds to it. */
  brought(head: number, token: number, columns: readonly number[]): Promise<Brought> {
    return this.#own.brought(head, token, columns)
  }

  /** What each head writes for a token. The sum of it all is what attention makes (`attentionOutput`, before a norm on it). */
  heads(token: number): Promise<HeadsWritten> {
    return this.#own.heads(token)
  }

  /** A token's vectors on their way through the block. */
  async steps(token: number): Promise<Step[]> {
    this.#own.check(token)
    const read = await numbersOf(() => {
      const made = this.#through(token)
      const lengths = Object.entries(made).map(([name, x]) => [`length ${name}`, lengthOf(x)] as const)
      return { ...made, ...Object.fromEntries(lengths) } as Record<string, Tensor>
    })
    return ORDER.flatMap((name) => (read[name] ? [{ name, values: read[name], length: read[`length ${name}`]![0]! }] : []))
  }

  /**
   * Where one number came from. `head` (default 0) counts for queries, keys and values alone, whose channels are counted within it: query
   * heads for a query, for a key or value the query heads that share it.
   */
  async origin(what: Traceable, at: { token: number; head?: number; channel: number }): Promise<Origin> {
    const { token, channel } = at
    this.#own.check(token)
    const { feedForward } = this.#block
    const look = LOOKS[what]
    if (look) return await this.#own.origin(look, at)
    if (!(feedForward instanceof FeedForward))
      throw new RangeError(`anatomy: several experts share this layer's feed-forward; ${what} cannot be traced to one matrix`)
    if (what === 'inner') return originOf(feedForward.up, channel, () => this.#through(token).feedForwardInput!)
    return originOf(feedForward.down, channel, () => this.#through(token).inner!)
  }

  /** What a norm of this layer is given for a token: its mean (0 for 'rms', which takes none off) and its spread, √(mean of the squares about it). */
  async spread(token: number, part: BlockPart, where: keyof WhereNormed): Promise<{ mean: number; spread: number }> {
    this.#own.check(token)
    const norm = this.#norms(part)[where]
    if (!norm) throw new RangeError(`anatomy: this layer has no norm '${where}' its ${part}`)
    const read = await numbersOf(() => {
      const x = this.#given(token, part, where)
      const middle = norm instanceof LayerNorm ? mean(x) : mul(mean(x), 0)
      return { mean: middle, spread: sqrt(mean(square(sub(x, middle)))) }
    })
    return { mean: read.mean[0]!, spread: read.spread[0]! }
  }

  dispose(): void {
    this.#own.dispose()
    this.cross?.dispose()
    this.#entered.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** Every vector is a row [1,…] of its own. */
  #through(token: number): Partial<Record<StepName, Tensor>> {
    const { feedForward, feedForwardNorms, parallel } = this.#block
    const entered = slice(this.#entered, 0, token, token + 1)
    const own = this.#own.through(entered, token)
    const cross = this.cross?.through(own.left, token)
    const looked = cross?.left ?? own.left
    const feedForwardInput = view(feedForwardNorms.enter(parallel ? entered : looked))
    const inner = feedForward instanceof FeedForward ? feedForward.inner(feedForwardInput) : undefined
    const feedForwardOutput = feedForward.forward(feedForwardInput)
    const left = view(feedForwardNorms.around(looked, () => added(feedForwardNorms, looked, feedForwardOutput)))
    return {
      entered,
      attentionInput: own.input,
      blend: own.blend,
      attentionOutput: own.output,
      attended: own.left,
      ...(cross && { crossInput: cross.input, crossBlend: cross.blend, crossOutput: cross.output, crossed: cross.left }),
      feedForwardInput,
      ...(inner && { inner }),
      feedForwardOutput,
      left,
    }
  }

  #norms(part: BlockPart): Norms {
    return this.#block[`${part}Norms`]
  }

  #given(token: number, part: BlockPart, where: keyof WhereNormed): Tensor {
    const made = this.#through(token)
    const norms = this.#norms(part)
    const before = { attention: made.entered!, cross: made.attended!, feedForward: made.crossed ?? made.attended! }[part]
    const output = made[`${part}Output`]!
    if (where === 'before') return part === 'feedForward' && this.#block.parallel ? made.entered! : before
    if (where === 'result') return output
    return add(before, norms.result ? norms.result.forward(output) : output)
  }
}

/** What is traced within attention. */
const LOOKS: Readonly<Partial<Record<Traceable, TraceableLook>>> = {
  query: 'query',
  key: 'key',
  value: 'value',
  attentionOutput: 'output',
}

const lengthOf = (x: Tensor): Tensor => sqrt(sum(square(x)))

function makeupOf(block: Block, own: Looking, cross: Looking | undefined, width: number): Makeup {
  const { feedForward } = block
  const one = feedForward instanceof FeedForward ? feedForward : feedForward.experts[0]!
  return {
    ...own.makeup,
    width,
    inner: one.up.weight.shape[0]!,
    cross: cross?.makeup,
    attentionNorms: whereNormed(block.attentionNorms),
    crossNorms: whereNormed(block.crossNorms),
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

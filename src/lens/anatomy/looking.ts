/** One attention of a layer taken apart: a text's tokens as they look at one another, or at the tokens of another text. */

import { attention, type ScoreOptions } from '../../attention/index.ts'
import { type Looked, type MultiHeadAttention, type Norms, tensorsOf } from '../../nn/index.ts'
import { add, linear, mul, permute, reshape, slice, sqrt, square, sum, tensor } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import { type Brought, brought, type Cell, cell, type Row, row } from './cell.ts'
import { type Origin, originOf } from './origin.ts'
import { type Numbers, numbersOf } from './read.ts'

/** What an attention is made of, as far as it changes what there is to see. */
export interface LookingMakeup {
  /** How many tokens look, and how many are looked at. */
  readonly tokens: number
  readonly columns: number
  readonly heads: number
  readonly kvHeads: number
  /** Of a query or key, and of a value. */
  readonly headWidth: number
  readonly valueWidth: number
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
}

/**
 * What of an attention can be traced back: a channel of a head's query, key or value, before it is normed and turned; of what all heads add.
 * Keys and values belong to a token that is looked at.
 */
export type TraceableLook = 'query' | 'key' | 'value' | 'output'

/** What each head writes for a token. */
export interface HeadsWritten {
  /** A head's blend through its own part of the output projection, [H,width]; and how long each of these vectors is. */
  readonly parts: Numbers
  readonly lengths: Numbers
  /** Of the projection, if it has one. */
  readonly bias: Numbers | undefined
}

/** One token on its way through, each a row [1,…] of its own. */
export interface Passage {
  /** As it looks: normed, if a norm stands there. */
  readonly input: Tensor
  /** What all heads bring home, joined. */
  readonly blend: Tensor
  /** What is added. */
  readonly output: Tensor
  /** What is left: the sum, normed if the norm stands behind it. */
  readonly left: Tensor
}

export class Looking {
  readonly makeup: LookingMakeup
  /** What it looked with: q [1,H,L,D], k [1,K,S,D], v [1,K,S,Dv], lse [1,H,L]. Belongs to this. */
  readonly looked: Looked
  readonly #attention: MultiHeadAttention
  readonly #norms: Norms
  /** [L,width] and [S,width], views. */
  readonly #entered: Tensor
  readonly #source: Tensor | undefined

  /** `entered` [1,L,width]: what comes into this step of the block; `source` [1,S,width]: what is looked at, if not that. */
  constructor(attention: MultiHeadAttention, norms: Norms, entered: Tensor, source?: Tensor) {
    using s = scope()
    this.#attention = attention
    this.#norms = norms
    this.#entered = s.keep(flat(entered))
    this.#source = source && s.keep(flat(source))
    const { looked } = attention.forward(norms.enter(entered), { source, watch: true })
    this.looked = looked!
    for (const each of tensorsOf(this.looked)) s.keep(each)
    this.makeup = makeupOf(attention, this.looked)
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

  /** What each head writes for a token. The sum of it all is what attention makes, before a norm on it. */
  async heads(token: number): Promise<HeadsWritten> {
    this.check(token)
    const { output } = this.#attention
    const read = await numbersOf(() => {
      const blends = this.#blend(token)
      const [H, Dv] = blends.shape as [number, number]
      const parts = linear(reshape(mul(eye(H, blends), reshape(blends, [1, H, Dv])), [H, H * Dv]), output.weight)
      return { parts, lengths: sqrt(sum(square(parts), 1)), ...(output.bias && { bias: view(output.bias) }) } as Record<
        'parts' | 'lengths' | 'bias',
        Tensor
      >
    })
    return { parts: read.parts, lengths: read.lengths, bias: read.bias }
  }

  /**
   * Where one number came from. `head` (default 0) counts for queries, keys and values alone, whose channels are counted within it: query
   * heads for a query, for a key or value the query heads that share it. `token` is one that is looked at for a key or value.
   */
  async origin(what: TraceableLook, at: { token: number; head?: number; channel: number }): Promise<Origin> {
    const { token, head = 0, channel } = at
    const { query, key, value, output } = this.#attention
    const { kvHeads, heads, headWidth, valueWidth } = this.makeup
    this.checkHead(head)
    const shared = Math.floor((head * kvHeads) / heads)
    if (what === 'key' || what === 'value') this.checkColumn(token)
    else this.check(token)
    if (what === 'query') return originOf(query, head * headWidth + within(channel, headWidth), () => this.#asks(token))
    if (what === 'key') return originOf(key, shared * headWidth + within(channel, headWidth), () => this.#tells(token))
    if (what === 'value') return originOf(value, shared * valueWidth + within(channel, valueWidth), () => this.#tells(token))
    return originOf(output, channel, () => joined(this.#blend(token)))
  }

  /** One token through this step. `entered` [1,width]: what comes into it. */
  through(entered: Tensor, token: number): Passage {
    const blend = joined(this.#blend(token))
    const output = this.#attention.output.forward(blend)
    const left = view(this.#norms.around(entered, () => added(this.#norms, entered, output)))
    return { input: view(this.#norms.enter(entered)), blend, output, left }
  }

  /** All tokens through this step, [1,L,width]. */
  throughAll(): Tensor {
    using s = scope()
    const x = reshape(this.#entered, [1, ...this.#entered.shape])
    const source = this.#source && reshape(this.#source, [1, ...this.#source.shape])
    const look = (residual: Tensor | undefined): Tensor =>
      this.#attention.forward(this.#norms.enter(x), { source, residual }).output
    return s.keep(this.#norms.around(x, look))
  }

  check(token: number): void {
    exists(token, this.makeup.tokens)
  }

  checkColumn(token: number): void {
    exists(token, this.makeup.columns)
  }

  checkHead(head: number): void {
    const { heads } = this.makeup
    if (!Number.isInteger(head) || head < 0 || head >= heads)
      throw new RangeError(`anatomy: head ${head} does not exist; the layer has 0 to ${heads - 1}`)
  }

  dispose(): void {
    for (const each of tensorsOf(this.looked)) each.dispose()
    this.#entered.dispose()
    this.#source?.dispose()
  }

  /** [1,width]: what the query of a token is made of, and the key and value of one that is looked at. */
  #asks(token: number): Tensor {
    return view(this.#norms.enter(slice(this.#entered, 0, token, token + 1)))
  }

  #tells(token: number): Tensor {
    return this.#source ? slice(this.#source, 0, token, token + 1) : this.#asks(token)
  }

  /** [H,Dv]: what each head brings home for one token. */
  #blend(token: number): Tensor {
    const { q, k, v, options } = this.looked
    const { output } = attention(slice(q, 2, token, token + 1), k, v, { ...options, offset: token } as ScoreOptions)
    return reshape(output, [output.shape[1]!, output.shape[3]!])
  }
}

/** What `Norms.around` wants of a step: with a norm on the result, the result alone; else the sum. */
export const added = (norms: Norms, x: Tensor, made: Tensor): Tensor => (norms.result ? made : add(x, made))
/** The same numbers with a life of their own: a module may give back what it was given. */
export const view = (x: Tensor): Tensor => reshape(x, x.shape)
/** [1,L,width] → [L,width] */
const flat = (x: Tensor): Tensor => reshape(x, x.shape.slice(1))
/** [H,Dv] → [1,H·Dv] */
const joined = (blends: Tensor): Tensor => reshape(permute(blends, [0, 1]), [1, blends.size])

function within(channel: number, width: number): number {
  if (Number.isInteger(channel) && channel >= 0 && channel < width) return channel
  throw new RangeError(`anatomy: channel ${channel} does not exist; there are 0 to ${width - 1}`)
}

function exists(token: number, tokens: number): void {
  if (!Number.isInteger(token) || token < 0 || token >= tokens)
    throw new RangeError(`anatomy: token ${token} does not exist; the text has 0 to ${tokens - 1}`)
}

/** The identity as [n,n,1]. */
function eye(n: number, near: Tensor): Tensor {
  const data = Float32Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0))
  return tensor(data, [n, n, 1], { dtype: near.dtype === 'float64' ? 'float64' : 'float32', near })
}

function makeupOf({ rotary, queryNorm, keyNorm }: MultiHeadAttention, { q, k, v, options }: Looked): LookingMakeup {
  const D = q.shape[3]!
  const { window } = options
  return {
    tokens: q.shape[2]!,
    columns: k.shape[2]!,
    heads: q.shape[1]!,
    kvHeads: k.shape[1]!,
    headWidth: D,
    valueWidth: v.shape[3]!,
    scale: options.scale ?? 1 / Math.sqrt(D),
    softcap: options.softcap || undefined,
    causal: options.causal ?? false,
    window: window && (Number.isFinite(window[0]) || Number.isFinite(window[1])) ? window : undefined,
    bias: options.bias !== undefined || options.score !== undefined,
    sink: options.sinks !== undefined || (options.smoothSoftmax ?? false),
    rotary: rotary !== undefined,
    headNorms: queryNorm !== undefined || keyNorm !== undefined,
  }
}

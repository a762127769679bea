/**
 * Where in a text attention goes, by layer: to its start, its middle and its end, sinks apart, beside what position alone would give, which
 * is even looks at all visible tokens.
 */

import type { AttentionKind } from '../../model/index.ts'
import { tokensAt, type Where } from '../edit/where.ts'
import { type Places, placesOf } from '../heads/places.ts'
import { eachRow, listed, type Row, type StripOptions, textsOf, type Visited } from '../heads/strips.ts'
import { sideOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'
import { type EffectOfParts, effectOfParts, type PartEffectOptions } from './effect.ts'
import { nameOf, type Part, partsOf } from './parts.ts'

export interface ProfileOptions extends StripOptions {
  /** How many parts the text is cut into (of cross-attention: the one that was read). Default 3: start, middle, end. */
  readonly parts?: number | undefined
  /** Whose looks are profiled. Default: all tokens but special ones and position 0; of cross-attention all places at which something was written. */
  readonly from?: Where | undefined
  /** Also what each part is worth: the exact effect of cutting all links to it, layer by layer. Needs the model, and one text. */
  readonly effect?: PartEffectOptions | undefined
}

/** Shares of the attention. */
export interface Shares {
  /** Of all weight: to each part, and to sinks (the first position and special tokens). */
  readonly parts: readonly number[]
  readonly sinks: number
  /** Of the weight that is not on sinks: to each part. They sum to 1. */
  readonly beside: readonly number[]
}

export interface HeadProfile {
  readonly head: number
  readonly attention: Shares
  /** What even looks would give. `beside` takes each row as much into account as the head has weight left in it. */
  readonly chance: Shares
}

export interface LayerProfile {
  readonly layer: number
  /** The mean of the layer's heads. */
  readonly attention: Shares
  readonly chance: Shares
  readonly heads: readonly HeadProfile[]
  /** If it was asked for: the effect of cutting, in this layer, all links to each part, and to the sinks. */
  readonly effect?: { readonly parts: readonly number[]; readonly sinks: number }
}

export interface Profile {
  /** Which attention was looked at. */
  readonly kind: AttentionKind
  readonly texts: number
  readonly tokens: number
  /** How many tokens looked. */
  readonly rows: number
  /** Names of the parts, and where they lie in each text. */
  readonly parts: readonly string[]
  readonly places: readonly (readonly Part[])[]
  readonly layers: readonly LayerProfile[]
  /** By what effects were measured, in words. */
  readonly measure?: string
}

/** Reads each matrix once, in strips; memory is linear in the text. A row that sees fewer than two tokens is left out. */
export async function profile(given: Reading | readonly Reading[], options: ProfileOptions = {}): Promise<Profile> {
  const { parts = 3, signal } = options
  const texts = textsOf('profile', listed('profile', given), options.kind)
  const { kind, layers: count, heads } = texts[0]!.sight
  const tally = new Tally(count, heads, parts)
  if (options.effect && texts.length > 1) throw new RangeError(`profile: effects are measured on one text, got ${texts.length}`)
  const places: (readonly Part[])[] = []
  let tokens = 0
  for (const [n, text] of texts.entries()) {
    const own = placesOf(text.reading, text.batch, text.sight)
    const cut = partsOf(own, parts)
    places.push(cut)
    tokens += own.n
    const rows = new Set(rowsOf(text, own, options))
    const partAt = partOfEach(own, cut)
    const further = { signal, onProgress: (share: number) => options.onProgress?.((n + share) / texts.length) }
    await eachRow(
      text,
      (at) => rows.has(at),
      (row) => tally.add(row, partAt),
      further,
    )
  }
  const effects = options.effect && (await effectOf(texts[0]!, places[0]!, options))
  const names = Array.from({ length: parts }, (_, n) => nameOf(n, parts))
  const found = { kind, texts: texts.length, tokens, rows: tally.rows, parts: names, places }
  const layers = tally.layers()
  if (!effects) return { ...found, layers }
  return { ...found, layers: layers.map((layer, n) => ({ ...layer, effect: effects.layers[n]! })), measure: effects.measure }
}

function rowsOf({ reading, batch, sight }: Visited, { rows }: Places, { from }: ProfileOptions): readonly number[] {
  return from === undefined ? rows : tokensAt(from, sideOf(reading, batch, sight.rows), 'profile')
}

function effectOf(text: Visited, parts: readonly Part[], options: ProfileOptions): Promise<EffectOfParts> {
  const own = placesOf(text.reading, text.batch, text.sight)
  const rows = rowsOf(text, own, options)
  return effectOfParts(text, parts, rows, own.sink, { ...options.effect!, signal: options.signal })
}

/** The number of each token's part; −1 for sinks. */
function partOfEach({ n, sink }: Places, parts: readonly Part[]): Int32Array {
  const found = new Int32Array(n).fill(-1)
  for (const [number, { first, last }] of parts.entries())
    for (let at = first; at <= last; at++) if (sink[at] === 0) found[at] = number
  return found
}

/** Sums of one head: parts first, sinks last. */
interface Sums {
  readonly weight: Float64Array
  readonly even: Float64Array
  /** Even looks at what is beside the sinks, each row times what the head has left in it. */
  readonly evenBeside: Float64Array
}

class Tally {
  readonly #parts: number
  readonly #heads: readonly (readonly Sums[])[]
  readonly #rows: number[]

  constructor(layers: number, heads: number, parts: number) {
    this.#parts = parts
    const sums = (): Float64Array => new Float64Array(parts + 1)
    this.#heads = Array.from({ length: layers }, () =>
      Array.from({ length: heads }, () => ({ weight: sums(), even: sums(), evenBeside: sums() })),
    )
    this.#rows = new Array<number>(layers).fill(0)
  }

  /** How many rows were counted. */
  get rows(): number {
    return this.#rows[0]!
  }

  add({ layer, heads, visible }: Row, partAt: Int32Array): void {
    const slot = (key: number): number => (partAt[key]! < 0 ? this.#parts : partAt[key]!)
    const counts = new Float64Array(this.#parts + 1)
    for (let key = 0; key < visible.length; key++) if (visible[key] === 1) counts[slot(key)]!++
    const keys = counts.reduce((sum, count) => sum + count, 0)
    if (keys < 2) return
    this.#rows[layer]!++
    const beside = keys - counts[this.#parts]!
    for (const [head, w] of heads.entries()) {
      const sums = this.#heads[layer]![head]!
      const own = new Float64Array(this.#parts + 1)
      for (let key = 0; key < w.length; key++) own[slot(key)]! += w[key]!
      const left = own.subarray(0, this.#parts).reduce((sum, weight) => sum + weight, 0)
      for (let n = 0; n <= this.#parts; n++) {
        sums.weight[n]! += own[n]!
        sums.even[n]! += counts[n]! / keys
        if (n < this.#parts && beside > 0) sums.evenBeside[n]! += (left * counts[n]!) / beside
      }
    }
  }

  layers(): LayerProfile[] {
    return this.#heads.map((list, layer) => {
      const rows = this.#rows[layer]!
      const heads = list.map((sums, head): HeadProfile => ({ head, ...this.#sharesOf([sums], rows) }))
      return { layer, ...this.#sharesOf(list, rows), heads }
    })
  }

  #sharesOf(list: readonly Sums[], rows: number): { attention: Shares; chance: Shares } {
    const total = (which: keyof Sums, n: number): number => list.reduce((sum, each) => sum + each[which][n]!, 0)
    const numbers = Array.from({ length: this.#parts }, (_, n) => n)
    const left = numbers.reduce((sum, n) => sum + total('weight', n), 0)
    const shares = (which: 'weight' | 'even', beside: keyof Sums): Shares => ({
      parts: numbers.map((n) => total(which, n) / (rows * list.length)),
      sinks: total(which, this.#parts) / (rows * list.length),
      beside: numbers.map((n) => total(beside, n) / left),
    })
    return { attention: shares('weight', 'weight'), chance: shares('even', 'evenBeside') }
  }
}

/** How much each head looks from one word to another, over all texts that hold both. */

import type { AttentionKind } from '../../model/index.ts'
import { tokensAt, type Where } from '../edit/where.ts'
import { sideOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'
import { type Places, placesOf } from './places.ts'
import { eachRow, type Row, type StripOptions, textsOf, type Visited } from './strips.ts'

/** From where to where. */
export interface Look {
  /** The token, span or word that looks. */
  readonly from: Where
  /** The token, span or word that is looked at. */
  readonly to: Where
}

/** The same look in every text, or `each`: one for each text, in order. */
export type LooksOptions = StripOptions & (Look | { readonly each: readonly Look[] })

/** A text in which both words stand. */
export interface LookPlace {
  /** Counts all texts of all readings. */
  readonly text: number
  /** The tokens that look, and those looked at. */
  readonly rows: readonly number[]
  readonly columns: readonly number[]
}

export interface HeadLook {
  readonly layer: number
  readonly head: number
  /** The mean over places of the weight from `from` to `to`: the sum over the tokens of `to`, the mean over those of `from`. */
  readonly weight: number
  /** The least and the largest of the places. */
  readonly least: number
  readonly most: number
  /** The same of the weight that is not on sinks: what `to` has of it. NaN where `to` is a sink, or nothing is left. */
  readonly apart: number
  /** The share of rows in which a token of `to` has the largest weight of all keys but sinks (and the token that looks). */
  readonly first: number
  /** What even looks at all visible keys would give. */
  readonly chance: number
}

export interface HeadLooks {
  /** Which attention was looked at. */
  readonly kind: AttentionKind
  readonly texts: number
  readonly tokens: number
  readonly places: readonly LookPlace[]
  /** Texts that lack a word, and the reason. */
  readonly skipped: readonly { readonly text: number; readonly reason: string }[]
  /** The largest weight first. */
  readonly heads: readonly HeadLook[]
}

interface Sums {
  readonly perPlace: number[]
  beyond: number
  left: number
  first: number
  rows: number
  chance: number
}

/** Texts without the words are left out and named; if none has them, what the first one lacks is thrown. */
export async function looks(readings: readonly Reading[], options: LooksOptions): Promise<HeadLooks> {
  const texts = textsOf('find', readings, options.kind)
  const asked = 'each' in options ? options.each : texts.map(() => options)
  if (asked.length !== texts.length)
    throw new RangeError(`find: each has one entry for each text, got ${asked.length} for ${plural(texts.length)}`)
  const places: LookPlace[] = []
  const skipped: { text: number; reason: string }[] = []
  const sums = new Map<string, Sums & { layer: number; head: number }>()
  let tokens = 0
  for (const [text, visited] of texts.entries()) {
    const own = placesOf(visited.reading, visited.batch, visited.sight)
    tokens += own.n
    const place = placeIn(visited, text, asked[text]!)
    if (place instanceof Error) skipped.push({ text, reason: place.message })
    else {
      const nth = places.push(place) - 1
      const wanted = new Set(place.rows)
      const visit = (row: Row): void => addRow(row, place, nth, own, sums)
      await eachRow(visited, (at) => wanted.has(at), visit, { signal: options.signal })
    }
    options.onProgress?.((text + 1) / texts.length)
  }
  if (places.length === 0) throw new RangeError(skipped[0]!.reason)
  const heads = [...sums.values()].map(lookOf).sort((a, b) => b.weight - a.weight || a.layer - b.layer || a.head - b.head)
  return { kind: texts[0]!.sight.kind, texts: texts.length, tokens, places, skipped, heads }
}

function placeIn({ reading, batch, sight }: Visited, text: number, { from, to }: Look): LookPlace | Error {
  try {
    return {
      text,
      rows: tokensAt(from, sideOf(reading, batch, sight.rows), 'find'),
      columns: tokensAt(to, sideOf(reading, batch, sight.columns), 'find'),
    }
  } catch (error) {
    if (error instanceof RangeError) return error
    throw error
  }
}

const plural = (texts: number): string => `${texts} ${texts === 1 ? 'text' : 'texts'}`

function addRow(
  { layer, at, heads, visible }: Row,
  { rows, columns }: LookPlace,
  nth: number,
  { sink, square }: Places,
  sums: Map<string, Sums & { layer: number; head: number }>,
): void {
  const keys = visible.reduce((sum, is) => sum + is, 0)
  const beside = columns.filter((column) => sink[column] === 0)
  for (const [head, weights] of heads.entries()) {
    const name = `${layer} ${head}`
    const own = sums.get(name) ?? { layer, head, perPlace: [], beyond: 0, left: 0, first: 0, rows: 0, chance: 0 }
    sums.set(name, own)
    const on = columns.reduce((sum, column) => sum + weights[column]!, 0)
    own.perPlace[nth] = (own.perPlace[nth] ?? 0) + on / rows.length
    own.chance += columns.reduce((sum, column) => sum + visible[column]!, 0) / Math.max(1, keys)
    own.rows++
    if (beside.length === 0) continue
    own.beyond += beside.reduce((sum, column) => sum + weights[column]!, 0)
    own.left += weights.reduce((sum, weight, column) => sum + (sink[column] === 0 ? weight : 0), 0)
    if (columns.includes(strongest(weights, square ? at : -1, sink))) own.first++
  }
}

/** The key with the largest weight, sinks and the one at `itself` left out; −1 where nothing else has weight. */
function strongest(weights: Float32Array, itself: number, sink: Uint8Array): number {
  let [best, most] = [-1, 0]
  for (const [column, weight] of weights.entries())
    if (weight > most && column !== itself && sink[column] === 0) [best, most] = [column, weight]
  return best
}

function lookOf({ layer, head, perPlace, beyond, left, first, rows, chance }: Sums & { layer: number; head: number }): HeadLook {
  const weight = perPlace.reduce((sum, each) => sum + each, 0) / perPlace.length
  return {
    layer,
    head,
    weight,
    least: Math.min(...perPlace),
    most: Math.max(...perPlace),
    apart: left > 0 ? beyond / left : Number.NaN,
    first: first / rows,
    chance: chance / rows,
  }
}

/**
 * How far the attention of two heads is apart: for each token the Jensen–Shannon distance of its two rows, √JS(p, q) with
 * JS = ½ KL(p ‖ m) + ½ KL(q ‖ m), m = ½ (p + q), in bits; then the mean over tokens. It is a metric, 0 for the same attention and 1 where
 * no key has weight in both (Endres & Schindelin 2003 for one row; a mean of metrics is one).
 */

import type { AttentionKind } from '../../model/index.ts'
import type { Reading } from '../reading.ts'
import { placesOf } from './places.ts'
import { eachRow, type Row, type StripOptions, textsOf } from './strips.ts'

export type DistanceOptions = StripOptions

export interface HeadApart {
  readonly layer: number
  readonly head: number
  readonly distance: number
  /** The distance of what the rows have beside sinks, brought to the sum 1; over rows in which both heads have at least 1 % left. */
  readonly apart: number
}

export interface HeadDistance {
  /** Which attention was looked at. */
  readonly kind: AttentionKind
  readonly like: readonly [layer: number, head: number]
  readonly texts: number
  readonly tokens: number
  /** Rows over which the mean was taken. */
  readonly rows: number
  /** The nearest first; the head itself is left out. */
  readonly heads: readonly HeadApart[]
}

/** Less than this beside sinks is noise. */
const LEAST = 0.01

/** Every head beside one of them, strip by strip. */
export async function headDistances(
  readings: readonly Reading[],
  like: readonly [layer: number, head: number],
  options: DistanceOptions = {},
): Promise<HeadDistance> {
  const texts = textsOf('find', readings, options.kind)
  const { kind, layers, heads } = texts[0]!.sight
  within('layer', like[0], layers)
  within('head', like[1], heads)
  const sums = Array.from({ length: layers * heads }, (): Sums => ({ distance: 0, rows: 0, apart: 0, rowsApart: 0 }))
  let tokens = 0
  const { signal } = options
  for (const [nth, text] of texts.entries()) {
    const { rows, sink, n } = placesOf(text.reading, text.batch, text.sight)
    const wanted = new Set(rows)
    tokens += n
    const visit = (row: Row): void => {
      for (const [head, weights] of row.heads.entries()) addRow(sums[row.layer * heads + head]!, row.along, weights, sink)
    }
    await eachRow(text, (at) => wanted.has(at), visit, { signal, along: like })
    options.onProgress?.((nth + 1) / texts.length)
  }
  const own = like[0] * heads + like[1]
  const others = sums.flatMap((sum, at) => (at === own ? [] : [meansOf(sum, Math.floor(at / heads), at % heads)]))
  others.sort((a, b) => a.distance - b.distance || a.layer - b.layer || a.head - b.head)
  return { kind, like, texts: texts.length, tokens, rows: sums[own]!.rows, heads: others }
}

interface Sums {
  distance: number
  rows: number
  apart: number
  rowsApart: number
}

function addRow(sums: Sums, p: Float32Array, q: Float32Array, sink: Uint8Array): void {
  const [first, second] = [totals(p, sink), totals(q, sink)]
  sums.distance += apartBy(p, q, first.all, second.all)
  sums.rows++
  if (Math.min(first.beside, second.beside) < LEAST) return
  sums.apart += apartBy(p, q, first.beside, second.beside, sink)
  sums.rowsApart++
}

const meansOf = ({ distance, rows, apart, rowsApart }: Sums, layer: number, head: number): HeadApart => ({
  layer,
  head,
  distance: distance / rows,
  apart: apart / rowsApart,
})

function totals(w: Float32Array, sink: Uint8Array): { all: number; beside: number } {
  let [all, beside] = [0, 0]
  for (let key = 0; key < w.length; key++) {
    all += w[key]!
    if (sink[key] === 0) beside += w[key]!
  }
  return { all, beside }
}

/** The Jensen–Shannon distance of p / ofP and q / ofQ, over the keys that `without` does not flag. Two rows without weight are alike. */
export function apartBy(p: Float32Array, q: Float32Array, ofP: number, ofQ: number, without?: Uint8Array): number {
  if (ofP === 0 || ofQ === 0) return ofP === ofQ ? 0 : 1
  let sum = 0
  for (let key = 0; key < p.length; key++) {
    if (without?.[key] === 1) continue
    const [a, b] = [p[key]! / ofP, q[key]! / ofQ]
    const middle = (a + b) / 2
    if (a > 0) sum += a * Math.log2(a / middle)
    if (b > 0) sum += b * Math.log2(b / middle)
  }
  return Math.sqrt(Math.min(1, Math.max(0, sum / 2)))
}

function within(what: string, value: number, count: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= count)
    throw new RangeError(`find: ${what} ${value} does not exist, there are ${count} (counted from 0)`)
}

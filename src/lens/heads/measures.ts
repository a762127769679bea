/**
 * What is measured of one token's looks, w over the keys j that it may see; the token itself stands at i. docs/lens/heads.md has the
 * definitions for readers.
 */

import type { Kin, Places } from './places.ts'

export const HEAD_MEASURES = [
  /** −Σ w ln w, in nats. */
  'entropy',
  /** Entropy over that of even looks at all visible keys: 0 to 1. */
  'evenness',
  /** Σ w |i − j|, in tokens. */
  'distance',
  /** The least r so that keys with |i − j| ≤ r hold the share `span` of the weight that is on keys. */
  'span',
  /** Weight on keys with |i − j| ≤ `near`. */
  'locality',
  'self',
  /** Weight on i − 1, where that is no sink. */
  'previous',
  /** Weight on i + 1, where that is seen and no sink. */
  'next',
  /** Weight on the other pieces of the token's own word, where there are any. */
  'pieces',
  /** Weight on other places of the same word, where there are any. */
  'sameWord',
  /** Weight on what followed earlier places of the same token, where there is any (the token itself and the one right before it left out). */
  'induction',
  /** Weight on position 0. */
  'firstToken',
  /** Weight on special tokens beyond position 0 and on tokens without a letter or digit. */
  'separators',
] as const

export type HeadMeasure = (typeof HEAD_MEASURES)[number]

/** Those that have a meaning where one text looks at another: the rest compare the places, or the words, of one text. */
export const MEASURES_ACROSS: readonly HeadMeasure[] = ['entropy', 'evenness', 'firstToken', 'separators']

/** One number for each measure; NaN where no row had anything to measure. */
export type Figures = Readonly<Record<HeadMeasure, number>>

export interface HeadBounds {
  /** How many tokens to each side are near. Default 2. */
  readonly near: number
  /** The share of weight that a span holds. Default 0.9. */
  readonly span: number
}

/** What a row gives to some of the keys, summed up. */
interface Sums {
  keys: number
  weight: number
  /** Σ w ln w */
  logs: number
  /** Σ w |i − j| */
  distance: number
  near: number
  separators: number
}

const none = (): Sums => ({ keys: 0, weight: 0, logs: 0, distance: 0, near: 0, separators: 0 })

/** A row of weights, and the keys that its token may see. */
export interface Seen {
  readonly w: Float32Array
  /** The token that looks. */
  readonly i: number
  readonly visible: Uint8Array
  readonly kin: Kin
}

/** One row as it is, and with its sinks taken out. */
export interface RowMeasures {
  readonly all: Float64Array
  /** undefined where fewer than two keys are left, or no weight. */
  readonly apart: Float64Array | undefined
  /** The weight that is not on sinks. */
  readonly left: number
}

/** `total`: what all weights sum to; with sinks taken out, weights are divided by what is left. */
export function measureRow(seen: Seen, places: Places, total: number, bounds: HeadBounds): RowMeasures {
  const { w, i, visible } = seen
  const [sinks, beside] = [none(), none()]
  for (let j = 0; j < w.length; j++) {
    if (visible[j] === 0) continue
    const sums = places.sink[j] === 1 ? sinks : beside
    const weight = w[j]!
    sums.keys++
    if (weight <= 0) continue
    const far = places.square ? Math.abs(i - j) : Number.NaN
    sums.weight += weight
    sums.logs += weight * Math.log(weight)
    sums.distance += weight * far
    if (far <= bounds.near) sums.near += weight
    if (places.separator[j] === 1) sums.separators += weight
  }
  const left = beside.weight
  return {
    all: figuresOf(seen, places, added(sinks, beside), total, bounds.span, undefined),
    apart: beside.keys > 1 && left > 0 ? figuresOf(seen, places, beside, left, bounds.span, places.sink) : undefined,
    left,
  }
}

const added = (a: Sums, b: Sums): Sums => ({
  keys: a.keys + b.keys,
  weight: a.weight + b.weight,
  logs: a.logs + b.logs,
  distance: a.distance + b.distance,
  near: a.near + b.near,
  separators: a.separators + b.separators,
})

/** `without` flags keys that do not count. −Σ (w/T) ln (w/T) is (W ln T − Σ w ln w) / T, where W is the sum of w. */
function figuresOf(
  { w, i, visible, kin }: Seen,
  { sink, n, square }: Places,
  sums: Sums,
  total: number,
  share: number,
  without: Uint8Array | undefined,
): Float64Array {
  const counts = (j: number): boolean => visible[j] === 1 && without?.[j] !== 1
  const on = (columns: readonly number[]): number => {
    const seen = columns.filter(counts)
    return seen.length === 0 ? Number.NaN : seen.reduce((sum, j) => sum + w[j]!, 0) / total
  }
  const neighbour = (j: number): number => (square && j >= 0 && j < n && sink[j] === 0 ? on([j]) : Number.NaN)
  const entropy = Math.max(0, (sums.weight * Math.log(total) - sums.logs) / total)
  return Float64Array.of(
    entropy,
    entropy / Math.log(sums.keys),
    sums.distance / total,
    square ? spanOf(w, i, counts, sums.weight * share) : Number.NaN,
    square ? sums.near / total : Number.NaN,
    on(square ? [i] : []),
    neighbour(i - 1),
    neighbour(i + 1),
    on(kin.pieces),
    on(kin.same),
    on(kin.followed),
    on([0]),
    sums.separators / total,
  )
}

/** Walks outwards from i until the weight is reached; to the farthest key where rounding keeps it from being reached. */
function spanOf(w: Float32Array, i: number, counts: (j: number) => boolean, wanted: number): number {
  const farthest = Math.max(i, w.length - 1 - i)
  let sum = counts(i) ? w[i]! : 0
  for (let r = 0; r < farthest; r++) {
    if (sum >= wanted) return r
    const left = i - r - 1
    const right = i + r + 1
    if (left >= 0 && counts(left)) sum += w[left]!
    if (right < w.length && counts(right)) sum += w[right]!
  }
  return farthest
}

export function figuresFrom(values: ArrayLike<number>): Figures {
  return Object.fromEntries(HEAD_MEASURES.map((measure, at) => [measure, values[at]!])) as Figures
}

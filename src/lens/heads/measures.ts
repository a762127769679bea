/**
 * What is measured of one token's looks, w over the keys j that it may see; the token itself stands at i. docs/lens/heads.md has the
 * definitions for readers.
 */

import type { Kin, Places } from './places.ts'

export const MEASURES = [
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

export type Measure = (typeof MEASURES)[number]

/** One number for each measure; NaN where no row had anything to measure. */
export type Figures = Readonly<Record<Measure, number>>

export interface Bounds {
  /** How many tokens to each side are near. Default 2. */
  readonly near: number
  /** The share of weight that a span holds. Default 0.9. */
  readonly span: number
}

/**
 * Measures the row of token i. `kin`: of that token. `counted`: 1 for the keys that count (all that are visible; or those that are no sinks), `total`: their weight; what is
 * measured is w / total over them. NaN for what this row does not have.
 */
export function measureRow(
  w: ArrayLike<number>,
  i: number,
  places: Places,
  kin: Kin,
  counted: Uint8Array,
  total: number,
  bounds: Bounds,
): Float64Array {
  const { separator, n } = places
  let [entropy, distance, near, apart, keys, held] = [0, 0, 0, 0, 0, 0]
  for (let j = 0; j < n; j++) {
    if (counted[j] === 0) continue
    keys++
    held += w[j]!
    const weight = w[j]! / total
    if (weight <= 0) continue
    const far = Math.abs(i - j)
    entropy -= weight * Math.log(weight)
    distance += weight * far
    if (far <= bounds.near) near += weight
    if (separator[j] === 1) apart += weight
  }
  const on = (columns: readonly number[]): number => {
    let [sum, some] = [0, false]
    for (const j of columns)
      if (counted[j] === 1) {
        sum += w[j]! / total
        some = true
      }
    return some ? sum : Number.NaN
  }
  const neighbour = (j: number): number => (j >= 0 && j < n && places.sink[j] === 0 ? on([j]) : Number.NaN)
  return Float64Array.of(
    entropy,
    entropy / Math.log(keys),
    distance,
    spanOf(w, i, counted, held * bounds.span, n),
    near,
    on([i]),
    neighbour(i - 1),
    neighbour(i + 1),
    on(kin.pieces),
    on(kin.same),
    on(kin.followed),
    on([0]),
    apart,
  )
}

/** Walks outwards from i until the weight is reached; the farthest key where rounding keeps it from being reached. */
function spanOf(w: ArrayLike<number>, i: number, counted: Uint8Array, wanted: number, n: number): number {
  let sum = counted[i] === 1 ? w[i]! : 0
  const farthest = Math.max(i, n - 1 - i)
  for (let r = 0; r < farthest; r++) {
    if (sum >= wanted) return r
    const [left, right] = [i - r - 1, i + r + 1]
    if (left >= 0 && counted[left] === 1) sum += w[left]!
    if (right < n && counted[right] === 1) sum += w[right]!
  }
  return farthest
}

export function figuresFrom(values: ArrayLike<number>): Figures {
  return Object.fromEntries(MEASURES.map((measure, at) => [measure, values[at]!])) as Figures
}

/** One picture: everything that is drawn at a moment, from one place of one reading. Views read nothing else. */

import type { Head } from '../engine/protocol.ts'
import type { Reading, Window } from '../engine/questions/read.ts'
import { labelOf } from '../words/tokens.ts'

export interface Picture {
  readonly reading: Reading
  readonly labels: readonly string[]
  readonly layer: number
  readonly head: Head
  /** The token that looks. */
  readonly token: number
  /** The token looked at that is spoken of. */
  readonly column: number
  /** Where `token` looks: one weight per token. */
  readonly row: Float32Array
  /** Token indices by falling weight; like weights in reading order. A token that is set apart comes last. */
  readonly ranked: readonly number[]
  /** A token that is set apart: it has the colours of the whole scale, the others share one that ends at `full`. */
  readonly apart: number | undefined
  /** The weight that is drawn darkest: 1, or with a token set apart the largest of the cells at hand that do not look at it. */
  readonly full: number
  /** The rows and columns whose cells are at hand. */
  readonly window: Window
  /** The weight in row i, column j of the window. */
  cell(i: number, j: number): number
}

export interface Wanted {
  readonly layer: number
  readonly head: Head
  readonly token: number
  readonly column: number | undefined
  /** Is the first token set apart? Default: it is not. */
  readonly apart?: boolean
}

/** Makes a picture of numbers that were read. */
export function pictureOf(reading: Reading, wanted: Wanted, row: Float32Array, window: Window, cell: Picture['cell']): Picture {
  const apart = wanted.apart && row.length > 1 ? FIRST : undefined
  const sorted = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b)
  const ranked = apart === undefined ? sorted : [...sorted.filter((j) => j !== apart), apart]
  return {
    reading,
    labels: labelsOf(reading),
    layer: wanted.layer,
    head: wanted.head,
    token: wanted.token,
    column: wanted.column ?? ranked[0]!,
    row,
    ranked,
    apart,
    full: apart === undefined ? 1 : largestBut(apart, window, cell),
    window,
    cell,
  }
}

const FIRST = 0

/** The largest weight in the window that is not given to token `but`; 1 where there is none. */
function largestBut(but: number, { r0, r1, c0, c1 }: Window, cell: Picture['cell']): number {
  let most = 0
  for (let i = r0; i < r1; i++) for (let j = c0; j < c1; j++) if (j !== but) most = Math.max(most, cell(i, j))
  return most || 1
}

/** How dark a weight is drawn, 0 … 1, before the root that the scale takes. */
export function shadeOf({ apart, full, row }: Picture, column: number): number {
  return column === apart ? row[column]! : row[column]! / full
}

/** The picture of a short text, all of whose matrices are at hand. */
export function shortPicture(reading: Reading, wanted: Wanted): Picture {
  const L = reading.tokens.length
  const row = matrixOf(reading, wanted.layer, wanted.head).subarray(wanted.token * L, (wanted.token + 1) * L)
  return pictureOf(reading, wanted, row, { r0: 0, r1: L, c0: 0, c1: L }, cellsOf(reading, wanted.layer, wanted.head))
}

/** The weights of one head of a short text by row and column. */
export function cellsOf(reading: Reading, layer: number, head: Head): Picture['cell'] {
  const L = reading.tokens.length
  const matrix = matrixOf(reading, layer, head)
  return (i, j) => matrix[i * L + j]!
}

const labelled = new WeakMap<Reading, readonly string[]>()

/** What the tokens of a reading are called: the same list each time. */
export function labelsOf(reading: Reading): readonly string[] {
  const known = labelled.get(reading) ?? reading.tokens.map((token) => labelOf(reading.text, token))
  labelled.set(reading, known)
  return known
}

/** One head's matrix of a short text, row-major. */
export function matrixOf(reading: Reading, layer: number, head: Head): Float32Array {
  const size = reading.tokens.length ** 2
  const at = layer * (reading.heads + 1) + (head === 'mean' ? reading.heads : head)
  return reading.weights!.subarray(at * size, (at + 1) * size)
}

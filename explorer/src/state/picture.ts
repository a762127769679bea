/** One picture: everything that is drawn at a moment, from one place of one reading. Views read nothing else. */

import type { Head, Token } from '../engine/protocol.ts'
import type { Reading, Window } from '../engine/questions/read.ts'
import { labelOf } from '../words/tokens.ts'

/** The tokens of a text, as what looks or is looked at. */
export interface Side {
  readonly text: string
  readonly tokens: readonly Token[]
  /** For each token: is it of a word that the model hardly met? */
  readonly hardly: readonly boolean[]
}

/** Who looks at whom, in every head: a `Reading`, whose tokens look at each other, or one text that looks at another. */
export interface Looks extends Side {
  /** Names the run in questions. */
  readonly run: number
  readonly layers: number
  readonly heads: number
  /** [layers, heads + 1, rows, tokens], the last of each layer being the mean; undefined where only parts are at hand. */
  readonly weights: Float32Array | undefined
  /** Who looks, if it is not the tokens themselves. */
  readonly from?: Side | undefined
  /** The token whose row is the only one at hand. */
  readonly only?: number | undefined
}

export interface Picture<L extends Looks = Reading> {
  readonly reading: L
  /** What the tokens that look are called, and those looked at: often the same. */
  readonly rows: readonly string[]
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
export function pictureOf<L extends Looks>(
  reading: L,
  wanted: Wanted,
  row: Float32Array,
  window: Window,
  cell: Picture['cell'],
): Picture<L> {
  const apart = wanted.apart && row.length > 1 ? FIRST : undefined
  const sorted = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b)
  const ranked = apart === undefined ? sorted : [...sorted.filter((j) => j !== apart), apart]
  return {
    reading,
    rows: labelsOf(rowsOf(reading)),
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
export function shadeOf({ apart, full, row }: Pick<Picture, 'apart' | 'full' | 'row'>, column: number): number {
  return column === apart ? row[column]! : row[column]! / full
}

/** The tokens that look. */
export const rowsOf = (looks: Looks): Side => looks.from ?? looks

/** The token that looks, as one that is looked at; undefined where these are others. */
export const selfOf = ({ reading, token }: Pick<Picture<Looks>, 'reading' | 'token'>): number | undefined =>
  reading.from ? undefined : token

/** The picture of looks all of whose weights are at hand. */
export function shortPicture<L extends Looks>(reading: L, wanted: Wanted): Picture<L> {
  const width = reading.tokens.length
  const height = rowsOf(reading).tokens.length
  const { only } = reading
  const at = wanted.token - (only ?? 0)
  const row = matrixOf(reading, wanted.layer, wanted.head).subarray(at * width, (at + 1) * width)
  const window = { r0: only ?? 0, r1: only === undefined ? height : only + 1, c0: 0, c1: width }
  return pictureOf(reading, wanted, row, window, cellsOf(reading, wanted.layer, wanted.head))
}

/** The weights of one head by row and column, where all are at hand. */
export function cellsOf(reading: Looks, layer: number, head: Head): Picture['cell'] {
  const width = reading.tokens.length
  const first = reading.only ?? 0
  const matrix = matrixOf(reading, layer, head)
  return (i, j) => matrix[(i - first) * width + j]!
}

const labelled = new WeakMap<Side, readonly string[]>()

/** What tokens are called: for the same ones the same list each time. */
export function labelsOf(side: Side): readonly string[] {
  const known = labelled.get(side) ?? side.tokens.map((token) => labelOf(side.text, token))
  labelled.set(side, known)
  return known
}

/** One head's matrix, row-major, where all weights are at hand. */
export function matrixOf(reading: Looks, layer: number, head: Head): Float32Array {
  const height = reading.only === undefined ? rowsOf(reading).tokens.length : 1
  const size = height * reading.tokens.length
  const at = layer * (reading.heads + 1) + (head === 'mean' ? reading.heads : head)
  return reading.weights!.subarray(at * size, (at + 1) * size)
}

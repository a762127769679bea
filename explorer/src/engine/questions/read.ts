/** What Read asks: a text's tokens and weights, where it opens, and parts of long matrices. */

import type { Head, Token } from '../protocol.ts'

/** Where a text opens, by the library's rule. */
export interface Opening {
  readonly layer: number
  readonly head: number
  readonly token: number
  readonly column: number
  /** The rule in the library's words. */
  readonly reason: string
}

/** What the reader asked for already: the opening rule chooses the rest. What the model does not have is passed over. */
export interface Wishes {
  readonly layer?: number
  readonly head?: Head
  readonly token?: number
  /** Where in the text the token stands, if its number is not known. */
  readonly offset?: number
}

/** A text that was read. */
export interface Reading {
  /** Names the run in later questions. */
  readonly run: number
  readonly text: string
  readonly tokens: readonly Token[]
  readonly layers: number
  readonly heads: number
  readonly milliseconds: number
  /** [layers, heads + 1, L, L], the last of each layer being the mean; only for texts of at most `SHORT` tokens. */
  readonly weights: Float32Array | undefined
}

/** Rows r0 ≤ i < r1 and columns c0 ≤ j < c1. */
export interface Window {
  readonly r0: number
  readonly r1: number
  readonly c0: number
  readonly c1: number
}

export interface Place {
  readonly run: number
  readonly layer: number
  readonly head: Head
}

/** Up to this many tokens, every head's whole matrix comes with the reading. */
export const SHORT = 64

export interface ReadQuestions {
  read(ask: { text: string }): Reading
  /** Where the rule opens what was read. It looks at every weight of every head, so it is asked apart. */
  opening(ask: { run: number; wishes: Wishes }): Opening
  /** One row, and the window row-major. */
  picture(ask: Place & { row: number; window: Window }): { row: Float32Array; tile: Float32Array }
  /** [heads + 1, L, L] of one layer, the last being the mean. */
  layer(ask: { run: number; layer: number }): Float32Array
}

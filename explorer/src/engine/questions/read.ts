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
  /** For each token: is it of a word that the model hardly met while it learned? Of models that do not tell, none is. */
  readonly hardly: readonly boolean[]
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

/** The same head on two texts, where token pairs[n][0] of the first answers to token pairs[n][1] of the second. */
export interface Pair {
  readonly first: number
  readonly second: number
  readonly layer: number
  readonly head: Head
  readonly pairs: readonly (readonly [number, number])[]
  /** Which pair looks. */
  readonly from: number
}

/** What the second gives, less what the first gives. */
export interface Difference {
  /** What `from` gives to every pair, in each text and the difference: [n]. */
  readonly firstRow: Float32Array
  readonly secondRow: Float32Array
  readonly row: Float32Array
  /** What every pair gives to every pair: [n, n]; undefined above `SHORT` pairs. */
  readonly all: Float32Array | undefined
}

/** Up to this many tokens, every head's whole matrix comes with the reading. */
export const SHORT = 64
/** In longer texts the rule that opens them asks the last word alone, where the reader named no token: there are too many pairs. */
export const OPENED_WHOLE = 1024

export interface ReadQuestions {
  /** `beside`: a second text, which leaves the first one at hand. */
  read(ask: { text: string; beside?: boolean }): Reading
  /** Where the rule opens what was read. It looks at every weight of every head, or of a long text at one row of each: so it is asked apart. */
  opening(ask: { run: number; wishes: Wishes }): Opening
  /** One row, and the window row-major. */
  picture(ask: Place & { row: number; window: Window }): { row: Float32Array; tile: Float32Array }
  difference(ask: Pair): Difference
}

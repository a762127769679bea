/** What Understand asks: one token, one head, one link, taken apart. Every number is the library's (`anatomy` of regard/lens). */

import type { Brought, Cell, Embedded, Makeup, Origin, Row, Step, Traceable, WordGuesses } from 'regard/lens'

type Numbers = Float32Array | Float64Array

/** Before the first layer and after the last. */
export interface Ends {
  readonly embedded: Embedded
  /** How many words the model knows. */
  readonly vocabulary: number
  /** The token's vector behind the last layer and the final norm. */
  readonly last: Numbers
  /** Undefined for a model that scores no words. */
  readonly guesses: WordGuesses | undefined
}

/** A mean and a spread: what a norm takes off and divides by. */
export interface Spread {
  readonly mean: number
  readonly spread: number
}

/** A token in one layer. */
export interface TokenApart {
  readonly makeup: Makeup
  readonly steps: readonly Step[]
  /** What each head writes, [heads, width], and how long each of these is. */
  readonly parts: Numbers
  readonly lengths: Numbers
  /** For the norms that the layer has, in the order of the block. */
  readonly spreads: Readonly<Partial<Record<NormPlace, Spread>>>
}

export type NormPlace = `${'attention' | 'feedForward'} ${'before' | 'result' | 'after'}`

/** A token in one head. */
export interface HeadApart {
  readonly row: Row
  /** The columns that are told one by one, by falling weight. */
  readonly columns: readonly number[]
  readonly brought: Brought
}

export interface UnderstandQuestions {
  ends(ask: { run: number; token: number }): Ends
  token(ask: { run: number; layer: number; token: number }): TokenApart
  /** `column` is told one by one in any case. */
  head(ask: { run: number; layer: number; head: number; token: number; column: number; most: number }): HeadApart
  link(ask: { run: number; layer: number; head: number; token: number; column: number }): Cell & { readonly v: Numbers }
  /** The terms that made one number of a vector; `head` for queries, keys and values. */
  origin(ask: { run: number; layer: number; what: Traceable; token: number; head?: number; channel: number }): Origin
  /** The weight of one link in each head, and their mean. */
  averaged(ask: { run: number; layer: number; token: number; column: number }): { weights: readonly number[]; mean: number }
}

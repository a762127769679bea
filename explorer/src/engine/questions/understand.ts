/** What Understand asks: one token, one head, one link, taken apart. Every number is the library's (`anatomy` of regard/lens). */

import type {
  BlockPart,
  Brought,
  Cell,
  Embedded,
  HeadsWritten,
  Makeup,
  Origin,
  Row,
  Step,
  Traceable,
  WordGuesses,
} from 'regard/lens'
import type { Head, Token } from '../protocol.ts'

type Numbers = Float32Array | Float64Array

/** What is followed: the tokens that are read, or of an encoder–decoder those that are written. */
export interface Followed {
  readonly run: number
  readonly written?: Written | undefined
}

/** `target`: what is written; undefined: what the model itself writes, always the likeliest token. */
export interface Written {
  readonly target: string | undefined
}

/** One attention of a layer: to the same text, or from what is written across into what was read. */
export interface Attended extends Followed {
  readonly layer: number
  readonly token: number
  readonly across?: boolean | undefined
}

/** What stands written, and where the rule opens it. */
export interface Answered {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly layers: number
  readonly heads: number
  readonly opening: {
    readonly layer: number
    readonly token: number
    readonly own: { readonly head: number; readonly column: number }
    readonly across: { readonly head: number; readonly column: number }
    /** The rule for the look across, in the library's words. */
    readonly reason: string
  }
}

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
  /** What each head writes. */
  readonly heads: HeadsWritten
  /** The same of the look across, where there is one. */
  readonly acrossHeads: HeadsWritten | undefined
  /** For the norms that the layer has, in the order of the block. */
  readonly spreads: Readonly<Partial<Record<NormPlace, Spread>>>
}

export type NormPlace = `${BlockPart} ${'before' | 'result' | 'after'}`

/** A token in one head. */
export interface HeadApart {
  readonly row: Row
  /** The columns that are told one by one, by falling weight. */
  readonly columns: readonly number[]
  readonly brought: Brought
  /** One of the row's links. */
  readonly link: Cell & { readonly column: number; readonly v: Numbers }
}

/** A token in all heads of a layer. */
export interface Averaged {
  readonly column: number
  /** The weight of one link in each head, and their mean. */
  readonly weights: readonly number[]
  readonly mean: number
}

export interface UnderstandQuestions {
  answered(ask: { run: number } & Written): Answered
  ends(ask: Followed & { token: number }): Ends
  token(ask: Followed & { layer: number; token: number }): TokenApart
  /** `column`: the link that is taken apart, told one by one in any case; undefined: that of the largest weight. */
  head(ask: Attended & { head: number; column: number | undefined; most: number }): HeadApart
  averaged(ask: Attended & { column: number | undefined }): Averaged
  /** The terms that made one number of a vector; `head` for queries, keys and values. */
  origin(ask: Attended & { what: Traceable; head?: number; channel: number }): Origin
}

/** Which head of which attention, and which token it looks at; undefined: the one that it looks at most. */
export interface Aim {
  readonly head: Head
  readonly column: number | undefined
}

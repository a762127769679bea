/** What Question asks: what edits do to a run, and what each link of a token is worth. */

import type { Head, Token } from '../protocol.ts'
import type { Place } from './read.ts'

/** An edit as the library reads it: plain data. */
export type EditData = Readonly<Record<string, unknown>>

/** A word and its probability. */
export interface Word {
  readonly text: string
  readonly probability: number
}

export interface Outcome {
  /** 'next': the word that would follow the token; 'here': the word that stands, or is restored, at its place. */
  readonly what: 'next' | 'here'
  readonly before: readonly Word[]
  readonly after: readonly Word[]
}

export interface Edited {
  readonly tokens: readonly Token[]
  readonly text: string
  /** Where the token that looks stands after the edits. */
  readonly token: number
  /** One head's whole matrix without and with the edits, row-major; of long texts the token's row alone. */
  readonly before: Float32Array
  readonly after: Float32Array
  readonly whole: boolean
  /** What the edits together do to the token that looks: 1 − cosine of its last hidden vector. */
  readonly effect: { readonly measure: string; readonly value: number }
  /** Undefined for a model that scores no words. */
  readonly outcome: Outcome | undefined
}

export interface Worth {
  /** What was measured and what was cut, in the library's words. */
  readonly measure: string
  readonly cut: string
  /** By token. */
  readonly weights: Float32Array
  readonly effects: Float32Array
}

export interface Estimated {
  readonly measure: string
  readonly method: string
  /** Of every link of one head (of the mean: of all heads of the layer at once): an estimate of cutting it, row-major. */
  readonly effects: Float32Array
  /** The largest of all heads, with the exact effect beside the estimate. */
  readonly top: readonly {
    readonly layer: number
    readonly head: number
    readonly from: number
    readonly to: number
    readonly weight: number
    readonly estimate: number
    readonly exact: number
  }[]
  /** Spearman's ρ between estimates and exact effects of these; undefined where it has no meaning. */
  readonly agreement: number | undefined
}

export interface QuestionQuestions {
  edited(ask: { run: number; edits: readonly EditData[]; layer: number; head: Head; token: number }): Edited
  /** Each link of the token cut by itself, in this head (of the mean: in every head of the layer). */
  worth(ask: Place & { token: number }): Worth
  /** Of the links of one token. */
  estimated(ask: Place & { token: number }): Estimated
}

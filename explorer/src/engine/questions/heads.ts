/** What Heads asks: what every head does on the reader's texts, which heads do a given thing, and where in a text attention goes. */

import type { FoundAlike, FoundLooks, HeadsReport, LabelRule, Profile, Repeated } from 'regard/lens'

/** The text at hand, and texts that are read beside it. */
export interface Texts {
  readonly run: number
  readonly more: readonly string[]
}

/** At most so many texts are read beside the one at hand. */
export const MOST_TEXTS = 100

/** The first and the last token of a word. */
export type Word = readonly [first: number, last: number]

export interface HeadsMeasured {
  readonly report: HeadsReport
  /** What earns a label. */
  readonly rules: readonly LabelRule[]
  /** So much must be left beside sinks for a label that is earned there. */
  readonly leastLeft: number
  /** The text at hand in words, every token in one: what is no word is one by itself. */
  readonly words: readonly Word[]
}

/** By layer: what cutting all links to each part is worth, and to the sinks. */
export interface PartsWorth {
  /** In the library's words. */
  readonly measure: string
  readonly layers: readonly { readonly parts: readonly number[]; readonly sinks: number }[]
}

export interface HeadsQuestions {
  headsMeasured(ask: Texts): HeadsMeasured
  /** Heads by how much `from` looks at `to`. In texts beside the one at hand the same words are looked for. */
  headsLooking(ask: Texts & { from: Word; to: Word }): FoundLooks
  /** Heads by how little their attention differs from that head's. */
  headsAlike(ask: Texts & { layer: number; head: number }): FoundAlike
  /** Induction on random tokens said twice; the text plays no part. */
  headsRepeated(ask: Record<string, never>): Repeated
  /** `from`: the looks of this word of the text at hand alone. */
  headsProfile(ask: Texts & { from?: Word }): Profile
  /** Exact, on the text at hand: one run of the model for each layer and part. */
  headsPartsWorth(ask: { run: number; from?: Word }): PartsWorth
}

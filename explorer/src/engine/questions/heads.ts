/** What Heads asks: what every head does on the reader's texts, which heads do a given thing, and where in a text attention goes. */

import type { FoundAlike, FoundLooks, HeadsReport, LabelRule, Profile, Repeated } from 'regard/lens'
import type { AttentionKind } from 'regard/model'
import type { Token } from '../protocol.ts'
import type { Opening } from './read.ts'

/** The kinds of attention that look from what was written in answer to a text. */
export type AnswerKind = Exclude<AttentionKind, 'encoder'>

/** The text at hand, and which attention over it. */
export interface Attended {
  readonly run: number
  /** Undefined: of the text that is read. Else from what an encoder–decoder wrote, to itself or to the text. */
  readonly kind?: AnswerKind | undefined
  /** What was written for the text at hand; undefined: the model's own answer. */
  readonly target?: string | undefined
}

/** Texts are read beside it, and answered by the model where that is asked about. */
export interface Texts extends Attended {
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
  /** What was written for it, where that looks; and where it opens. */
  readonly written: WrittenSide | undefined
}

export interface WrittenSide {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly words: readonly Word[]
  readonly opening: Omit<Opening, 'reason'>
}

/** By layer: what cutting all links to each part is worth, and to the sinks. */
export interface PartsWorth {
  /** In the library's words. */
  readonly measure: string
  readonly layers: readonly { readonly parts: readonly number[]; readonly sinks: number }[]
}

export interface HeadsQuestions {
  headsMeasured(ask: Texts): HeadsMeasured
  /** Heads by how much `from` looks at `to`. In texts beside the one at hand the same words are looked for. Of answers `from` is one. */
  headsLooking(ask: Texts & { from: Word; to: Word }): FoundLooks
  /** Heads by how little their attention differs from that head's. */
  headsAlike(ask: Texts & { layer: number; head: number }): FoundAlike
  /** Induction on random tokens said twice; the text plays no part. */
  headsRepeated(ask: Record<string, never>): Repeated
  /** `from`: the looks of this word of the text at hand alone. */
  headsProfile(ask: Texts & { from?: Word | undefined }): Profile
  /** Exact, on the text at hand: one run of the model for each layer and part. */
  headsPartsWorth(ask: Attended & { from?: Word | undefined }): PartsWorth
}

/** What Meaning asks: a word in several sentences, how alike the tokens of a text become, what the model would say after each layer. */

import type { Alike, LayerMeaning, LogitLens, Occurrence } from 'regard/lens'

/** A word in several sentences. */
export interface Senses {
  /** `text` counts the sentences that were asked about. */
  readonly occurrences: readonly Occurrence[]
  /** One for the embeddings and one for each layer; empty if no sentence has the word. */
  readonly layers: readonly LayerMeaning[]
  /** The sentences that do not have the word. */
  readonly without: readonly number[]
  /** The model hardly met the word while it learned. */
  readonly hardly: boolean
}

export interface Guess {
  /** As it stands inside a text, the space before it included. */
  readonly text: string
  readonly probability: number
}

/** What the model would say of one place after one layer. */
export interface Glimpse {
  /** The likeliest first. */
  readonly top: readonly Guess[]
  /** KL(what is said in the end ‖ what would be said here), in nats. */
  readonly divergence: number
}

export interface Glimpses {
  readonly says: LogitLens['says']
  /** One for the embeddings and one for each layer. */
  readonly layers: readonly Glimpse[]
  /** The first of them from which on the likeliest word is the one said in the end. */
  readonly settled: number
  /** The word can be hidden from the model, so that it has to restore it. */
  readonly hides: boolean
  readonly hidden: boolean
}

export interface MeaningQuestions {
  /** Sentences without the word are left out. */
  senses(ask: { texts: readonly string[]; word: string }): Senses
  /** All tokens of a text, after each layer. */
  alike(ask: { run: number }): readonly Alike[]
  /** Undefined for a model that scores no words. `hide`: with the token hidden from the model, where it can be. */
  glimpses(ask: { run: number; token: number; hide: boolean }): Glimpses | undefined
}

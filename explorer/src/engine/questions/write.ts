/** What Write asks: a text that the model goes on with, or writes in answer to, one token at a time. */

import type { Token } from '../protocol.ts'

/** How the next token is drawn, in the library's words; without `topK` all take part. */
export interface Draw {
  readonly temperature: number
  readonly topK?: number
  readonly topP?: number
  readonly seed: number
}

/** A token that could come next. */
export interface NextWord {
  readonly id: number
  readonly text: string
  /** As the model has it. */
  readonly probability: number
  /** How likely the rules draw it; 0 for one that they leave out. */
  readonly odds: number
  /** Would it end the text? */
  readonly ends: boolean
}

/** A text, its tokens, and what one token gives to each of them. */
export interface Seen {
  readonly text: string
  readonly tokens: readonly Token[]
  readonly layers: number
  readonly heads: number
  /** [layers, heads + 1, tokens], the last of each layer being the mean of its heads. */
  readonly rows: Float32Array
}

export interface Written {
  /** How many tokens were there before anything was written. */
  readonly given: number
  /** The probability that the model gave each token that was written, the one that ended the text included. */
  readonly probabilities: Float32Array
  /** 'stop': the text was ended; 'length': there is no room for more. */
  readonly end: 'stop' | 'length' | undefined
  /** The token whose rows these are, and after which `next` could come. */
  readonly at: number
  /** Where it looks in all that is written. */
  readonly own: Seen
  /** Where it looks in the source; undefined for a model that reads no source. */
  readonly cross: Seen | undefined
  /** The likeliest, likeliest first; behind them the drawn one, if it is none of them. */
  readonly next: readonly NextWord[]
  /** What the rules draw. */
  readonly drawn: number
}

export interface WriteQuestions {
  /** The text of a run with the tokens `ids` written after it or in answer to it. `at`: one of those, or the last before them; default the last. */
  written(ask: { run: number; ids: readonly number[]; at: number | undefined; draw: Draw; top: number }): Written
}

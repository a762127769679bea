/** How a model is asked to write on. */

import type { Edits } from '../edit/edit.ts'

export interface GenerateOptions {
  /** How many tokens each text is given at most; fewer where the model's positions run out. Default 64. */
  maxNewTokens?: number
  /**
   * What scores are divided by before one is drawn: below 1 the likely become likelier. 0: always the likeliest token (greedy).
   * Default 0; 1 if any of seed, topK, topP and minP is given.
   */
  temperature?: number
  /** Draw among the k likeliest. */
  topK?: number
  /** Draw among the likeliest that together have at least this probability (nucleus sampling). */
  topP?: number
  /** Draw among those that have at least this share of the likeliest one's probability. */
  minP?: number
  /** Scores of tokens that the text already holds: positive ones are divided by it, others multiplied. Default 1. */
  repetitionPenalty?: number
  /** The same seed gives the same text. Without one, chance decides. */
  seed?: number
  /** Ends a text where it would say one of these; they are not given out. Needs a tokenizer. */
  stopWords?: readonly string[]
  /** Ids that end a text. Default: the model's own. */
  stopIds?: readonly number[]
  /** Tell the n likeliest next tokens with each token. Default 0. */
  top?: number
  /** Stops at once: the loop ends by throwing its reason. */
  signal?: AbortSignal
  /** What is done to the model while it writes, as plain data: see `Edit`. */
  edits?: Edits
}

/** The options, checked and completed. */
export interface Settings {
  readonly maxNewTokens: number
  readonly temperature: number
  readonly topK: number
  readonly topP: number
  readonly minP: number
  readonly repetitionPenalty: number
  readonly seed: number
  readonly stopWords: readonly string[]
  readonly stopIds: ReadonlySet<number>
  readonly top: number
  readonly signal: AbortSignal | undefined
}

const KNOWN = [
  'maxNewTokens',
  'temperature',
  'topK',
  'topP',
  'minP',
  'repetitionPenalty',
  'seed',
  'stopWords',
  'stopIds',
  'top',
  'signal',
  'edits',
]

/** Throws one line for an option that does not exist or makes no sense. */
export function settingsOf(options: GenerateOptions, endIds: readonly number[]): Settings {
  for (const name of Object.keys(options))
    if (!KNOWN.includes(name)) throw new TypeError(`generate: there is no option '${name}'; the options are ${KNOWN.join(', ')}`)
  const { seed, topK, topP, minP } = options
  const drawn = [seed, topK, topP, minP].some((each) => each !== undefined)
  const settings = {
    maxNewTokens: options.maxNewTokens ?? 64,
    temperature: options.temperature ?? (drawn ? 1 : 0),
    topK: topK ?? Number.POSITIVE_INFINITY,
    topP: topP ?? 1,
    minP: minP ?? 0,
    repetitionPenalty: options.repetitionPenalty ?? 1,
    seed: seed ?? Math.floor(Math.random() * 2 ** 32),
    stopWords: options.stopWords ?? [],
    stopIds: new Set(options.stopIds ?? endIds),
    top: options.top ?? 0,
    signal: options.signal,
  }
  need('maxNewTokens', settings.maxNewTokens, 'an integer ≥ 1', (n) => Number.isInteger(n) && n >= 1)
  need('temperature', settings.temperature, 'a finite number ≥ 0', (n) => n >= 0 && Number.isFinite(n))
  need('topK', settings.topK, 'an integer ≥ 1', (n) => n >= 1 && (Number.isInteger(n) || topK === undefined))
  need('topP', settings.topP, 'a number above 0, at most 1', (n) => n > 0 && n <= 1)
  need('minP', settings.minP, 'a number from 0 to 1', (n) => n >= 0 && n <= 1)
  need('repetitionPenalty', settings.repetitionPenalty, 'a finite number > 0', (n) => n > 0 && Number.isFinite(n))
  need('seed', settings.seed, 'an integer from 0 to 4294967295', (n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32)
  need('top', settings.top, 'an integer ≥ 0', (n) => Number.isInteger(n) && n >= 0)
  if (settings.stopWords.some((word) => typeof word !== 'string' || word === ''))
    throw new TypeError('generate: stopWords must be texts of at least one character')
  return settings
}

function need(name: string, value: number, what: string, holds: (value: number) => boolean): void {
  if (typeof value !== 'number' || !holds(value)) throw new RangeError(`generate: ${name} must be ${what}, got ${value}`)
}

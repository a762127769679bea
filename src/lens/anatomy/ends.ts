/** The two ends of a model: what a token is made of before the first layer, and what word is made of it after the last. */

import { BlockTower } from '../../model/families/transformer.ts'
import { rowsOf } from '../../model/forward.ts'
import type { Model } from '../../model/index.ts'
import { prepare } from '../../model/input.ts'
import { wordOf } from '../../model/tokenizer/word.ts'
import { add, reshape, slice, softmax } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Half } from '../kinds.ts'
import { inputOf, type Reading } from '../reading.ts'
import { type Numbers, numbersOf } from './read.ts'

export interface Embedded {
  /** The vector of its word, [width]. */
  readonly word: Numbers
  /** Of its segment and of its place, where the model has such vectors. */
  readonly segment: Numbers | undefined
  readonly place: Numbers | undefined
  readonly sum: Numbers
  /** What the first layer is given: the sum, normed if a norm stands there. */
  readonly given: Numbers
  readonly normed: boolean
}

export interface EndsOptions {
  /** Of an encoder–decoder: the half whose token it is. Default: the half that reads. */
  readonly kind?: Half | undefined
}

/** What a token is when it comes in. `reading`: one text, read by `model` without edits. */
export async function embedded(model: Model, reading: Reading, token: number, options: EndsOptions = {}): Promise<Embedded> {
  const half = options.kind ?? (model.network.encoder ? 'encoder' : 'decoder')
  const tower = model.network[half]
  if (!(tower instanceof BlockTower) || reading.batch !== 1) throw new RangeError('embedded: expected one text')
  const { length } = reading.tokensOf(0, { kind: half })
  if (!Number.isInteger(token) || token < 0 || token >= length)
    throw new RangeError(`embedded: token ${token} does not exist; the text has 0 to ${length - 1}`)
  const prepared = prepare(inputOf(reading), model.config, model.tokenizer)
  const rows = rowsOf((half === 'decoder' && prepared.decoder) || prepared, tower.counting, model.config.padId)
  const read = await numbersOf(() => {
    const parts = tower.embeddings.parts(rows)
    const at = (x: Tensor): Tensor => reshape(slice(x, 1, token, token + 1), [x.shape[2]!])
    const made = [parts.words, parts.tokenTypes, parts.places].filter((part) => part !== undefined).map(at)
    return {
      word: at(parts.words),
      ...(parts.tokenTypes && { segment: at(parts.tokenTypes) }),
      ...(parts.places && { place: at(parts.places) }),
      sum: made.length > 1 ? made.reduce(add) : at(parts.words),
      given: at(reading.hidden(0, { kind: half })),
    } as Record<'word' | 'segment' | 'place' | 'sum' | 'given', Tensor>
  })
  const { word, segment, place, sum, given } = read
  return { word, segment, place, sum, given, normed: tower.embeddings.norm !== undefined }
}

export interface WordGuess {
  readonly id: number
  /** As it stands inside a text, the space before it included; `#id` without a tokenizer. */
  readonly text: string
  readonly score: number
  readonly probability: number
}

export interface WordGuesses {
  /** 'next': the word that would follow; 'here': the word that stands, or is restored, at this place. */
  readonly what: 'next' | 'here'
  /** The likeliest first. */
  readonly top: readonly WordGuess[]
  /** The word that stands there (the following token's, for 'next'); undefined after the last. Its rank counts from 1. */
  readonly actual: (WordGuess & { readonly rank: number }) | undefined
}

/**
 * What a model that scores words makes of a token. Undefined for a model without such a head, and for what an encoder–decoder reads: it scores
 * words where it writes.
 */
export async function wordGuesses(
  model: Model,
  reading: Reading,
  token: number,
  count: number,
  { kind = model.network.encoder ? 'encoder' : 'decoder' }: EndsOptions = {},
): Promise<WordGuesses | undefined> {
  const { logits } = reading
  if (!logits || (kind === 'encoder' && model.network.decoder)) return undefined
  const causal = kind === 'decoder'
  const read = await numbersOf(() => {
    const scores = reshape(slice(logits, 1, token, token + 1), [logits.shape[2]!])
    return { scores, probabilities: softmax(scores) }
  })
  const guess = (id: number): WordGuess => ({
    id,
    text: wordOf(id, model.tokenizer),
    score: read.scores[id]!,
    probability: read.probabilities[id]!,
  })
  const ranked = Array.from(read.scores.keys()).sort((a, b) => read.scores[b]! - read.scores[a]! || a - b)
  const actual = reading.tokensOf(0, { kind })[causal ? token + 1 : token]?.id
  return {
    what: causal ? 'next' : 'here',
    top: ranked.slice(0, count).map(guess),
    actual: actual === undefined ? undefined : { ...guess(actual), rank: ranked.indexOf(actual) + 1 },
  }
}

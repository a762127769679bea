/** What an effect is measured by. */

import type { Where } from '../../model/edit/edit.ts'
import {
  alongScores,
  alongUnit,
  cosineDistance,
  divergence,
  logProbability,
  probabilities,
  shiftOf,
  turnOf,
  type Vector,
} from './formulas.ts'
import { probes } from './probes.ts'
import type { WordOrId } from './vocabulary.ts'

/**
 * Distances from the unedited run, 0 where nothing changed:
 *
 *     'cosine'             1 − cosine of the last hidden vector, of the token that looks (the default measure)
 *     { cosine: at }       the same of the token `at`; of several tokens the mean
 *     'embedding'          1 − cosine of the sentence embedding
 *     'kl', { kl: at }     KL(unedited ‖ edited) of the distribution over words, in nats
 *
 * Quantities, whose effect is edited − unedited:
 *
 *     { logit: word }              the score of the word
 *     { probability: word }        after the softmax
 *     { logProbability: word }     its natural logarithm
 *     { logitDifference: [a, b] }  score of a − score of b
 *     { restored: word, at }       log probability of the word where the token `at` was replaced by the mask
 *
 * `at` names the place whose scores are taken. Default: the token that looks; without one, where a decoder says its next word. A word of
 * several tokens stands for its last one there.
 */
export type Measure =
  | 'cosine'
  | { readonly cosine: Where; readonly kind?: 'encoder' | 'decoder' }
  | 'embedding'
  | 'kl'
  | { readonly kl: Where }
  | { readonly logit: WordOrId; readonly at?: Where }
  | { readonly probability: WordOrId; readonly at?: Where }
  | { readonly logProbability: WordOrId; readonly at?: Where }
  | { readonly logitDifference: readonly [WordOrId, WordOrId]; readonly at?: Where }
  | { readonly restored: WordOrId; readonly at: Where }

/** A measure that knows its text: which vectors it reads, and what it makes of them. One vector for each place. */
export interface Gauge {
  /** In words, with everything that was chosen. */
  readonly name: string
  /** What the vectors are: last hidden states, scores of all words, or the one sentence embedding (then there is one place, 0). */
  readonly reads: 'hidden' | 'logits' | 'embedding'
  /** Whose states. */
  readonly half: 'encoder' | 'decoder'
  readonly places: readonly number[]
  /** A distance is 0 at the unedited run, and so is its slope: what is estimated then is ½ Σ (c·δ)² over several directions c. */
  readonly distance: boolean
  value(vectors: readonly Vector[], unedited: readonly Vector[]): number
  /**
   * What a small change δ of the vectors is multiplied with: one direction for a quantity, at most `count` for a distance. `edited`: vectors
   * under some changes; a change that turns what is measured the way that they do is felt exactly.
   */
  directions(
    unedited: readonly Vector[],
    count: number,
    seed: number,
    edited?: readonly (readonly Vector[])[],
  ): readonly (readonly Vector[])[]
}

/** What a measure makes of vectors, wherever they come from. */
export type Form = Pick<Gauge, 'distance' | 'value' | 'directions'>

/** The mean of 1 − cosine over the places. */
export const COSINE: Form = {
  distance: true,
  value: (vectors, unedited) => mean(vectors.map((x, n) => cosineDistance(x, unedited[n]!))),
  directions: (unedited, count, seed, edited) => spread({ unedited, count, seed, edited }, alongUnit, turnOf),
}

/** The mean of KL(unedited ‖ edited) over the places. */
export const KL: Form = {
  distance: true,
  value: (vectors, unedited) => mean(vectors.map((scores, n) => divergence(unedited[n]!, scores))),
  directions: (unedited, count, seed, edited) => spread({ unedited, count, seed, edited }, alongScores, shiftOf),
}

export const logit = (id: number): Form =>
  quantity(
    (scores) => scores[id]!,
    (scores) => entries(scores.length, [id, 1]),
  )

export const difference = (a: number, b: number): Form =>
  quantity(
    (scores) => scores[a]! - scores[b]!,
    (scores) => entries(scores.length, [a, 1], [b, -1]),
  )

/** dp/ds = p · (1 at the word, less every probability) */
export const probability = (id: number): Form =>
  quantity(
    (scores) => Math.exp(logProbability(scores, id)),
    (scores) => {
      const p = probabilities(scores)
      return surprise(p, id).map((value) => value * p[id]!)
    },
  )

export const logProbabilityOf = (id: number): Form =>
  quantity(
    (scores) => logProbability(scores, id),
    (scores) => surprise(probabilities(scores), id),
  )

/** A number that one vector gives, with its slope. */
function quantity(of: (scores: Vector) => number, slope: (scores: Vector) => Vector): Form {
  return { distance: false, value: ([scores]) => of(scores!), directions: ([scores]) => [[slope(scores!)]] }
}

/** 1 at the word, less every probability: the slope of a log probability. */
function surprise(p: Vector, id: number): Vector {
  const out = p.map((value) => -value)
  out[id]! += 1
  return out
}

function entries(size: number, ...list: readonly (readonly [at: number, value: number])[]): Vector {
  const out = new Float64Array(size)
  for (const [at, value] of list) out[at]! += value
  return out
}

interface Wanted {
  readonly unedited: readonly Vector[]
  readonly count: number
  readonly seed: number
  readonly edited: readonly (readonly Vector[])[] | undefined
}

/**
 * Directions over all places together, brought by `along` to changes of the vectors; `moved`: how a change shows in what they are directions
 * of. The mean over P places is in the factor 1/√P.
 */
function spread(
  { unedited, count, seed, edited = [] }: Wanted,
  along: (vector: Vector, r: Vector) => Vector,
  moved: (vector: Vector, edited: Vector) => Vector,
): readonly (readonly Vector[])[] {
  const size = unedited[0]!.length
  const share = 1 / Math.sqrt(unedited.length)
  const towards = edited.map((vectors) => Float64Array.from(vectors.flatMap((x, n) => [...moved(unedited[n]!, x)])))
  return probes(count, unedited.length * size, seed, towards).map((r) =>
    unedited.map((vector, n) => along(vector, r.subarray(n * size, (n + 1) * size)).map((value) => value * share)),
  )
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length

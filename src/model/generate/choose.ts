/** From the scores of all words to the next one. */

import type { Settings } from './options.ts'
import { uniform } from './random.ts'
import { ranking } from './ranking.ts'

/** A word that could come next, with the logarithm of its probability. */
export interface Candidate {
  readonly id: number
  readonly logprob: number
}

type Rules = Pick<Settings, 'temperature' | 'topK' | 'topP' | 'minP' | 'repetitionPenalty' | 'seed'>

/**
 * The next id of text `row`, its `step`-th. In this order: repetition penalty, temperature, topK, topP, minP; then one of those left is
 * drawn by its share. Temperature 0 takes the best (of equals the lowest id). `scores` is changed.
 */
export function choose(scores: Float64Array, said: Iterable<number>, rules: Rules, row: number, step: number): number {
  penalise(scores, said, rules.repetitionPenalty)
  if (rules.temperature === 0) return best(scores)
  return draw(sharesOf(scores, rules), scores, uniform(rules.seed, row, step))
}

/** How likely `choose` takes each word; 0 for those that the rules leave out. `scores` is changed. */
export function odds(scores: Float64Array, said: Iterable<number>, rules: Omit<Rules, 'seed'>): Float64Array {
  const made = new Float64Array(scores.length)
  penalise(scores, said, rules.repetitionPenalty)
  if (rules.temperature === 0) {
    made[best(scores)] = 1
    return made
  }
  const ids = [...sharesOf(scores, rules)]
  const whole = ids.reduce((sum, id) => sum + scores[id]!, 0)
  for (const id of ids) made[id] = scores[id]! / whole
  return made
}

/** Scores become shares, the largest 1. → who takes part in the draw */
function sharesOf(scores: Float64Array, rules: Omit<Rules, 'seed'>): Iterable<number> {
  const most = scores[best(scores)]!
  for (let id = 0; id < scores.length; id++) scores[id] = Math.exp((scores[id]! - most) / rules.temperature)
  return kept(scores, rules)
}

function penalise(scores: Float64Array, said: Iterable<number>, penalty: number): void {
  if (penalty === 1) return
  for (const id of new Set(said)) scores[id] = scores[id]! > 0 ? scores[id]! / penalty : scores[id]! * penalty
}

function best(scores: Float64Array): number {
  let found = 0
  for (let id = 1; id < scores.length; id++) if (scores[id]! > scores[found]!) found = id
  return found
}

/** Who takes part in the draw. `shares`: unnormalised, the largest is 1. */
function kept(shares: Float64Array, { topK, topP, minP }: Omit<Rules, 'seed'>): Iterable<number> {
  if (topK >= shares.length && topP === 1 && minP === 0) return shares.keys()
  const first: number[] = []
  let whole = 0
  const nucleus = topP === 1 ? undefined : massOf(shares, topK)
  for (const id of ranking(shares)) {
    const enough = nucleus !== undefined && whole >= topP * nucleus
    if (first.length >= topK || enough || shares[id]! < minP) break
    first.push(id)
    whole += shares[id]!
  }
  return first
}

/** What the k largest add up to. */
function massOf(shares: Float64Array, k: number): number {
  let sum = 0
  if (k >= shares.length) {
    for (const share of shares) sum += share
    return sum
  }
  let taken = 0
  for (const id of ranking(shares)) {
    if (taken++ >= k) break
    sum += shares[id]!
  }
  return sum
}

function draw(ids: Iterable<number>, shares: Float64Array, chance: number): number {
  const list = [...ids]
  let left = chance * list.reduce((sum, id) => sum + shares[id]!, 0)
  for (const id of list) {
    left -= shares[id]!
    if (left < 0) return id
  }
  return list.findLast((id) => shares[id]! > 0)!
}

/** log Σ exp(score) */
export function logSum(scores: ArrayLike<number>): number {
  let most = Number.NEGATIVE_INFINITY
  for (let id = 0; id < scores.length; id++) if (scores[id]! > most) most = scores[id]!
  let sum = 0
  for (let id = 0; id < scores.length; id++) sum += Math.exp(scores[id]! - most)
  return most + Math.log(sum)
}

/** The n likeliest, likeliest first. */
export function likeliest(scores: ArrayLike<number>, n: number, total: number): Candidate[] {
  const found: Candidate[] = []
  if (n === 0) return found
  for (const id of ranking(scores)) {
    found.push({ id, logprob: scores[id]! - total })
    if (found.length >= n) break
  }
  return found
}

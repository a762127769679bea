/** What changed between two runs that are at hand: the default measure, without reading anything again. */

import type { Run } from '../../model/index.ts'
import { slice } from '../../ops/index.ts'
import { cosineDistance, type Vector } from './formulas.ts'
import { moved } from './swaps.ts'

export interface Between {
  /** In words. */
  readonly measure: string
  /** Where the token stands in the second run: a swap before it may have changed how many tokens there are. */
  readonly token: number
  /** 1 − cosine of its last hidden vector in the one run and in the other. */
  readonly effect: number
}

/**
 * `effect` with its default measure, for a token of two runs of one model, the second with edits. Throws where a swap put another number of
 * tokens in the token's place.
 */
export async function effectBetween(before: Run, after: Run, token: number): Promise<Between> {
  const [first, second] = [before, after].map(({ tokens }) => tokens.map(({ id }) => id))
  const there = moved(token, first!, second!)
  return {
    measure: `1 − cosine of the last hidden vector of ${JSON.stringify(wordAt(before, token))} (token ${token})`,
    token: there,
    effect: cosineDistance(await lastState(before, token), await lastState(after, there)),
  }
}

function wordAt({ text: whole, tokens }: Run, token: number): string {
  const { text, start, end } = tokens[token]!
  return whole !== undefined && end > start ? whole.slice(start, end).trim() : text
}

async function lastState(run: Run, token: number): Promise<Vector> {
  const state = slice(run.hidden(-1), 1, token, token + 1)
  try {
    return Float64Array.from(await state.read())
  } finally {
    state.dispose()
  }
}

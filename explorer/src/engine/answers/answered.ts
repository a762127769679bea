/** What an encoder–decoder wrote, or would have: read once for all views that look from there. */

import { answered } from 'regard/lens'
import type { AnsweredText, Model, Run } from 'regard/model'
import type { Desk } from '../desk.ts'

/** So many tokens are written for a reader who wrote none. */
const LONGEST = 96

/** A text with the model's own answer, always the likeliest token, without the one that ends it. */
export const answerTo = (model: Model, text: string, signal: AbortSignal): Promise<AnsweredText> =>
  answered(model, text, { maxNewTokens: LONGEST, signal })

/**
 * The text of a run, read with what is written in answer to it: `target`, or the model's own answer. It belongs to the desk, which keeps it until
 * another target is asked for or the run goes.
 */
export async function answeredRun(desk: Desk, number: number, target: string | undefined, signal: AbortSignal): Promise<Run> {
  const { model } = desk
  const { text } = desk.run(number)
  if (text === undefined) throw new Error(`${model.name} has no text to answer`)
  const key = target ?? ''
  const known = desk.known<Run>(number, 'answered', key)
  if (known) return known
  const made = await model.run(target === undefined ? await answerTo(model, text, signal) : { text, target })
  return desk.keepMade(number, 'answered', key, made)
}

/** Answers what Take away asks. */

import { type Edit, trace } from 'regard/lens'
import type { Answers } from '../desk.ts'
import type { TakeQuestions } from '../questions/take.ts'
import { inputOf } from './input.ts'

/** Scores of words, tokens × vocabulary, in a file: 64 MiB. */
const MOST_SCORES = 2 ** 24

export const takeAnswers: Answers<keyof TakeQuestions> = {
  async trace(desk, { run: number, edits }) {
    const { model } = desk
    const run = desk.run(number)
    using kept = await trace(model, inputOf(run), { edits: edits as unknown as Edit[] })
    const left = model.network.logits !== undefined && kept.tokens.length * model.config.vocabulary > MOST_SCORES
    return { bytes: await kept.save(undefined, { logits: !left }), left }
  },
}

/** Answers what Across asks. */

import { openableOf, opening } from 'regard/lens'
import type { Model, Run } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { AcrossQuestions, Crossed } from '../questions/across.ts'
import { answeredRun } from './answered.ts'
import { everyHead, upTo } from './every.ts'

/** So many weights are sent at most: 64 MiB of them. */
const MOST = 2 ** 24

export const acrossAnswers: Answers<keyof AcrossQuestions> = {
  async crossed(desk, { run: number, target }, _, signal) {
    const { model } = desk
    if (model.config.kind !== 'encoder-decoder') throw new Error(`${model.name} looks at no other text`)
    const run = await answeredRun(desk, number, target, signal)
    return { ...(await crossed(model, run)), next: await following(model, run) }
  },
}

/** What the model would write next. */
async function following(model: Model, run: Run): Promise<Crossed['next']> {
  const written = run.tokensOf(0, { kind: 'decoder' })
  if (written.length >= model.config.positions) return undefined
  using writing = await model.write({ text: run.text!, target: written.slice(1).map(({ id }) => id) })
  const { candidates } = await writing.propose({ top: 1 })
  return { text: candidates[0]!.text, ends: candidates[0]!.ends }
}

async function crossed(model: Model, run: Run): Promise<Omit<Crossed, 'next'>> {
  const { layers, heads } = model.config.decoder!
  const tokens = run.tokensOf(0, { kind: 'decoder' })
  const size = layers * (heads + 1) * tokens.length * run.tokens.length
  if (size > MOST) throw new Error(`these are ${size} weights, and ${MOST} can be shown at once; shorten one of the texts`)
  const { layer, head, row, column, reason } = await opening(openableOf(run, 'cross'))
  return {
    text: run.textOf(0, { kind: 'decoder' }) ?? '',
    tokens: tokens.map(({ id, text, start, end, special }) => ({ id, text, start, end, special })),
    layers,
    heads,
    weights: await everyHead(upTo(layers), heads, (layer, head) => run.attention(layer, head, { kind: 'cross' }).all()),
    opening: { layer, head, token: row, column, reason },
  }
}

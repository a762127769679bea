/** Answers what Across asks. */

import { openableOf, opening } from 'regard/lens'
import type { AnsweredText, Model, Run } from 'regard/model'
import type { Answers } from '../desk.ts'
import type { AcrossQuestions, Crossed } from '../questions/across.ts'
import { everyHead, upTo } from './every.ts'

/** So many tokens are written for a reader who wrote none. */
const LONGEST = 96
/** So many weights are sent at most: 64 MiB of them. */
const MOST = 2 ** 24

export const acrossAnswers: Answers<keyof AcrossQuestions> = {
  async crossed(desk, { run: number, target }, _, signal) {
    const { model } = desk
    const { text } = desk.run(number)
    if (text === undefined || model.config.kind !== 'encoder-decoder') throw new Error(`${model.name} looks at no other text`)
    const answered = { text, target: target ?? (await greedy(model, text, signal)) }
    using run = await model.run(answered)
    return { ...(await crossed(model, run)), next: await following(model, run, answered) }
  },
}

/** What the model writes, always the likeliest token, without the one that ends it. */
async function greedy(model: Model, text: string, signal: AbortSignal): Promise<number[]> {
  const ids: number[] = []
  for await (const { id, end } of model.generate(text, { maxNewTokens: LONGEST, signal })) if (end !== 'stop') ids.push(id)
  return ids
}

/** What the model would write next. */
async function following(model: Model, run: Run, answered: AnsweredText): Promise<Crossed['next']> {
  if (run.tokensOf(0, { kind: 'decoder' }).length >= model.config.positions) return undefined
  using writing = await model.write(answered)
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

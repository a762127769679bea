/** Answers what Understand asks. */

import { slice } from 'regard'
import { type Anatomy, anatomy, embedded, type Makeup, wordGuesses } from 'regard/lens'
import type { Answers, Desk } from '../desk.ts'
import type { NormPlace, Spread, UnderstandQuestions } from '../questions/understand.ts'

/** So many guesses are told. */
const GUESSES = 8

export const understandAnswers: Answers<keyof UnderstandQuestions> = {
  async ends(desk, { run: number, token }) {
    const { model } = desk
    const run = desk.run(number)
    using last = slice(run.hidden(-1), 1, token, token + 1)
    return {
      embedded: await embedded(model, run, token),
      vocabulary: model.config.vocabulary,
      last: (await last.read()) as Float32Array,
      guesses: await wordGuesses(model, run, token, GUESSES),
    }
  },

  async token(desk, { run, layer, token }) {
    const apart = apartIn(desk, run, layer)
    const steps = await apart.steps(token)
    const { parts, lengths } = await apart.heads(token)
    return { makeup: apart.makeup, steps, parts, lengths, spreads: await spreadsOf(apart, token) }
  },

  async head(desk, { run, layer, head, token, column, most }) {
    const apart = apartIn(desk, run, layer)
    const row = await apart.row(head, token)
    const ranked = Array.from(row.weights.keys()).sort((a, b) => row.weights[b]! - row.weights[a]! || a - b)
    const first = ranked.slice(0, most)
    const columns = first.includes(column) ? first : [...first.slice(0, -1), column]
    return { row, columns, brought: await apart.brought(head, token, columns) }
  },

  async link(desk, { run, layer, head, token, column }) {
    const apart = apartIn(desk, run, layer)
    const { values } = await apart.brought(head, token, [column])
    return { ...(await apart.cell(head, token, column)), v: values }
  },

  async origin(desk, { run, layer, what, ...at }) {
    return await apartIn(desk, run, layer).origin(what, at)
  },

  async averaged(desk, { run: number, layer, token, column }) {
    const run = desk.run(number)
    const weights: number[] = []
    for (let head = 0; head < desk.model.config.heads; head++) weights.push(await run.attention(layer, head).cell(token, column))
    return { weights, mean: await run.attention(layer, 'mean').cell(token, column) }
  },
}

/** A layer of a run taken apart: the last one that was asked for stays at hand. */
function apartIn(desk: Desk, run: number, layer: number): Anatomy {
  return desk.made(run, 'anatomy', layer, () => anatomy(desk.model, desk.run(run), { layer }))
}

async function spreadsOf(apart: Anatomy, token: number): Promise<Partial<Record<NormPlace, Spread>>> {
  const spreads: Partial<Record<NormPlace, Spread>> = {}
  for (const step of ['attention', 'feedForward'] as const)
    for (const where of ['before', 'result', 'after'] as const)
      if (normsOf(apart.makeup, step)[where]) spreads[`${step} ${where}`] = await apart.spread(token, step, where)
  return spreads
}

const normsOf = (makeup: Makeup, step: 'attention' | 'feedForward'): Makeup['attentionNorms'] =>
  step === 'attention' ? makeup.attentionNorms : makeup.feedForwardNorms

/** Answers what Understand asks. */

import { slice } from 'regard'
import {
  type Anatomy,
  anatomy,
  type BlockPart,
  embedded,
  type Looking,
  openableOf,
  opening,
  sightOf,
  type Traceable,
  type TraceableLook,
  wordGuesses,
} from 'regard/lens'
import type { Run } from 'regard/model'
import type { Answers, Desk } from '../desk.ts'
import type { Answered, Attended, Followed, NormPlace, Spread, UnderstandQuestions } from '../questions/understand.ts'
import { answeredRun } from './answered.ts'

/** So many guesses are told. */
const GUESSES = 8

export const understandAnswers: Answers<keyof UnderstandQuestions> = {
  async answered(desk, { run: number, target }, _, signal) {
    const run = await answeredRun(desk, number, target, signal)
    const { layers, heads } = desk.model.config.decoder!
    return {
      text: run.textOf(0, { kind: 'decoder' }) ?? '',
      tokens: run.tokensOf(0, { kind: 'decoder' }).map(({ id, text, start, end, special }) => ({ id, text, start, end, special })),
      layers,
      heads,
      opening: await openingOf(run),
    }
  },

  async ends(desk, { token, ...followed }, _, signal) {
    const { model } = desk
    const { run, kind } = await followedIn(desk, followed, signal)
    using last = slice(run.hidden(-1, kind && { kind }), 1, token, token + 1)
    return {
      embedded: await embedded(model, run, token, { kind }),
      vocabulary: model.config.vocabulary,
      last: (await last.read()) as Float32Array,
      guesses: await wordGuesses(model, run, token, GUESSES, { kind }),
    }
  },

  async token(desk, { layer, token, ...followed }, _, signal) {
    const apart = await apartIn(desk, followed, layer, signal)
    return {
      makeup: apart.makeup,
      steps: await apart.steps(token),
      heads: await apart.heads(token),
      acrossHeads: await apart.cross?.heads(token),
      spreads: await spreadsOf(apart, token),
    }
  },

  async head(desk, { head, column: asked, most, ...attended }, _, signal) {
    const look = await lookIn(desk, attended, signal)
    const { token } = attended
    const row = await look.row(head, token)
    const ranked = Array.from(row.weights.keys()).sort((a, b) => row.weights[b]! - row.weights[a]! || a - b)
    const column = asked ?? ranked[0]!
    const first = ranked.slice(0, most)
    const columns = first.includes(column) ? first : [...first.slice(0, -1), column]
    const brought = await look.brought(head, token, columns)
    const { valueWidth } = look.makeup
    const at = columns.indexOf(column) * valueWidth
    const v = brought.values.subarray(at, at + valueWidth)
    return { row, columns, brought, link: { column, ...(await look.cell(head, token, column)), v } }
  },

  async averaged(desk, { layer, token, across, column: asked, ...followed }, _, signal) {
    const { run, kind } = await followedIn(desk, followed, signal)
    const sight = sightOf('averaged', run, across ? 'cross' : kind)
    const weightsOf = (head: number | 'mean') => run.attention(layer, head, { kind: sight.kind })
    const row = await weightsOf('mean').row(token)
    const column = asked ?? row.indexOf(Math.max(...row))
    const weights: number[] = []
    for (let head = 0; head < sight.heads; head++) weights.push(await weightsOf(head).cell(token, column))
    return { column, weights, mean: row[column]! }
  },

  async origin(desk, { what, head, channel, ...attended }, _, signal) {
    const { token } = attended
    const at = { token, channel, ...(head !== undefined && { head }) }
    if (!attended.across) return await (await apartIn(desk, attended, attended.layer, signal)).origin(what, at)
    return await acrossIn(await apartIn(desk, attended, attended.layer, signal)).origin(lookedAt(what), at)
  },
}

/** Where it opens: on the link that Across opens on, and where the same token looks in the same layer at its own text. */
async function openingOf(run: Run): Promise<Answered['opening']> {
  const { layer, head, row, column, reason } = await opening(openableOf(run, 'cross'))
  const own = await opening(openableOf(run, 'decoder'), { layer, token: row })
  return { layer, token: row, own: { head: own.head, column: own.column }, across: { head, column }, reason }
}

/** The run whose tokens are followed, and the half of the model that they are of; undefined: the one half that there is. */
async function followedIn(
  desk: Desk,
  { run, written }: Followed,
  signal: AbortSignal,
): Promise<{ run: Run; kind: 'decoder' | undefined }> {
  if (!written) return { run: desk.run(run), kind: undefined }
  return { run: await answeredRun(desk, run, written.target, signal), kind: 'decoder' }
}

/** A layer of a run taken apart: the last one that was asked for of each half stays at hand. */
async function apartIn(desk: Desk, followed: Followed, layer: number, signal: AbortSignal): Promise<Anatomy> {
  const { run, kind } = await followedIn(desk, followed, signal)
  const [name, key] = followed.written ? ['anatomy written', `${layer} ${followed.written.target ?? ''}`] : ['anatomy', layer]
  return desk.made(followed.run, name, key, () => anatomy(desk.model, run, { layer, kind }))
}

async function lookIn(
  desk: Desk,
  attended: Attended,
  signal: AbortSignal,
): Promise<Pick<Looking, 'makeup' | 'row' | 'brought' | 'cell'>> {
  const apart = await apartIn(desk, attended, attended.layer, signal)
  return attended.across ? acrossIn(apart) : apart
}

function acrossIn({ cross }: Anatomy): Looking {
  if (!cross) throw new Error('this layer looks at no other text')
  return cross
}

function lookedAt(what: Traceable): TraceableLook {
  if (what === 'query' || what === 'key' || what === 'value') return what
  if (what === 'attentionOutput') return 'output'
  throw new Error(`the look across has no ${what}`)
}

async function spreadsOf(apart: Anatomy, token: number): Promise<Partial<Record<NormPlace, Spread>>> {
  const spreads: Partial<Record<NormPlace, Spread>> = {}
  const parts: readonly BlockPart[] = ['attention', 'cross', 'feedForward']
  for (const part of parts)
    for (const where of ['before', 'result', 'after'] as const)
      if (apart.makeup[`${part}Norms`][where]) spreads[`${part} ${where}`] = await apart.spread(token, part, where)
  return spreads
}

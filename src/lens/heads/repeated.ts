/** Random tokens said twice: text on which nothing but what was said before foretells what comes. */

import { uniform } from '../../model/generate/random.ts'
import type { Model } from '../../model/index.ts'
import { type HeadsReport, heads } from './heads.ts'
import type { StripOptions } from './strips.ts'

export interface RepeatedOptions extends StripOptions {
  /** Tokens in one passage, all different. Default 50, or what the model has room for. */
  readonly length?: number | undefined
  /** How often each passage is said. Default 2. */
  readonly times?: number | undefined
  /** How many passages are drawn. Default 4. */
  readonly passages?: number | undefined
  /** The same seed draws the same passages. Default 0. */
  readonly seed?: number | undefined
}

/** What was measured, and on what: see `RepeatedOptions`. */
export interface Repeated {
  readonly length: number
  readonly times: number
  readonly passages: number
  readonly seed: number
  /** How many rows were measured: the tokens that were said again. */
  readonly rows: number
  /** Layer by layer: the mean weight on what followed the token before, and what even looks would give. */
  readonly heads: readonly { readonly layer: number; readonly head: number; readonly induction: number; readonly chance: number }[]
}

/**
 * Induction as it was first measured (Olsson et al. 2022, arXiv:2209.11895, "prefix matching"): on `times` times the same `length` random
 * tokens, the mean weight from each token said again to the token that followed it earlier. For encoder–decoders their encoder is measured.
 */
export async function repeated(model: Model, options: RepeatedOptions = {}): Promise<Repeated> {
  const { times = 2, passages = 4, seed = 0, signal, onProgress } = options
  const { before, after } = frame(model)
  const ids = candidates(model)
  const room = Math.floor((model.config.positions - before.length - after.length) / times)
  const length = Math.min(options.length ?? 50, room, ids.length)
  if (length < 4) throw new RangeError(`repeated: there is no room for ${times} times 4 different tokens in ${model.name}`)
  let drawn = 0
  const draw = (): number => uniform(seed, 0, drawn++)
  const inputIds = Array.from({ length: passages }, () => {
    const passage = sample(ids, length, draw)
    return [...before, ...Array.from({ length: times }, () => passage).flat(), ...after]
  })
  const run = await model.run({ inputIds })
  try {
    const report = await heads(run, { signal, onProgress, labels: [] })
    return { length, times, passages, seed, rows: report.chance[0]!.rows.induction, heads: inductionOf(report) }
  } finally {
    run.dispose()
  }
}

const inductionOf = (report: HeadsReport): Repeated['heads'] =>
  report.heads.map(({ layer, head, all }) => ({
    layer,
    head,
    induction: all.induction,
    chance: report.chance[layer]!.all.induction,
  }))

/** What the model's format puts before and after a text. */
function frame({ tokenizer }: Model): { before: number[]; after: number[] } {
  const ids = tokenizer ? [...tokenizer.encode('a').tokens] : []
  const at = ids.findIndex(({ special }) => !special)
  const end = ids.findLastIndex(({ special }) => !special)
  return { before: ids.slice(0, Math.max(0, at)).map(({ id }) => id), after: ids.slice(end + 1).map(({ id }) => id) }
}

/** Ordinary tokens: those that the vocabulary has, but for what the format puts there and what is written like it ([unused7], </s>). */
function candidates({ tokenizer, config }: Model): number[] {
  const all = Array.from({ length: config.vocabulary }, (_, id) => id)
  if (!tokenizer) return all.filter((id) => id !== config.padId)
  return all.filter((id) => {
    const text = tokenizer.idToToken(id)
    return text !== undefined && !tokenizer.isSpecial(id) && !/^(\[.*\]|<.*>)$/.test(text)
  })
}

/** So many different ones, in random order. */
function sample(ids: readonly number[], count: number, draw: () => number): number[] {
  const left = [...ids]
  return Array.from({ length: count }, (_, n) => {
    const at = n + Math.floor(draw() * (left.length - n))
    const taken = left[at]!
    left[at] = left[n]!
    return taken
  })
}

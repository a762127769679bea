/** What the files of a model say about writing with it: generation_config.json, or config.json in older ones. */

import { z } from 'zod'
import { check } from '../check.ts'

const id = z.int().nonnegative()
const ids = z.union([id.transform((one) => [one]), z.array(id)]).nullish()

const file = z.looseObject({
  eos_token_id: ids,
  bad_words_ids: z.array(z.array(id).min(1)).nullish(),
  suppress_tokens: z.array(id).nullish(),
  forced_bos_token_id: id.nullish(),
})

/** What is taken on from the files; how to draw is for the caller to say. */
export interface WritingRules {
  /** A text ends with any of these. */
  readonly endIds: readonly number[]
  /** Sequences that must not be written. */
  readonly forbidden: readonly (readonly number[])[]
  /** What every text begins with, after what the decoder is started with. */
  readonly firstId: number | undefined
}

/** `generation` wins over `config`, field by field. */
export function writingRules(config: unknown, configLabel: string, generation: unknown, label: string): WritingRules {
  const [old, now] = [check(file, config, configLabel), generation === undefined ? {} : check(file, generation, label)]
  const words = now.bad_words_ids ?? old.bad_words_ids ?? []
  const alone = now.suppress_tokens ?? old.suppress_tokens ?? []
  return {
    endIds: now.eos_token_id ?? old.eos_token_id ?? [],
    forbidden: [...words, ...alone.map((each) => [each])],
    firstId: now.forced_bos_token_id ?? old.forced_bos_token_id ?? undefined,
  }
}

/** Rules out what would complete a forbidden sequence. `scores` is changed. */
export function forbid(scores: Float64Array, said: readonly number[], { forbidden, firstId }: WritingRules, step: number): void {
  for (const sequence of forbidden) {
    const before = sequence.slice(0, -1)
    if (before.every((each, n) => said[said.length - before.length + n] === each))
      scores[sequence.at(-1)!] = Number.NEGATIVE_INFINITY
  }
  if (step === 0 && firstId !== undefined)
    for (let each = 0; each < scores.length; each++) if (each !== firstId) scores[each] = Number.NEGATIVE_INFINITY
}

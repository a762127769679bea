/** What a tokenizer.json may hold, as far as Regard reads it. The parts are checked where they are built. */

import { z } from 'zod'

const id = z.int().nonnegative()

export const addedToken = z.object({
  id,
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(true),
  special: z.boolean().default(false),
})

/** A step of the pipeline: its type, and whatever that type needs. */
export const step = z.looseObject({ type: z.string() })

export const tokenizerFile = z.object({
  added_tokens: z.array(addedToken).nullish(),
  normalizer: step.nullish(),
  pre_tokenizer: step.nullish(),
  post_processor: step.nullish(),
  model: z.looseObject({ type: z.string().optional() }),
})

export const wordPiece = z.object({
  vocab: z.record(z.string(), id),
  unk_token: z.string(),
  continuing_subword_prefix: z.string().default('##'),
  max_input_chars_per_word: z.int().positive().default(100),
})

export const bertNormalizer = z.object({
  clean_text: z.boolean().default(true),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean().default(true),
})

const piece = z.union([
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: id }) }),
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: id }) }),
])

export const templateProcessing = z.object({
  single: z.array(piece),
  pair: z.array(piece),
  special_tokens: z.record(z.string(), z.object({ ids: z.array(id), tokens: z.array(z.string()) })),
})

const named = z.tuple([z.string(), id])

/** BertProcessing and RobertaProcessing name their two tokens alike. */
export const clsAndSep = z.object({ cls: named, sep: named })

export const sequenceOf = <Key extends string>(key: Key) =>
  z.looseObject({ [key]: z.array(step) } as Record<Key, z.ZodArray<typeof step>>)

export type AddedTokenEntry = z.infer<typeof addedToken>
export type Step = z.infer<typeof step>

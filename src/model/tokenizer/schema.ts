/** What a tokenizer.json may hold, as far as Regard reads it. The parts are checked where they are built. */

import { z } from 'zod'

/** Ids are 32-bit; half of that is far more than any vocabulary has. */
export const LARGEST_ID = 2 ** 31 - 1
const id = z.int().nonnegative().max(LARGEST_ID)
const flag = z.boolean().default(false)
const text = z.string()
const character = text.regex(/^.$/su, 'expected one character')

export const addedToken = z.object({
  id,
  content: text.min(1),
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: z.boolean().default(true),
  special: flag,
})

/** A step of the pipeline: its type, and whatever that type needs. */
export const step = z.looseObject({ type: text })

export const tokenizerFile = z.object({
  version: z.literal('1.0').optional(),
  added_tokens: z.array(addedToken).nullish(),
  normalizer: step.nullish(),
  pre_tokenizer: step.nullish(),
  post_processor: step.nullish(),
  decoder: step.nullish(),
  model: z.looseObject({ type: text.optional() }),
})

/** The vocabulary and the merges are checked by hand: they are long. */
export const wordPiece = z.object({
  vocab: z.unknown(),
  unk_token: text,
  continuing_subword_prefix: text.default('##'),
  max_input_chars_per_word: z.int().positive().default(100),
})

export const bpe = z.object({
  vocab: z.unknown(),
  merges: z.array(z.unknown()),
  dropout: z.number().nullish(),
  unk_token: text.nullish(),
  continuing_subword_prefix: text.nullish(),
  end_of_word_suffix: text.nullish(),
  fuse_unk: z.boolean().nullish(),
  byte_fallback: z.boolean().nullish(),
  ignore_merges: z.boolean().nullish(),
})

export const unigram = z.object({ vocab: z.array(z.unknown()), unk_id: id.nullish(), byte_fallback: flag })

export const wordLevel = z.object({ vocab: z.unknown(), unk_token: text })

export const bertNormalizer = z.object({
  clean_text: z.boolean().default(true),
  handle_chinese_chars: z.boolean().default(true),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean().default(true),
})

const pattern = z.union([z.object({ String: text }), z.object({ Regex: text })])

export const stripNormalizer = z.object({ strip_left: z.boolean(), strip_right: z.boolean() })
export const replace = z.object({ pattern, content: text })
export const prepend = z.object({ prepend: text })
export const precompiled = z.object({ precompiled_charsmap: text })

const behavior = z.enum(['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'])

export const byteLevel = z.object({
  add_prefix_space: z.boolean(),
  trim_offsets: z.boolean(),
  use_regex: z.boolean().default(true),
})
export const splitStep = z.object({ pattern, behavior, invert: z.boolean() })
export const metaspace = z.object({
  replacement: character,
  add_prefix_space: z.boolean().nullish(),
  prepend_scheme: z.enum(['first', 'never', 'always']).default('always'),
  split: z.boolean().nullish(),
})
export const punctuation = z.object({ behavior: behavior.default('Isolated') })
export const digits = z.object({ individual_digits: z.boolean() })
export const charDelimiter = z.object({ delimiter: character })

const piece = z.union([
  z.object({ SpecialToken: z.object({ id: text, type_id: id }) }),
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: id }) }),
])

export const templateProcessing = z.object({
  single: z.array(piece),
  pair: z.array(piece),
  special_tokens: z.record(text, z.object({ ids: z.array(id), tokens: z.array(text) })),
})

const named = z.tuple([text, id])

/** BertProcessing and RobertaProcessing name their two tokens alike. */
export const clsAndSep = z.object({ cls: named, sep: named })
export const robertaProcessing = clsAndSep.extend({ trim_offsets: z.boolean(), add_prefix_space: z.boolean() })

export const wordPieceDecoder = z.object({ prefix: text, cleanup: z.boolean() })
export const bpeDecoder = z.object({ suffix: text })
export const stripDecoder = z.object({ content: character, start: z.int().nonnegative(), stop: z.int().nonnegative() })

export const sequenceOf = <Key extends string>(key: Key) =>
  z.looseObject({ [key]: z.array(step) } as Record<Key, z.ZodArray<typeof step>>)

export type AddedTokenEntry = z.infer<typeof addedToken>
export type Step = z.infer<typeof step>
export type PatternEntry = z.infer<typeof pattern>
export type Behavior = z.infer<typeof behavior>

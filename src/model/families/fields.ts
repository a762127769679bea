/** Fields of config.json that many families share. */

import { z } from 'zod'

export const count = z.int().positive()
const id = z.int().nonnegative()

export const base = {
  architectures: z.array(z.string()).nullish(),
  pad_token_id: id.nullish(),
  eos_token_id: z.union([id, z.array(id)]).nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  quantization_config: z.null().optional(),
} as const

type Field = readonly [name: string, value: number]

/** Width over heads; refuses one that leaves a rest. */
export function headWidthOf([widthField, width]: Field, [headsField, heads]: Field, label: string): number {
  if (width % heads !== 0) throw new Error(`${label}: ${widthField} ${width} cannot be split into ${headsField} ${heads}`)
  return width / heads
}

/** What fills up the shorter rows of a batch: nothing looks at it, so that without a padding id any will do. */
export function padOf(file: { pad_token_id?: number | null | undefined; vocab_size: number }, label: string): number {
  const padId = file.pad_token_id ?? 0
  if (padId >= file.vocab_size) throw new Error(`${label}: pad_token_id ${padId} lies beyond vocab_size ${file.vocab_size}`)
  return padId
}

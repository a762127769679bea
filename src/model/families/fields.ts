/** Fields of config.json that many families share. */

import { z } from 'zod'
import { type Embedding, Linear } from '../../nn/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { ModelConfig } from '../config.ts'
import { WordHead } from './head.ts'
import type { Size } from './weights.ts'

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

/** How a model that writes scores words. */
export interface CausalHead {
  readonly embedding: Embedding
  /** What the matrix of an untied head is called, with nothing before it. */
  readonly names: readonly string[]
  readonly sizes: readonly [words: Size, width: Size]
  readonly bias?: Tensor | undefined
  readonly scale?: number
  readonly limit?: number | undefined
}

/** Words are scored by their embeddings, or by a matrix of their own; a body saved without its head has none. */
export function causalHead(checkpoint: Checkpoint, config: ModelConfig, head: CausalHead): WordHead | undefined {
  const { embedding, names, sizes, bias, scale = 1, limit } = head
  const isBody =
    !names.some((name) => checkpoint.has(name)) && !/LMHead|CausalLM|Generation|MTModel/.test(config.architecture ?? '')
  if (!config.tied && isBody) return undefined
  const [words, width] = sizes
  const weight = config.tied ? embedding.weight : checkpoint.matrix(names, [words[0], width[0]], `${words[1]} × ${width[1]}`)
  return new WordHead({ decoder: new Linear({ weight, bias }), scale, limit })
}

/**
 * How a sentence-transformers folder makes one vector of a text: modules.json lists the steps, a Pooling step says how the last
 * hidden states are put together.
 */

import { z } from 'zod'
import { concat, div, matmul, maximum, reshape, slice, sqrt, square, sum, tensor } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import { check } from './check.ts'
import { type ModelFiles, readJson } from './files.ts'
import type { Tokenizer } from './tokenizer/tokenizer.ts'

/** hidden [B,L,width], and which positions of each text are real → [B,dimensions] */
export type Pooling = (hidden: Tensor, real: readonly (readonly number[])[]) => Tensor

export interface SentenceEmbedding {
  readonly pool: Pooling
  /** What the sentence encoder was made for; longer texts it would have cut off. */
  readonly longest: number | undefined
}

const LIMITS = 'sentence_bert_config.json'

const modulesFile = z.array(z.object({ path: z.string(), type: z.string() }))
const limitsFile = z.object({ max_seq_length: z.int().positive().nullish(), do_lower_case: z.boolean().nullish() })

const POOLS = {
  pooling_mode_cls_token: first,
  pooling_mode_mean_tokens: (hidden, real) => weighted(hidden, real, (count) => 1 / count),
  pooling_mode_mean_sqrt_len_tokens: (hidden, real) => weighted(hidden, real, (count) => 1 / Math.sqrt(count)),
} as const satisfies Record<string, Pooling>

/** The order in which sentence-transformers joins several poolings. */
const ORDER = Object.keys(POOLS) as (keyof typeof POOLS)[]

/** Undefined for a folder that is no sentence encoder. Throws one line for steps that Regard does not have. */
export async function sentenceEmbedding(
  files: ModelFiles,
  tokenizer: Tokenizer | undefined,
): Promise<SentenceEmbedding | undefined> {
  const json = await readJson(files, 'modules.json')
  if (json === undefined) return undefined
  const label = files.label('modules.json')
  const steps: Pooling[] = []
  let normalised = false
  for (const { path, type } of check(modulesFile, json, label)) {
    const kind = type.split('.').at(-1)
    if (kind === 'Transformer') continue
    if (kind === 'Pooling' && steps.length === 0) steps.push(await readPooling(files, path))
    else if (kind === 'Normalize' && steps.length > 0) normalised = true
    else
      throw new Error(
        `${label}: the step ${JSON.stringify(type)} is not supported; Transformer, Pooling and Normalize, in this order, are`,
      )
  }
  const pool = steps[0]
  if (!pool) return undefined
  const limits = check(limitsFile.nullish(), await readJson(files, LIMITS), files.label(LIMITS))
  if (limits?.do_lower_case && tokenizer) checkLowersCase(tokenizer, files)
  return { pool: normalised ? (hidden, real) => unit(pool(hidden, real)) : pool, longest: limits?.max_seq_length ?? undefined }
}

/** Text reaches the tokenizer as it is, so lower-casing must be the tokenizer's own doing. */
function checkLowersCase(tokenizer: Tokenizer, files: ModelFiles): void {
  const [upper, lower] = ['ABC', 'abc'].map((text) => tokenizer.encode(text).ids.join())
  if (upper !== lower)
    throw new Error(`${files.label(LIMITS)}: do_lower_case is not supported with a tokenizer that keeps upper case`)
}

async function readPooling(files: ModelFiles, folder: string): Promise<Pooling> {
  const path = folder === '' ? 'config.json' : `${folder}/config.json`
  const label = files.label(path)
  const json = await readJson(files, path)
  if (json === undefined) throw new Error(`${label}: there is no such file; modules.json names it`)
  const modes = check(z.record(z.string(), z.unknown()), json, label)
  const wanted = Object.keys(modes).filter((key) => key.startsWith('pooling_mode_') && modes[key] === true)
  const unknown = wanted.find((key) => !Object.hasOwn(POOLS, key))
  if (unknown || wanted.length === 0)
    throw new Error(`${label}: ${unknown ? `${unknown} is not supported` : 'no pooling mode is on'}; ${ORDER.join(', ')} are`)
  const pools = ORDER.filter((key) => wanted.includes(key)).map((key): Pooling => POOLS[key])
  return pools.length === 1 ? pools[0]! : (hidden, real) => joined(pools.map((pool) => pool(hidden, real)))
}

function joined(parts: readonly Tensor[]): Tensor {
  const made = concat(parts, -1)
  for (const part of parts) part.dispose()
  return made
}

/** The state of the first token. */
function first(hidden: Tensor): Tensor {
  using s = scope()
  const [batch, , width] = hidden.shape as [number, number, number]
  return s.keep(reshape(slice(hidden, 1, 0, 1), [batch, width]))
}

/** The sum of the real tokens' states, each times `weight` of how many there are. */
function weighted(hidden: Tensor, real: readonly (readonly number[])[], weight: (count: number) => number): Tensor {
  using s = scope()
  const [batch, length, width] = hidden.shape as [number, number, number]
  const weights = real.flatMap((row) => {
    const each = weight(row.reduce((total, one) => total + one, 0))
    return row.map((one) => one * each)
  })
  const blend = matmul(tensor(weights, [batch, 1, length], { dtype: hidden.dtype }), hidden)
  return s.keep(reshape(blend, [batch, width]))
}

/** Scaled to length 1; a length below 1e-12 counts as 1e-12, so that nothing is divided by 0. Takes x over. */
function unit(x: Tensor): Tensor {
  using s = scope()
  s.own(x)
  const length = sqrt(sum(square(x), [-1], { keepDims: true }))
  return s.keep(div(x, maximum(length, 1e-12)))
}

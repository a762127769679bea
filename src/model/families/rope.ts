/** Rotary positions as config.json tells of them, in its present form (`rope_parameters`) and the older ones. */

import { z } from 'zod'
import { positions } from '../../attention/index.ts'
import { check } from '../check.ts'

const factor = z.number().positive()

const parameters = z.looseObject({
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  rope_theta: factor.nullish(),
  partial_rotary_factor: factor.nullish(),
})

/** Fields of a config with rotary positions. */
export const ropeFields = {
  rope_parameters: z.looseObject({}).nullish(),
  rope_scaling: z.looseObject({}).nullish(),
  rope_theta: factor.nullish(),
  partial_rotary_factor: factor.nullish(),
  max_position_embeddings: z.int().positive().default(2048),
} as const

export interface RopeFile {
  readonly rope_parameters?: Record<string, unknown> | null | undefined
  readonly rope_scaling?: Record<string, unknown> | null | undefined
  readonly rope_theta?: number | null | undefined
  readonly partial_rotary_factor?: number | null | undefined
  readonly max_position_embeddings: number
}

export interface RopeDefaults {
  readonly headWidth: number
  /** Angle base where the file names none. Default 10000. */
  readonly theta?: number | undefined
  /** Which share of a head's channels is rotated where the file does not say. Default 1. */
  readonly share?: number | undefined
  /** Which kind of layer, for files that tell them apart. */
  readonly section?: 'full_attention' | 'sliding_attention'
}

/** A way of stretching that Regard does not have is refused by its name. */
export function ropeOf(file: RopeFile, defaults: RopeDefaults, label: string): positions.Rotary {
  const { headWidth, theta = 10000, share = 1, section } = defaults
  const split = section && file.rope_parameters && section in file.rope_parameters
  const field = file.rope_parameters ? `rope_parameters${split ? `.${section}` : ''}` : 'rope_scaling'
  const json = (split ? file.rope_parameters![section] : (file.rope_parameters ?? file.rope_scaling)) ?? {}
  const told = checkAt(parameters, json, field, label)
  const width = Math.trunc(headWidth * (told.partial_rotary_factor ?? file.partial_rotary_factor ?? share))
  if (width < 2 || width % 2 !== 0)
    throw new Error(`${label}: rotates ${width} of ${headWidth} channels of a head; it must be an even number`)
  const base = told.rope_theta ?? file.rope_theta ?? theta
  const scaling = scalingOf(told.rope_type ?? told.type ?? 'default', json, file, field, label)
  if (scaling?.type === 'longrope')
    for (const [name, { length }] of [
      ['short_factor', scaling.short],
      ['long_factor', scaling.long],
    ] as const)
      if (length !== width / 2)
        throw new Error(`${label}: ${field}.${name} has ${length} numbers, and there are ${width / 2} pairs of channels to rotate`)
  return positions.rotary({ width, base, ...(scaling && { scaling }) })
}

/**
 * How many tokens a model reads: as many as its file says, or so many times more with the factor of a base that grows with the text
 * (`dynamic`), which is only felt beyond what the file says.
 */
export function positionsOf({ rope_parameters, rope_scaling, max_position_embeddings: said }: RopeFile): number {
  const { rope_type: type, type: older, factor = 1 } = rope_parameters ?? rope_scaling ?? {}
  return (type ?? older) === 'dynamic' ? Math.max(said, Math.floor(said * Number(factor))) : said
}

const length = z.int().positive()
const linear = z.object({ factor })
const llama3 = z.object({
  factor,
  low_freq_factor: factor,
  high_freq_factor: factor,
  original_max_position_embeddings: length,
})
const yarn = z.object({
  factor,
  original_max_position_embeddings: length.nullish(),
  beta_fast: factor.nullish(),
  beta_slow: factor.nullish(),
  truncate: z.boolean().nullish(),
  attention_factor: factor.nullish(),
  mscale: z.number().nullish(),
  mscale_all_dim: z.number().nullish(),
})

const longrope = z.object({
  short_factor: z.array(factor),
  long_factor: z.array(factor),
  factor: factor.nullish(),
  attention_factor: factor.nullish(),
  original_max_position_embeddings: length.nullish(),
})

function scalingOf(type: string, json: unknown, file: RopeFile, field: string, label: string): positions.RopeScaling | undefined {
  if (type === 'default') return undefined
  if (type === 'linear') return { type, factor: checkAt(linear, json, field, label).factor }
  if (type === 'llama3') {
    const told = checkAt(llama3, json, field, label)
    return {
      type,
      factor: told.factor,
      lowFrequencyFactor: told.low_freq_factor,
      highFrequencyFactor: told.high_freq_factor,
      positions: told.original_max_position_embeddings,
    }
  }
  if (type === 'yarn') return yarnOf(checkAt(yarn, json, field, label), file)
  if (type === 'dynamic')
    return { type, factor: checkAt(linear, json, field, label).factor, positions: file.max_position_embeddings }
  if (type === 'longrope') return longRopeOf(checkAt(longrope, json, field, label), file)
  throw new Error(
    `${label}: ${field}: rope_type ${JSON.stringify(type)} is not supported; default, linear, dynamic, llama3, longrope, yarn are`,
  )
}

function longRopeOf(told: z.infer<typeof longrope>, file: RopeFile): positions.LongRopeScaling {
  const positions = told.original_max_position_embeddings ?? file.max_position_embeddings
  return {
    type: 'longrope',
    short: told.short_factor,
    long: told.long_factor,
    positions,
    factor: told.factor ?? file.max_position_embeddings / positions,
    ...(told.attention_factor && { attentionFactor: told.attention_factor }),
  }
}

function yarnOf(told: z.infer<typeof yarn>, file: RopeFile): positions.YarnScaling {
  const optional = {
    betaFast: told.beta_fast,
    betaSlow: told.beta_slow,
    truncate: told.truncate,
    attentionFactor: told.attention_factor,
    mscale: told.mscale,
    mscaleAllDim: told.mscale_all_dim,
  }
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined && value !== null))
  const positions = told.original_max_position_embeddings ?? file.max_position_embeddings
  return { type: 'yarn', factor: told.factor, positions, ...given }
}

function checkAt<T>(schema: z.ZodType<T>, json: unknown, field: string, label: string): T {
  return check(z.object({ [field]: schema }), { [field]: json }, label)[field] as T
}

/** Mistral 7B: Llama that looks back over a window. */

import { z } from 'zod'
import { check } from '../check.ts'
import type { Family } from './family.ts'
import { count } from './fields.ts'
import { buildLlama, llamaConfig, llamaFields, windowsOf } from './llama-like.ts'
import { ropeOf } from './rope.ts'

const file = z.object({
  ...llamaFields,
  attention_bias: z.literal(false).nullish(),
  layer_types: z.null().optional(),
  sliding_window: count.nullable().default(4096),
})

export const mistral: Family = {
  name: 'mistral',
  read: (json, label) => {
    const told = check(file, json, label)
    const config = llamaConfig('mistral', told, { tied: false }, label)
    const rotary = ropeOf(told, config, label)
    const window = windowsOf(told, label, () => Boolean(told.sliding_window))
    return { config, build: (checkpoint) => buildLlama(config, checkpoint, { rotary: () => rotary, window }) }
  },
}

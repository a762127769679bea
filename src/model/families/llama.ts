/** Llama 1 to 3, with the stretched rotation of 3.1. */

import { z } from 'zod'
import { check } from '../check.ts'
import type { Family } from './family.ts'
import { buildLlama, llamaConfig, llamaFields } from './llama-like.ts'
import { ropeOf } from './rope.ts'

const file = z.object({ ...llamaFields, mlp_bias: z.boolean().nullish(), sliding_window: z.null().optional() })

export const llama: Family = {
  name: 'llama',
  read: (json, label) => {
    const told = check(file, json, label)
    const config = llamaConfig('llama', told, { tied: false }, label)
    const rotary = ropeOf(told, config, label)
    const attention = told.attention_bias ?? false
    const bias = { queryKeyValue: attention, output: attention, feedForward: told.mlp_bias ?? false }
    return { config, build: (checkpoint) => buildLlama(config, checkpoint, { rotary: () => rotary, bias }) }
  },
}

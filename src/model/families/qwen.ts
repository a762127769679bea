/** Qwen 2 and 2.5: Llama with biases on query, key and value. Qwen 3: without them, and heads are normalised before they are rotated. */

import { z } from 'zod'
import { check } from '../check.ts'
import type { Family } from './family.ts'
import { count } from './fields.ts'
import { buildLlama, llamaConfig, llamaFields, windowsOf } from './llama-like.ts'
import { ropeOf } from './rope.ts'

const file = z.object({
  ...llamaFields,
  sliding_window: count.nullable().default(4096),
  use_sliding_window: z.boolean().nullish(),
  max_window_layers: z.int().nonnegative().default(28),
})

function qwen(name: 'qwen2' | 'qwen3'): Family {
  return {
    name,
    read: (json, label) => {
      const told = check(file, json, label)
      const config = llamaConfig(name, told, { tied: false }, label)
      const rotary = ropeOf(told, config, label)
      const sliding = told.use_sliding_window ? told.sliding_window : null
      const window = windowsOf({ ...told, sliding_window: sliding }, label, (layer) => layer >= told.max_window_layers)
      const attention = told.attention_bias ?? false
      const form =
        name === 'qwen2'
          ? { bias: { queryKeyValue: true } }
          : { bias: { queryKeyValue: attention, output: attention }, headNorms: true }
      return { config, build: (checkpoint) => buildLlama(config, checkpoint, { rotary: () => rotary, window, ...form }) }
    },
  }
}

export const qwen2 = qwen('qwen2')
export const qwen3 = qwen('qwen3')

/**
 * Gemma 2 and 3 (text): norms around both steps, their weights stored less 1, embeddings times √width, windows on most layers.
 * Gemma 2 caps scores and logits; Gemma 3 normalises heads instead, and turns its local layers by angles of their own.
 */

import { z } from 'zod'
import { check } from '../check.ts'
import type { Family } from './family.ts'
import { count } from './fields.ts'
import { buildLlama, llamaConfig, llamaFields, windowsOf } from './llama-like.ts'
import { ropeOf } from './rope.ts'

const limit = z.number().positive().nullish()

const shared = {
  ...llamaFields,
  head_dim: count.default(256),
  sliding_window: count.nullable().default(4096),
  hidden_act: z.string().nullish(),
  hidden_activation: z.string().nullish(),
  query_pre_attn_scalar: z.number().positive().default(256),
  attn_logit_softcapping: limit,
  final_logit_softcapping: limit,
  use_bidirectional_attention: z.literal(false).nullish(),
} as const

const gemma2File = z.object(shared)
const gemma3File = z.object({
  ...shared,
  rope_local_base_freq: z.number().positive().default(10000),
  sliding_window_pattern: z.int().positive().default(6),
})

function formOf(told: z.infer<typeof gemma2File>, family: string, label: string) {
  const activation = told.hidden_activation ?? told.hidden_act ?? 'gelu_pytorch_tanh'
  const config = llamaConfig(family, { ...told, hidden_act: activation }, { tied: true }, label)
  const bias = told.attention_bias ?? false
  const form = {
    gemma: true,
    scale: told.query_pre_attn_scalar ** -0.5,
    softcap: told.attn_logit_softcapping ?? undefined,
    logitLimit: told.final_logit_softcapping ?? undefined,
    embeddingScale: Math.fround(Math.sqrt(config.width)),
    bias: { queryKeyValue: bias, output: bias },
  }
  return { config, form }
}

export const gemma2: Family = {
  name: 'gemma2',
  read: (json, label) => {
    const told = check(gemma2File, json, label)
    const { config, form } = formOf(told, 'gemma2', label)
    const rotary = ropeOf(told, config, label)
    const window = windowsOf(told, label, (layer) => layer % 2 === 0)
    return { config, build: (checkpoint) => buildLlama(config, checkpoint, { ...form, rotary: () => rotary, window }) }
  },
}

export const gemma3: Family = {
  name: 'gemma3_text',
  read: (json, label) => {
    const told = check(gemma3File, json, label)
    const { config, form } = formOf(told, 'gemma3_text', label)
    const window = windowsOf(told, label, (layer) => (layer + 1) % told.sliding_window_pattern !== 0)
    const far = ropeOf(told, { ...config, theta: 1_000_000, section: 'full_attention' }, label)
    const { rope_parameters: parameters, max_position_embeddings, rope_local_base_freq: theta } = told
    const local = { rope_parameters: parameters, max_position_embeddings, rope_theta: parameters ? undefined : theta }
    const near = ropeOf(local, { ...config, theta, section: 'sliding_attention' }, label)
    const rotary = (layer: number) => (window(layer) === undefined ? far : near)
    return { config, build: (checkpoint) => buildLlama(config, checkpoint, { ...form, headNorms: true, rotary, window }) }
  },
}

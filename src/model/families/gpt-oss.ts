/** gpt-oss: Llama with a sink for every head, a window on every other layer, and experts in place of the feed-forward. */

import { z } from 'zod'
import { Experts, FeedForward, Linear } from '../../nn/index.ts'
import { permute, reshape, slice, transpose } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { check } from '../check.ts'
import type { ModelConfig } from '../config.ts'
import type { Family } from './family.ts'
import { count } from './fields.ts'
import { buildLlama, llamaConfig, llamaFields, windowsOf } from './llama-like.ts'
import { ropeOf } from './rope.ts'
import type { Size, Weights } from './weights.ts'

const file = z.object({
  ...llamaFields,
  head_dim: count.default(64),
  sliding_window: count.nullable().default(128),
  rms_norm_eps: z.number().nonnegative().default(1e-5),
  hidden_act: z.literal('silu').default('silu'),
  num_local_experts: count,
  num_experts_per_tok: count,
  swiglu_alpha: z.number().default(1.702),
  swiglu_limit: z.number().positive().default(7),
})

type File = z.infer<typeof file>

export const gptOss: Family = {
  name: 'gpt_oss',
  read: (json, label) => {
    const told = check(file, json, label)
    const config = llamaConfig('gpt_oss', told, { tied: false }, label)
    if (told.num_experts_per_tok > told.num_local_experts)
      throw new Error(
        `${label}: num_experts_per_tok ${told.num_experts_per_tok} exceeds num_local_experts ${told.num_local_experts}`,
      )
    const rotary = ropeOf(told, { ...config, theta: 150_000 }, label)
    const window = windowsOf(told, label, (layer) => layer % 2 === 0)
    const attention = told.attention_bias ?? true
    const form = {
      rotary: () => rotary,
      window,
      sinks: true,
      bias: { queryKeyValue: attention, output: attention },
      feedForward: (weights: Weights, at: string) => experts(weights, config, told, at),
    }
    return { config, build: (checkpoint) => buildLlama(config, checkpoint, form) }
  },
}

function experts(weights: Weights, config: ModelConfig, told: File, at: string): Experts {
  const number: Size = [told.num_local_experts, 'num_local_experts']
  return new Experts({
    router: weights.linear(`${at}.mlp.router`, number, [config.width, 'hidden_size']),
    experts: Array.from({ length: number[0] }, (_, n) => expert(weights, config, told, `${at}.mlp.experts`, n)),
    chosen: told.num_experts_per_tok,
  })
}

/** All experts lie in one tensor [experts,in,out]; what goes up holds gate and up in turns. */
function expert(weights: Weights, config: ModelConfig, told: File, at: string, n: number): FeedForward {
  const { num_local_experts: all, swiglu_limit: limit, swiglu_alpha: slope } = told
  const { width, innerWidth: inner } = config
  const number: Size = [all, 'num_local_experts']
  const half = (side: 0 | 1): Linear =>
    new Linear({
      weight: weights.matrix(`${at}.gate_up_proj`, [number, [width, 'hidden_size'], [2 * inner, '2 · intermediate_size']], {
        key: `${n}.${side}`,
        shape: [inner, width],
        of: (stored) =>
          reshape(permute(slice(reshape(one(stored, n), [width, inner, 2]), 2, side, side + 1), [1, 0, 2]), [inner, width]),
      }),
      bias: weights.cut(`${at}.gate_up_proj_bias`, [number, [2 * inner, '2 · intermediate_size']], {
        key: `${n}.${side}`,
        shape: [inner],
        of: (stored) => reshape(slice(reshape(one(stored, n), [inner, 2]), 1, side, side + 1), [inner]),
      }),
    })
  const down = new Linear({
    weight: weights.matrix(`${at}.down_proj`, [number, [inner, 'intermediate_size'], [width, 'hidden_size']], {
      key: `${n}`,
      shape: [width, inner],
      of: (stored) => transpose(one(stored, n)),
    }),
    bias: weights.cut(`${at}.down_proj_bias`, [number, [width, 'hidden_size']], {
      key: `${n}`,
      shape: [width],
      of: (stored) => one(stored, n),
    }),
  })
  return new FeedForward({ gate: half(0), up: half(1), down, activation: { limit, slope } })
}

/** Entry n of the first axis. */
function one(stored: Tensor, n: number): Tensor {
  return reshape(slice(stored, 0, n, n + 1), stored.shape.slice(1))
}

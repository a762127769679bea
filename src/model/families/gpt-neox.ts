/** GPT-NeoX and Pythia: rotary positions on part of each head; looking and thinking start from the same states. */

import { z } from 'zod'
import type { positions } from '../../attention/index.ts'
import { Block, FeedForward, MultiHeadAttention, Norms } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Embeddings } from './embeddings.ts'
import type { Family } from './family.ts'
import { base, count, headWidthOf, padOf } from './fields.ts'
import { causalHead } from './head.ts'
import { positionsOf, ropeFields, ropeOf } from './rope.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { partOfHeads, type Size, Weights } from './weights.ts'

const file = z.object({
  ...base,
  ...ropeFields,
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: z.number().nonnegative().default(1e-5),
  rotary_pct: z.number().positive().default(0.25),
  rotary_emb_base: z.number().positive().default(10000),
  use_parallel_residual: z.boolean().default(true),
  attention_bias: z.boolean().default(true),
})

type File = z.infer<typeof file>

export const gptNeox: Family = {
  name: 'gpt_neox',
  read: (json, label) => {
    const told = check(file, json, label)
    const config = configOf(told, label)
    const rotary = ropeOf(told, { ...config, theta: told.rotary_emb_base, share: told.rotary_pct }, label)
    return { config, build: (checkpoint) => build(config, told, rotary, checkpoint) }
  },
}

function configOf(told: File, label: string): ModelConfig {
  const { hidden_size: width, num_attention_heads: heads } = told
  return {
    family: 'gpt_neox',
    kind: 'decoder',
    architecture: told.architectures?.[0],
    layers: told.num_hidden_layers,
    heads,
    kvHeads: heads,
    width,
    headWidth: headWidthOf(['hidden_size', width], ['num_attention_heads', heads], label),
    innerWidth: told.intermediate_size,
    vocabulary: told.vocab_size,
    positions: positionsOf(told),
    tokenTypes: 1,
    causal: true,
    activation: activationOf(told.hidden_act, 'hidden_act', label),
    normEps: told.layer_norm_eps,
    tied: told.tie_word_embeddings ?? false,
    padId: padOf(told, label),
  }
}

function build(config: ModelConfig, told: File, rotary: positions.Rotary, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['gpt_neox.', ''], 'embed_in.weight')
  const width: Size = [config.width, 'hidden_size']
  const words: Size = [config.vocabulary, 'vocab_size']
  weights.checkLayers('layers.', config.layers, 'num_hidden_layers')
  const embedding = weights.embedding('embed_in', words, width, config)
  return new Transformer({
    decoder: new BlockTower({
      embeddings: new Embeddings({ words: embedding }),
      blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, config, told, rotary, `layers.${layer}`)),
      norm: weights.layerNorm('final_layer_norm', width, { eps: config.normEps }),
    }),
    head: causalHead(checkpoint, config, { embedding, names: ['embed_out.weight', 'lm_head.weight'], sizes: [words, width] }),
  })
}

function block(weights: Weights, config: ModelConfig, told: File, rotary: positions.Rotary, at: string): Block {
  const { heads } = config
  const eps = { eps: config.normEps }
  const width: Size = [config.width, 'hidden_size']
  const inner: Size = [config.innerWidth, 'intermediate_size']
  const three: Size = [3 * config.width, '3 · hidden_size']
  const bias = told.attention_bias
  const third = (n: number) =>
    weights.linear(`${at}.attention.query_key_value`, three, width, { bias, share: partOfHeads(n, 3, heads, three[0]) })
  return new Block({
    attention: new MultiHeadAttention({
      query: third(0),
      key: third(1),
      value: third(2),
      output: weights.linear(`${at}.attention.dense`, width, width, { bias }),
      heads,
      rotary,
      options: { causal: true },
    }),
    attentionNorms: new Norms({ before: weights.layerNorm(`${at}.input_layernorm`, width, eps) }),
    feedForward: new FeedForward({
      up: weights.linear(`${at}.mlp.dense_h_to_4h`, inner, width),
      down: weights.linear(`${at}.mlp.dense_4h_to_h`, width, inner),
      activation: config.activation,
    }),
    feedForwardNorms: new Norms({ before: weights.layerNorm(`${at}.post_attention_layernorm`, width, eps) }),
    parallel: told.use_parallel_residual,
  })
}

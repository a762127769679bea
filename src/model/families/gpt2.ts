/** GPT-2: pre-norm, learned positions, query, key and value in one matrix that is stored [in,out]. */

import { z } from 'zod'
import { Block, FeedForward, MultiHeadAttention, Norms } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Embeddings, LearnedPlaces } from './embeddings.ts'
import type { Family } from './family.ts'
import { base, count, headWidthOf, padOf } from './fields.ts'
import { causalHead } from './head.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { part, type Size, Weights } from './weights.ts'

const file = z.object({
  ...base,
  vocab_size: count,
  n_positions: count,
  n_embd: count,
  n_layer: count,
  n_head: count,
  n_inner: count.nullish(),
  activation_function: z.string().default('gelu_new'),
  layer_norm_epsilon: z.number().nonnegative().default(1e-5),
  scale_attn_weights: z.boolean().default(true),
  scale_attn_by_inverse_layer_idx: z.boolean().default(false),
  add_cross_attention: z.literal(false).nullish(),
})

type File = z.infer<typeof file>

export const gpt2: Family = {
  name: 'gpt2',
  read: (json, label) => {
    const told = check(file, json, label)
    const config = configOf(told, label)
    return { config, build: (checkpoint) => build(config, told, checkpoint) }
  },
}

function configOf(told: File, label: string): ModelConfig {
  const { n_embd: width, n_head: heads } = told
  return {
    family: 'gpt2',
    kind: 'decoder',
    architecture: told.architectures?.[0],
    layers: told.n_layer,
    heads,
    kvHeads: heads,
    width,
    headWidth: headWidthOf(['n_embd', width], ['n_head', heads], label),
    innerWidth: told.n_inner ?? 4 * width,
    vocabulary: told.vocab_size,
    positions: told.n_positions,
    tokenTypes: 1,
    causal: true,
    activation: activationOf(told.activation_function, 'activation_function', label),
    normEps: told.layer_norm_epsilon,
    tied: told.tie_word_embeddings ?? true,
    padId: padOf(told, label),
  }
}

function build(config: ModelConfig, told: File, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['transformer.', ''], 'wte.weight')
  const width: Size = [config.width, 'n_embd']
  const words: Size = [config.vocabulary, 'vocab_size']
  weights.checkLayers('h.', config.layers, 'n_layer')
  const embedding = weights.embedding('wte', words, width, config)
  return new Transformer({
    decoder: new BlockTower({
      embeddings: new Embeddings({
        words: embedding,
        places: new LearnedPlaces({ weight: weights.tensor('wpe.weight', [config.positions, 'n_positions'], width) }),
      }),
      blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, config, told, layer)),
      norm: weights.layerNorm('ln_f', width, { eps: config.normEps }),
    }),
    head: causalHead(checkpoint, config, { embedding, names: ['lm_head.weight'], sizes: [words, width] }),
  })
}

function block(weights: Weights, config: ModelConfig, told: File, layer: number): Block {
  const at = `h.${layer}`
  const eps = { eps: config.normEps }
  const width: Size = [config.width, 'n_embd']
  const inner: Size = [config.innerWidth, 'n_inner']
  const three: Size = [3 * config.width, '3 · n_embd']
  const third = (n: number) => weights.linear(`${at}.attn.c_attn`, three, width, { transposed: true, share: part(n, 3, three[0]) })
  return new Block({
    attention: new MultiHeadAttention({
      query: third(0),
      key: third(1),
      value: third(2),
      output: weights.linear(`${at}.attn.c_proj`, width, width, { transposed: true }),
      heads: config.heads,
      scale: scaleOf(config, told, layer),
      options: { causal: true },
    }),
    attentionNorms: new Norms({ before: weights.layerNorm(`${at}.ln_1`, width, eps) }),
    feedForward: new FeedForward({
      up: weights.linear(`${at}.mlp.c_fc`, inner, width, { transposed: true }),
      down: weights.linear(`${at}.mlp.c_proj`, width, inner, { transposed: true }),
      activation: config.activation,
    }),
    feedForwardNorms: new Norms({ before: weights.layerNorm(`${at}.ln_2`, width, eps) }),
  })
}

function scaleOf({ headWidth }: ModelConfig, told: File, layer: number): number {
  const scale = told.scale_attn_weights ? headWidth ** -0.5 : 1
  return told.scale_attn_by_inverse_layer_idx ? scale / (layer + 1) : scale
}

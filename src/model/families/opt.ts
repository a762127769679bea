/** OPT: learned positions from entry 2 on; norms before each step (350M: after it, and words narrower than states). */

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
import { type Size, Weights } from './weights.ts'

const file = z.object({
  ...base,
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  ffn_dim: count,
  max_position_embeddings: count,
  word_embed_proj_dim: count.nullish(),
  activation_function: z.string().default('relu'),
  do_layer_norm_before: z.boolean().default(true),
  enable_bias: z.boolean().default(true),
  layer_norm_elementwise_affine: z.literal(true).nullish(),
  _remove_final_layer_norm: z.boolean().default(false),
})

type File = z.infer<typeof file>

/** The entry of place 0 in the table of positions. */
const FIRST = 2

export const opt: Family = {
  name: 'opt',
  read: (json, label) => {
    const told = check(file, json, label)
    const config = configOf(told, label)
    return { config, build: (checkpoint) => build(config, told, checkpoint) }
  },
}

function configOf(told: File, label: string): ModelConfig {
  const { hidden_size: width, num_attention_heads: heads } = told
  return {
    family: 'opt',
    kind: 'decoder',
    architecture: told.architectures?.[0],
    layers: told.num_hidden_layers,
    heads,
    kvHeads: heads,
    width,
    headWidth: headWidthOf(['hidden_size', width], ['num_attention_heads', heads], label),
    innerWidth: told.ffn_dim,
    vocabulary: told.vocab_size,
    positions: told.max_position_embeddings,
    tokenTypes: 1,
    causal: true,
    activation: activationOf(told.activation_function, 'activation_function', label),
    normEps: 1e-5,
    tied: told.tie_word_embeddings ?? true,
    padId: padOf(told, label),
  }
}

function build(config: ModelConfig, told: File, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['model.decoder.', 'decoder.', ''], 'embed_tokens.weight')
  const width: Size = [config.width, 'hidden_size']
  const words: Size = [config.vocabulary, 'vocab_size']
  const narrow: Size = [told.word_embed_proj_dim ?? config.width, 'word_embed_proj_dim']
  const places: Size = [config.positions + FIRST, 'max_position_embeddings + 2']
  const projects = narrow[0] !== width[0]
  weights.checkLayers('layers.', config.layers, 'num_hidden_layers')
  const embedding = weights.embedding('embed_tokens', words, narrow, config)
  return new Transformer({
    decoder: new BlockTower({
      embeddings: new Embeddings({
        words: embedding,
        project: projects ? weights.linear('project_in', width, narrow, { bias: false }) : undefined,
        places: new LearnedPlaces({ weight: weights.tensor('embed_positions.weight', places, width), first: FIRST }),
      }),
      blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, config, told, `layers.${layer}`)),
      norm:
        told.do_layer_norm_before && !told._remove_final_layer_norm
          ? weights.layerNorm('final_layer_norm', width, { eps: config.normEps })
          : undefined,
      leave: projects ? weights.linear('project_out', narrow, width, { bias: false }) : undefined,
    }),
    head: causalHead(checkpoint, config, { embedding, names: ['lm_head.weight'], sizes: [words, narrow] }),
  })
}

function block(weights: Weights, config: ModelConfig, told: File, at: string): Block {
  const bias = { bias: told.enable_bias }
  const width: Size = [config.width, 'hidden_size']
  const inner: Size = [config.innerWidth, 'ffn_dim']
  const norms = (name: string): Norms => {
    const norm = weights.layerNorm(`${at}.${name}`, width, { eps: config.normEps })
    return new Norms(told.do_layer_norm_before ? { before: norm } : { after: norm })
  }
  return new Block({
    attention: new MultiHeadAttention({
      query: weights.linear(`${at}.self_attn.q_proj`, width, width, bias),
      key: weights.linear(`${at}.self_attn.k_proj`, width, width, bias),
      value: weights.linear(`${at}.self_attn.v_proj`, width, width, bias),
      output: weights.linear(`${at}.self_attn.out_proj`, width, width, bias),
      heads: config.heads,
      options: { causal: true },
    }),
    attentionNorms: norms('self_attn_layer_norm'),
    feedForward: new FeedForward({
      up: weights.linear(`${at}.fc1`, inner, width, bias),
      down: weights.linear(`${at}.fc2`, width, inner, bias),
      activation: config.activation,
    }),
    feedForwardNorms: norms('final_layer_norm'),
  })
}

/** T5: an encoder and a decoder, RMSNorm before each step, no biases, no scale, and distances told by buckets that all layers share. */

import { z } from 'zod'
import { Block, FeedForward, MultiHeadAttention, Norms, RelativeBias } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Embeddings } from './embeddings.ts'
import type { Family } from './family.ts'
import { base, count, padOf } from './fields.ts'
import { causalHead } from './head.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { type Size, Weights } from './weights.ts'

const file = z.object({
  ...base,
  vocab_size: count,
  d_model: count,
  d_kv: count,
  d_ff: count,
  num_layers: count,
  num_decoder_layers: count.nullish(),
  num_heads: count,
  relative_attention_num_buckets: count.default(32),
  relative_attention_max_distance: count.max(65_536).default(128),
  layer_norm_epsilon: z.number().nonnegative().default(1e-6),
  feed_forward_proj: z.string().default('relu'),
  scale_decoder_outputs: z.boolean().nullish(),
  decoder_start_token_id: z.int().nonnegative().nullish(),
  is_encoder_decoder: z.literal(true).nullish(),
})

type File = z.infer<typeof file>

export const t5: Family = {
  name: 't5',
  read: (json, label) => {
    const told = check(file, json, label)
    checkBuckets(told, label)
    const config = configOf(told, label)
    return { config, build: (checkpoint) => build(config, told, checkpoint) }
  },
}

/** A decoder has twice as many distances with a bucket of their own as an encoder, which tells before from after. */
function checkBuckets(told: File, label: string): void {
  const { relative_attention_num_buckets: buckets, relative_attention_max_distance: furthest } = told
  if (buckets % 2 !== 0 || furthest <= buckets / 2)
    throw new Error(
      `${label}: relative_attention_num_buckets must be even and below twice relative_attention_max_distance, got ${buckets} and ${furthest}`,
    )
}

function configOf(told: File, label: string): ModelConfig {
  const activation = told.feed_forward_proj.replace(/^gated-(gelu$)?/, (_, gelu) => (gelu ? 'gelu_new' : ''))
  const padId = padOf(told, label)
  return {
    family: 't5',
    kind: 'encoder-decoder',
    architecture: told.architectures?.[0],
    layers: told.num_layers,
    heads: told.num_heads,
    kvHeads: told.num_heads,
    width: told.d_model,
    headWidth: told.d_kv,
    innerWidth: told.d_ff,
    vocabulary: told.vocab_size,
    positions: Number.POSITIVE_INFINITY,
    tokenTypes: 1,
    causal: false,
    activation: activationOf(activation, 'feed_forward_proj', label),
    normEps: told.layer_norm_epsilon,
    tied: told.tie_word_embeddings ?? true,
    padId,
    decoder: {
      layers: told.num_decoder_layers ?? told.num_layers,
      heads: told.num_heads,
      innerWidth: told.d_ff,
      startId: told.decoder_start_token_id ?? padId,
    },
  }
}

function build(config: ModelConfig, told: File, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint)
  const width: Size = [config.width, 'd_model']
  const words: Size = [config.vocabulary, 'vocab_size']
  weights.checkLayers('encoder.block.', config.layers, 'num_layers')
  weights.checkLayers('decoder.block.', config.decoder!.layers, 'num_decoder_layers')
  const name = weights.has('shared.weight') ? 'shared' : 'encoder.embed_tokens'
  const embedding = weights.embedding(name, words, width, config)
  const tower = (side: 'encoder' | 'decoder', layers: number): BlockTower => {
    const bias = distances(weights, told, side)
    return new BlockTower({
      embeddings: new Embeddings({ words: embedding }),
      blocks: Array.from({ length: layers }, (_, layer) => block(weights, config, told, side, bias, layer)),
      norm: weights.rmsNorm(`${side}.final_layer_norm`, width, { eps: config.normEps }),
    })
  }
  const scaled = told.scale_decoder_outputs ?? config.tied
  return new Transformer({
    encoder: tower('encoder', config.layers),
    decoder: tower('decoder', config.decoder!.layers),
    head: causalHead(checkpoint, config, {
      embedding,
      names: ['lm_head.weight'],
      sizes: [words, width],
      scale: scaled ? config.width ** -0.5 : 1,
    }),
  })
}

/** Layer 0 holds the table of all layers. */
function distances(weights: Weights, told: File, side: 'encoder' | 'decoder'): RelativeBias {
  const buckets: Size = [told.relative_attention_num_buckets, 'relative_attention_num_buckets']
  const name = `${side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`
  return new RelativeBias({
    weight: weights.tensor(name, buckets, [told.num_heads, 'num_heads']),
    buckets: buckets[0],
    maxDistance: told.relative_attention_max_distance,
    bidirectional: side === 'encoder',
  })
}

function block(
  weights: Weights,
  config: ModelConfig,
  told: File,
  side: 'encoder' | 'decoder',
  bias: RelativeBias,
  layer: number,
): Block {
  const step = (n: number): string => `${side}.block.${layer}.layer.${n}`
  const norms = (n: number): Norms =>
    new Norms({ before: weights.rmsNorm(`${step(n)}.layer_norm`, [config.width, 'd_model'], { eps: config.normEps }) })
  const own = { bias, options: { causal: side === 'decoder' } }
  const last = side === 'decoder' ? 2 : 1
  return new Block({
    attention: looking(weights, config, `${step(0)}.SelfAttention`, own),
    attentionNorms: norms(0),
    ...(side === 'decoder' && { cross: looking(weights, config, `${step(1)}.EncDecAttention`, {}), crossNorms: norms(1) }),
    feedForward: feedForward(weights, config, told, `${step(last)}.DenseReluDense`),
    feedForwardNorms: norms(last),
  })
}

function looking(
  weights: Weights,
  { heads, width, headWidth }: ModelConfig,
  at: string,
  form: { bias?: RelativeBias; options?: { causal: boolean } },
): MultiHeadAttention {
  const narrow: Size = [heads * headWidth, 'num_heads · d_kv']
  const wide: Size = [width, 'd_model']
  const plain = { bias: false }
  return new MultiHeadAttention({
    query: weights.linear(`${at}.q`, narrow, wide, plain),
    key: weights.linear(`${at}.k`, narrow, wide, plain),
    value: weights.linear(`${at}.v`, narrow, wide, plain),
    output: weights.linear(`${at}.o`, wide, narrow, plain),
    heads,
    scale: 1,
    ...form,
  })
}

function feedForward(weights: Weights, config: ModelConfig, told: File, at: string): FeedForward {
  const inner: Size = [config.innerWidth, 'd_ff']
  const width: Size = [config.width, 'd_model']
  const plain = { bias: false }
  const gated = told.feed_forward_proj.startsWith('gated-')
  return new FeedForward({
    ...(gated && { gate: weights.linear(`${at}.wi_0`, inner, width, plain) }),
    up: weights.linear(`${at}.${gated ? 'wi_1' : 'wi'}`, inner, width, plain),
    down: weights.linear(`${at}.wo`, width, inner, plain),
    activation: config.activation,
  })
}

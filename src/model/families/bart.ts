/** BART, and Marian, which differs in its positions alone: an encoder and a decoder, norms after each step. */

import { z } from 'zod'
import { Block, type Embedding, FeedForward, MultiHeadAttention, Norms } from '../../nn/index.ts'
import { reshape } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Embeddings, LearnedPlaces, SinePlaces } from './embeddings.ts'
import type { Family } from './family.ts'
import { base, count, headWidthOf, padOf } from './fields.ts'
import { causalHead } from './head.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { type Size, Weights } from './weights.ts'

const file = z.object({
  ...base,
  vocab_size: count,
  d_model: count,
  encoder_layers: count,
  encoder_attention_heads: count,
  encoder_ffn_dim: count,
  decoder_layers: count,
  decoder_attention_heads: count,
  decoder_ffn_dim: count,
  max_position_embeddings: count,
  activation_function: z.string().default('gelu'),
  scale_embedding: z.boolean().default(false),
  decoder_start_token_id: z.int().nonnegative().nullish(),
  is_encoder_decoder: z.literal(true).nullish(),
  normalize_before: z.literal(false).nullish(),
  add_final_layer_norm: z.literal(false).nullish(),
  share_encoder_decoder_embeddings: z.literal(true).nullish(),
})

type File = z.infer<typeof file>

/** The entry of place 0 in BART's tables of positions. */
const FIRST = 2

export const bart = family('bart')
export const marian = family('marian')

function family(name: 'bart' | 'marian'): Family {
  return {
    name,
    read: (json, label) => {
      const told = check(file, json, label)
      const config = configOf(name, told, label)
      return { config, build: (checkpoint) => build(config, told, checkpoint) }
    },
  }
}

function configOf(name: string, told: File, label: string): ModelConfig {
  const { d_model: width, encoder_attention_heads: heads } = told
  headWidthOf(['d_model', width], ['decoder_attention_heads', told.decoder_attention_heads], label)
  const padId = padOf(told, label)
  return {
    family: name,
    kind: 'encoder-decoder',
    architecture: told.architectures?.[0],
    layers: told.encoder_layers,
    heads,
    kvHeads: heads,
    width,
    headWidth: headWidthOf(['d_model', width], ['encoder_attention_heads', heads], label),
    innerWidth: told.encoder_ffn_dim,
    vocabulary: told.vocab_size,
    positions: told.max_position_embeddings,
    tokenTypes: 1,
    causal: false,
    activation: activationOf(told.activation_function, 'activation_function', label),
    normEps: 1e-5,
    tied: told.tie_word_embeddings ?? true,
    padId,
    decoder: {
      layers: told.decoder_layers,
      heads: told.decoder_attention_heads,
      innerWidth: told.decoder_ffn_dim,
      startId: told.decoder_start_token_id ?? (name === 'marian' ? padId : 2),
    },
  }
}

function build(config: ModelConfig, told: File, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['model.', ''], 'encoder.layers.0.fc1.weight')
  const width: Size = [config.width, 'd_model']
  const words: Size = [config.vocabulary, 'vocab_size']
  weights.checkLayers('encoder.layers.', config.layers, 'encoder_layers')
  weights.checkLayers('decoder.layers.', config.decoder!.layers, 'decoder_layers')
  const embedding = weights.embedding(weights.has('shared.weight') ? 'shared' : 'encoder.embed_tokens', words, width, config)
  return new Transformer({
    encoder: tower(weights, config, told, 'encoder', embedding),
    decoder: tower(weights, config, told, 'decoder', embedding),
    head: causalHead(checkpoint, config, {
      embedding,
      names: ['lm_head.weight'],
      sizes: [words, width],
      bias: scoresBias(checkpoint, config.vocabulary),
    }),
  })
}

/** Added to the score of each word; stored [1,vocabulary]. Old checkpoints may lack it. */
function scoresBias(checkpoint: Checkpoint, words: number): Tensor | undefined {
  if (!checkpoint.has('final_logits_bias')) return undefined
  const cut = { key: 'row', shape: [words], of: (stored: Tensor) => reshape(stored, [words]) }
  return checkpoint.take(['final_logits_bias'], [1, words], '1 × vocab_size', cut)
}

type Side = 'encoder' | 'decoder'

function tower(weights: Weights, config: ModelConfig, told: File, side: Side, words: Embedding): BlockTower {
  const width: Size = [config.width, 'd_model']
  const places: Size = [config.positions + FIRST, 'max_position_embeddings + 2']
  const learned = config.family === 'bart'
  return new BlockTower({
    embeddings: new Embeddings({
      words,
      scale: told.scale_embedding ? Math.sqrt(config.width) : 1,
      places: learned
        ? new LearnedPlaces({ weight: weights.tensor(`${side}.embed_positions.weight`, places, width), first: FIRST })
        : new SinePlaces({ width: config.width }),
      norm: learned ? weights.layerNorm(`${side}.layernorm_embedding`, width, { eps: config.normEps }) : undefined,
    }),
    blocks: Array.from({ length: told[`${side}_layers`] }, (_, layer) => block(weights, config, told, side, layer)),
    counting: 'index',
  })
}

function block(weights: Weights, config: ModelConfig, told: File, side: Side, layer: number): Block {
  const at = `${side}.layers.${layer}`
  const width: Size = [config.width, 'd_model']
  const inner: Size = [told[`${side}_ffn_dim`], `${side}_ffn_dim`]
  const heads = told[`${side}_attention_heads`]
  const norms = (name: string): Norms => new Norms({ after: weights.layerNorm(`${at}.${name}`, width, { eps: config.normEps }) })
  const looking = (name: string, causal: boolean): MultiHeadAttention =>
    new MultiHeadAttention({
      query: weights.linear(`${at}.${name}.q_proj`, width, width),
      key: weights.linear(`${at}.${name}.k_proj`, width, width),
      value: weights.linear(`${at}.${name}.v_proj`, width, width),
      output: weights.linear(`${at}.${name}.out_proj`, width, width),
      heads,
      options: { causal },
    })
  return new Block({
    attention: looking('self_attn', side === 'decoder'),
    attentionNorms: norms('self_attn_layer_norm'),
    ...(side === 'decoder' && { cross: looking('encoder_attn', false), crossNorms: norms('encoder_attn_layer_norm') }),
    feedForward: new FeedForward({
      up: weights.linear(`${at}.fc1`, inner, width),
      down: weights.linear(`${at}.fc2`, width, inner),
      activation: config.activation,
    }),
    feedForwardNorms: norms('final_layer_norm'),
  })
}

/** BERT and what keeps its shape (MiniLM, many sentence encoders): bidirectional, post-norm, absolute positions. */

import { z } from 'zod'
import { Block, FeedForward, Linear, MultiHeadAttention, Norms } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Embeddings, LearnedPlaces } from './embeddings.ts'
import type { Family } from './family.ts'
import { base, count, headWidthOf, padOf } from './fields.ts'
import { WordHead } from './head.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { type Size, Weights } from './weights.ts'

/** RoBERTa's fields are the same. */
export const bertFile = z.object({
  ...base,
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: z.number().nonnegative().default(1e-12),
  max_position_embeddings: count,
  type_vocab_size: count.default(2),
  position_embedding_type: z.literal('absolute').nullish(),
  is_decoder: z.literal(false).nullish(),
  add_cross_attention: z.literal(false).nullish(),
})

export const bert: Family = {
  name: 'bert',
  read: (json, label) => {
    const config = bertConfig('bert', check(bertFile, json, label), label)
    return { config, build: (checkpoint) => build(config, checkpoint) }
  },
}

export function bertConfig(family: string, file: z.infer<typeof bertFile>, label: string): ModelConfig {
  const { hidden_size: width, num_attention_heads: heads } = file
  return {
    family,
    kind: 'encoder',
    architecture: file.architectures?.[0],
    layers: file.num_hidden_layers,
    heads,
    kvHeads: heads,
    width,
    headWidth: headWidthOf(['hidden_size', width], ['num_attention_heads', heads], label),
    innerWidth: file.intermediate_size,
    vocabulary: file.vocab_size,
    positions: file.max_position_embeddings,
    tokenTypes: file.type_vocab_size,
    causal: false,
    activation: activationOf(file.hidden_act, 'hidden_act', label),
    normEps: file.layer_norm_eps,
    tied: file.tie_word_embeddings ?? true,
    padId: padOf(file, label),
  }
}

/** The sizes of an encoder like BERT, by their fields. */
export function bertSizes(config: ModelConfig) {
  const width: Size = [config.width, 'hidden_size']
  const inner: Size = [config.innerWidth, 'intermediate_size']
  const words: Size = [config.vocabulary, 'vocab_size']
  return { width, inner, words }
}

/** The tower of BERT and RoBERTa. `first`: the entry of the table of positions that belongs to place 0. */
export function bertTower(weights: Weights, config: ModelConfig, counting: BlockTower['counting'], first: number): BlockTower {
  const { width, words } = bertSizes(config)
  const places: Size = [config.positions + (counting === 'index' ? 0 : first + 1), 'max_position_embeddings']
  weights.checkLayers('encoder.layer.', config.layers, 'num_hidden_layers')
  return new BlockTower({
    embeddings: new Embeddings({
      words: weights.embedding('embeddings.word_embeddings', words, width, config),
      places: new LearnedPlaces({ weight: weights.tensor('embeddings.position_embeddings.weight', places, width), first }),
      tokenTypes: weights.embedding('embeddings.token_type_embeddings', [config.tokenTypes, 'type_vocab_size'], width),
      norm: weights.layerNorm('embeddings.LayerNorm', width, { eps: config.normEps }),
    }),
    blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, config, `encoder.layer.${layer}`)),
    counting,
  })
}

function block(weights: Weights, config: ModelConfig, at: string): Block {
  const { width, inner } = bertSizes(config)
  const eps = { eps: config.normEps }
  return new Block({
    attention: new MultiHeadAttention({
      query: weights.linear(`${at}.attention.self.query`, width, width),
      key: weights.linear(`${at}.attention.self.key`, width, width),
      value: weights.linear(`${at}.attention.self.value`, width, width),
      output: weights.linear(`${at}.attention.output.dense`, width, width),
      heads: config.heads,
    }),
    attentionNorms: new Norms({ after: weights.layerNorm(`${at}.attention.output.LayerNorm`, width, eps) }),
    feedForward: new FeedForward({
      up: weights.linear(`${at}.intermediate.dense`, inner, width),
      down: weights.linear(`${at}.output.dense`, width, inner),
      activation: config.activation,
    }),
    feedForwardNorms: new Norms({ after: weights.layerNorm(`${at}.output.LayerNorm`, width, eps) }),
  })
}

/** The pooler on the first token, if the file has one. */
export function pooler(weights: Weights, config: ModelConfig): Linear | undefined {
  const { width } = bertSizes(config)
  return weights.has('pooler.dense.weight') ? weights.linear('pooler.dense', width, width) : undefined
}

/** A model with a head puts "bert." before the names of its body. */
function build(config: ModelConfig, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['', 'bert.'], 'embeddings.word_embeddings.weight')
  return new Transformer({
    encoder: bertTower(weights, config, 'index', 0),
    pooler: pooler(weights, config),
    head: head(weights, config, checkpoint),
  })
}

/** The score of a word is the product with its embedding, unless the config unties the two. */
function head(body: Weights, config: ModelConfig, checkpoint: Checkpoint): WordHead | undefined {
  const weights = new Weights(checkpoint)
  if (!weights.has('cls.predictions.transform.dense.weight')) return undefined
  const { width, words } = bertSizes(config)
  const table = config.tied
    ? body.embedding('embeddings.word_embeddings', words, width, config)
    : weights.linear('cls.predictions.decoder', words, width, { bias: false })
  return new WordHead({
    transform: weights.linear('cls.predictions.transform.dense', width, width),
    norm: weights.layerNorm('cls.predictions.transform.LayerNorm', width, { eps: config.normEps }),
    decoder: new Linear({
      weight: table.weight,
      bias: weights.tensor(['cls.predictions.bias', 'cls.predictions.decoder.bias'], words),
    }),
    activation: config.activation,
  })
}

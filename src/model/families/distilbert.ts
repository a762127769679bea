/** DistilBERT: BERT's shape with half the layers, without token types and pooler. */

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

const file = z.object({
  ...base,
  vocab_size: count,
  dim: count,
  hidden_dim: count,
  n_layers: count,
  n_heads: count,
  activation: z.string().default('gelu'),
  max_position_embeddings: count,
})

export const distilbert: Family = {
  name: 'distilbert',
  read: (json, label) => {
    const config = configOf(check(file, json, label), label)
    return { config, build: (checkpoint) => build(config, checkpoint) }
  },
}

function configOf(told: z.infer<typeof file>, label: string): ModelConfig {
  const { dim: width, n_heads: heads } = told
  return {
    family: 'distilbert',
    kind: 'encoder',
    architecture: told.architectures?.[0],
    layers: told.n_layers,
    heads,
    kvHeads: heads,
    width,
    headWidth: headWidthOf(['dim', width], ['n_heads', heads], label),
    innerWidth: told.hidden_dim,
    vocabulary: told.vocab_size,
    positions: told.max_position_embeddings,
    tokenTypes: 1,
    causal: false,
    activation: activationOf(told.activation, 'activation', label),
    normEps: 1e-12,
    tied: told.tie_word_embeddings ?? true,
    padId: padOf(told, label),
  }
}

function build(config: ModelConfig, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['distilbert.', ''], 'embeddings.word_embeddings.weight')
  const width: Size = [config.width, 'dim']
  const words: Size = [config.vocabulary, 'vocab_size']
  const places: Size = [config.positions, 'max_position_embeddings']
  weights.checkLayers('transformer.layer.', config.layers, 'n_layers')
  return new Transformer({
    encoder: new BlockTower({
      embeddings: new Embeddings({
        words: weights.embedding('embeddings.word_embeddings', words, width, config),
        places: new LearnedPlaces({ weight: weights.tensor('embeddings.position_embeddings.weight', places, width) }),
        norm: weights.layerNorm('embeddings.LayerNorm', width, { eps: config.normEps }),
      }),
      blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, config, `transformer.layer.${layer}`)),
      counting: 'index',
    }),
    head: head(weights, config, checkpoint),
  })
}

function block(weights: Weights, config: ModelConfig, at: string): Block {
  const eps = { eps: config.normEps }
  const width: Size = [config.width, 'dim']
  const inner: Size = [config.innerWidth, 'hidden_dim']
  return new Block({
    attention: new MultiHeadAttention({
      query: weights.linear(`${at}.attention.q_lin`, width, width),
      key: weights.linear(`${at}.attention.k_lin`, width, width),
      value: weights.linear(`${at}.attention.v_lin`, width, width),
      output: weights.linear(`${at}.attention.out_lin`, width, width),
      heads: config.heads,
    }),
    attentionNorms: new Norms({ after: weights.layerNorm(`${at}.sa_layer_norm`, width, eps) }),
    feedForward: new FeedForward({
      up: weights.linear(`${at}.ffn.lin1`, inner, width),
      down: weights.linear(`${at}.ffn.lin2`, width, inner),
      activation: config.activation,
    }),
    feedForwardNorms: new Norms({ after: weights.layerNorm(`${at}.output_layer_norm`, width, eps) }),
  })
}

function head(body: Weights, config: ModelConfig, checkpoint: Checkpoint): WordHead | undefined {
  const weights = new Weights(checkpoint)
  if (!weights.has('vocab_transform.weight')) return undefined
  const width: Size = [config.width, 'dim']
  const words: Size = [config.vocabulary, 'vocab_size']
  const table = config.tied
    ? body.embedding('embeddings.word_embeddings', words, width, config)
    : weights.linear('vocab_projector', words, width, { bias: false })
  return new WordHead({
    transform: weights.linear('vocab_transform', width, width),
    activation: config.activation,
    norm: weights.layerNorm('vocab_layer_norm', width, { eps: config.normEps }),
    decoder: new Linear({ weight: table.weight, bias: weights.tensor('vocab_projector.bias', words) }),
  })
}

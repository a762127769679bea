/** BLOOM: pre-norm, a norm behind the embeddings, and ALiBi: no positions but distances. */

import { z } from 'zod'
import { scores } from '../../attention/index.ts'
import { Block, FeedForward, LinearBias, MultiHeadAttention, Norms } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { ModelConfig } from '../config.ts'
import { Embeddings } from './embeddings.ts'
import type { Family } from './family.ts'
import { base, count, headWidthOf, padOf } from './fields.ts'
import { causalHead } from './head.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { partOfHeads, type Size, Weights } from './weights.ts'

const file = z.object({
  ...base,
  vocab_size: count,
  hidden_size: count.nullish(),
  n_embed: count.nullish(),
  n_layer: count.nullish(),
  num_hidden_layers: count.nullish(),
  n_head: count.nullish(),
  num_attention_heads: count.nullish(),
  layer_norm_epsilon: z.number().nonnegative().default(1e-5),
  apply_residual_connection_post_layernorm: z.literal(false).nullish(),
})

type File = z.infer<typeof file>

export const bloom: Family = {
  name: 'bloom',
  read: (json, label) => {
    const config = configOf(check(file, json, label), label)
    return { config, build: (checkpoint) => build(config, checkpoint) }
  },
}

/** The first checkpoints call width, layers and heads by other names. */
function configOf(told: File, label: string): ModelConfig {
  const given = (names: readonly (keyof File)[]): number => {
    const name = names.find((each) => typeof told[each] === 'number')
    if (name === undefined) throw new Error(`${label}: ${names[0]} is missing`)
    return told[name] as number
  }
  const width = given(['hidden_size', 'n_embed'])
  const heads = given(['n_head', 'num_attention_heads'])
  return {
    family: 'bloom',
    kind: 'decoder',
    architecture: told.architectures?.[0],
    layers: given(['n_layer', 'num_hidden_layers']),
    heads,
    kvHeads: heads,
    width,
    headWidth: headWidthOf(['hidden_size', width], ['n_head', heads], label),
    innerWidth: 4 * width,
    vocabulary: told.vocab_size,
    positions: Number.POSITIVE_INFINITY,
    tokenTypes: 1,
    causal: true,
    activation: 'geluTanh',
    normEps: told.layer_norm_epsilon,
    tied: told.tie_word_embeddings ?? true,
    padId: padOf(told, label),
  }
}

function build(config: ModelConfig, checkpoint: Checkpoint): Transformer {
  const weights = new Weights(checkpoint, ['transformer.', ''], 'word_embeddings.weight')
  const width: Size = [config.width, 'hidden_size']
  const words: Size = [config.vocabulary, 'vocab_size']
  const eps = { eps: config.normEps }
  weights.checkLayers('h.', config.layers, 'n_layer')
  const embedding = weights.embedding('word_embeddings', words, width, config)
  const bias = new LinearBias({ slopes: scores.alibiSlopes(config.heads) })
  return new Transformer({
    decoder: new BlockTower({
      embeddings: new Embeddings({ words: embedding, norm: weights.layerNorm('word_embeddings_layernorm', width, eps) }),
      blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, config, bias, `h.${layer}`)),
      norm: weights.layerNorm('ln_f', width, eps),
    }),
    head: causalHead(checkpoint, config, { embedding, names: ['lm_head.weight'], sizes: [words, width] }),
  })
}

function block(weights: Weights, config: ModelConfig, bias: LinearBias, at: string): Block {
  const { heads } = config
  const eps = { eps: config.normEps }
  const width: Size = [config.width, 'hidden_size']
  const inner: Size = [config.innerWidth, '4 · hidden_size']
  const three: Size = [3 * config.width, '3 · hidden_size']
  const third = (n: number) =>
    weights.linear(`${at}.self_attention.query_key_value`, three, width, { share: partOfHeads(n, 3, heads, three[0]) })
  return new Block({
    attention: new MultiHeadAttention({
      query: third(0),
      key: third(1),
      value: third(2),
      output: weights.linear(`${at}.self_attention.dense`, width, width),
      heads,
      bias,
      options: { causal: true },
    }),
    attentionNorms: new Norms({ before: weights.layerNorm(`${at}.input_layernorm`, width, eps) }),
    feedForward: new FeedForward({
      up: weights.linear(`${at}.mlp.dense_h_to_4h`, inner, width),
      down: weights.linear(`${at}.mlp.dense_4h_to_h`, width, inner),
      activation: config.activation,
    }),
    feedForwardNorms: new Norms({ before: weights.layerNorm(`${at}.post_attention_layernorm`, width, eps) }),
  })
}

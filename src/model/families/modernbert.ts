/** ModernBERT: an encoder with rotary positions, pre-norm, gated feed-forwards, and a window on most layers. */

import { z } from 'zod'
import type { positions } from '../../attention/index.ts'
import { Block, FeedForward, Linear, MultiHeadAttention, Norms } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Embeddings } from './embeddings.ts'
import type { Family } from './family.ts'
import { base, count, headWidthOf, padOf } from './fields.ts'
import { WordHead } from './head.ts'
import { positionsOf, ropeFields, ropeOf } from './rope.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { part, type Size, Weights } from './weights.ts'

const file = z.object({
  ...base,
  ...ropeFields,
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  hidden_activation: z.string().default('gelu'),
  classifier_activation: z.string().default('gelu'),
  norm_eps: z.number().nonnegative().default(1e-5),
  norm_bias: z.boolean().default(false),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  decoder_bias: z.boolean().default(true),
  classifier_bias: z.boolean().default(false),
  global_attn_every_n_layers: count.default(3),
  local_attention: count.default(128),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).nullish(),
  global_rope_theta: z.number().positive().default(160_000),
  local_rope_theta: z.number().positive().default(10_000),
})

type File = z.infer<typeof file>

export const modernbert: Family = {
  name: 'modernbert',
  read: (json, label) => {
    const told = check(file, json, label)
    const config = configOf(told, label)
    const local = localLayers(told, label)
    const rotary = {
      far: ropeOf(told, { ...config, theta: told.global_rope_theta, section: 'full_attention' }, label),
      near: ropeOf(told, { ...config, theta: told.local_rope_theta, section: 'sliding_attention' }, label),
    }
    const activation = activationOf(told.classifier_activation, 'classifier_activation', label)
    return { config, build: (checkpoint) => build({ config, told, local, rotary, activation }, checkpoint) }
  },
}

interface Plan {
  readonly config: ModelConfig
  readonly told: File
  readonly local: (layer: number) => boolean
  readonly rotary: { readonly far: positions.Rotary; readonly near: positions.Rotary }
  readonly activation: ModelConfig['activation']
}

function configOf(told: File, label: string): ModelConfig {
  const { hidden_size: width, num_attention_heads: heads } = told
  return {
    family: 'modernbert',
    kind: 'encoder',
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
    causal: false,
    activation: activationOf(told.hidden_activation, 'hidden_activation', label),
    normEps: told.norm_eps,
    tied: told.tie_word_embeddings ?? true,
    padId: padOf(told, label),
  }
}

/** Which layers look no further than half of `local_attention`. */
function localLayers(told: File, label: string): (layer: number) => boolean {
  const { num_hidden_layers: layers, layer_types: types, global_attn_every_n_layers: every } = told
  if (types && types.length !== layers)
    throw new Error(`${label}: layer_types tells of ${types.length} layers, num_hidden_layers of ${layers}`)
  return (layer) => (types ? types[layer] === 'sliding_attention' : layer % every !== 0)
}

function build(plan: Plan, checkpoint: Checkpoint): Transformer {
  const { config, told } = plan
  const weights = new Weights(checkpoint, ['model.', ''], 'embeddings.tok_embeddings.weight')
  const width: Size = [config.width, 'hidden_size']
  const words: Size = [config.vocabulary, 'vocab_size']
  const norm = { eps: config.normEps, bias: told.norm_bias }
  weights.checkLayers('layers.', config.layers, 'num_hidden_layers')
  const embedding = weights.embedding('embeddings.tok_embeddings', words, width, config)
  return new Transformer({
    encoder: new BlockTower({
      embeddings: new Embeddings({ words: embedding, norm: weights.layerNorm('embeddings.norm', width, norm) }),
      blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, plan, layer)),
      norm: weights.layerNorm('final_norm', width, norm),
      counting: 'index',
    }),
    head: head(plan, embedding.weight, checkpoint),
  })
}

/** The first layer finds its input normalised already. */
function block(weights: Weights, { config, told, local, rotary }: Plan, layer: number): Block {
  const at = `layers.${layer}`
  const width: Size = [config.width, 'hidden_size']
  const inner: Size = [config.innerWidth, 'intermediate_size']
  const three: Size = [3 * config.width, '3 · hidden_size']
  const two: Size = [2 * config.innerWidth, '2 · intermediate_size']
  const norm = (name: string) => weights.layerNorm(`${at}.${name}`, width, { eps: config.normEps, bias: told.norm_bias })
  const third = (n: number) =>
    weights.linear(`${at}.attn.Wqkv`, three, width, { bias: told.attention_bias, share: part(n, 3, three[0]) })
  const half = (n: number) => weights.linear(`${at}.mlp.Wi`, two, width, { bias: told.mlp_bias, share: part(n, 2, two[0]) })
  const reach = Math.floor(told.local_attention / 2)
  return new Block({
    attention: new MultiHeadAttention({
      query: third(0),
      key: third(1),
      value: third(2),
      output: weights.linear(`${at}.attn.Wo`, width, width, { bias: told.attention_bias }),
      heads: config.heads,
      rotary: local(layer) ? rotary.near : rotary.far,
      options: local(layer) ? { window: [reach, reach] } : {},
    }),
    attentionNorms: new Norms({ before: layer === 0 ? undefined : norm('attn_norm') }),
    feedForward: new FeedForward({
      gate: half(0),
      up: half(1),
      down: weights.linear(`${at}.mlp.Wo`, width, inner, { bias: told.mlp_bias }),
      activation: config.activation,
    }),
    feedForwardNorms: new Norms({ before: norm('mlp_norm') }),
  })
}

function head({ config, told, activation }: Plan, embedding: Linear['weight'], checkpoint: Checkpoint): WordHead | undefined {
  const weights = new Weights(checkpoint)
  if (!weights.has('head.dense.weight') || !(weights.has('decoder.bias') || weights.has('decoder.weight') || config.tied))
    return undefined
  const width: Size = [config.width, 'hidden_size']
  const words: Size = [config.vocabulary, 'vocab_size']
  return new WordHead({
    transform: weights.linear('head.dense', width, width, { bias: told.classifier_bias }),
    activation,
    norm: weights.layerNorm('head.norm', width, { eps: config.normEps, bias: told.norm_bias }),
    decoder: new Linear({
      weight: config.tied ? embedding : weights.linear('decoder', words, width, { bias: false }).weight,
      bias: told.decoder_bias ? weights.tensor('decoder.bias', words) : undefined,
    }),
  })
}

/** What Llama and its many relatives share: pre-norm with RMSNorm, rotary positions, shared key/value heads, a gated feed-forward. */

import { z } from 'zod'
import type { positions } from '../../attention/index.ts'
import { Block, type Experts, FeedForward, MultiHeadAttention, type Norm, Norms } from '../../nn/index.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Embeddings } from './embeddings.ts'
import { base, count, headWidthOf, padOf } from './fields.ts'
import { causalHead } from './head.ts'
import { positionsOf, ropeFields } from './rope.ts'
import { BlockTower, Transformer } from './transformer.ts'
import { type Size, Weights } from './weights.ts'

export const llamaFields = {
  ...base,
  ...ropeFields,
  vocab_size: count,
  hidden_size: count,
  intermediate_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  num_key_value_heads: count.nullish(),
  head_dim: count.nullish(),
  hidden_act: z.string().default('silu'),
  rms_norm_eps: z.number().nonnegative().default(1e-6),
  attention_bias: z.boolean().nullish(),
  sliding_window: count.nullish(),
  layer_types: z.array(z.enum(['full_attention', 'sliding_attention'])).nullish(),
} as const

const llamaFile = z.object(llamaFields)
type LlamaFile = z.infer<typeof llamaFile>

/** `tied`: are words scored by their embeddings where the file does not say? */
export function llamaConfig(family: string, file: LlamaFile, { tied }: { tied: boolean }, label: string): ModelConfig {
  const { hidden_size: width, num_attention_heads: heads } = file
  const kvHeads = file.num_key_value_heads ?? heads
  if (heads % kvHeads !== 0)
    throw new Error(`${label}: num_attention_heads ${heads} cannot share num_key_value_heads ${kvHeads} evenly`)
  return {
    family,
    kind: 'decoder',
    architecture: file.architectures?.[0],
    layers: file.num_hidden_layers,
    heads,
    kvHeads,
    width,
    headWidth: file.head_dim ?? headWidthOf(['hidden_size', width], ['num_attention_heads', heads], label),
    innerWidth: file.intermediate_size,
    vocabulary: file.vocab_size,
    positions: positionsOf(file),
    tokenTypes: 1,
    causal: true,
    activation: activationOf(file.hidden_act, 'hidden_act', label),
    normEps: file.rms_norm_eps,
    tied: file.tie_word_embeddings ?? tied,
    padId: padOf(file, label),
  }
}

/** The window of each layer: its own `layer_types`, or where there are none whatever `sliding` says. undefined: none. */
export function windowsOf(
  file: Pick<LlamaFile, 'num_hidden_layers' | 'layer_types' | 'sliding_window'>,
  label: string,
  sliding: (layer: number) => boolean,
): (layer: number) => number | undefined {
  const { num_hidden_layers: layers, layer_types: types, sliding_window: window } = file
  if (types && types.length !== layers)
    throw new Error(`${label}: layer_types tells of ${types.length} layers, num_hidden_layers of ${layers}`)
  if (types?.includes('sliding_attention') && !window)
    throw new Error(`${label}: sliding_window is missing, and layer_types asks for one`)
  return (layer) => ((types ? types[layer] === 'sliding_attention' : sliding(layer)) ? (window ?? undefined) : undefined)
}

/** How a relative of Llama differs from it. */
export interface LlamaForm {
  readonly rotary: (layer: number) => positions.Rotary
  /** The W of each layer that sees W keys, itself included. */
  readonly window?: (layer: number) => number | undefined
  readonly scale?: number
  readonly softcap?: number | undefined
  readonly bias?: { readonly queryKeyValue?: boolean; readonly output?: boolean; readonly feedForward?: boolean }
  /** Queries and keys are normalised head by head. */
  readonly headNorms?: boolean
  /** Each head has a sink. */
  readonly sinks?: boolean
  /** Gemma: norms hold their weight less 1, and the results of both steps are normalised as well. */
  readonly gemma?: boolean
  readonly embeddingScale?: number
  readonly logitLimit?: number | undefined
  /** In place of the gated feed-forward. */
  readonly feedForward?: (weights: Weights, at: string) => Experts
}

export function buildLlama(config: ModelConfig, checkpoint: Checkpoint, form: LlamaForm): Transformer {
  const weights = new Weights(checkpoint, ['model.', ''], 'embed_tokens.weight')
  const width: Size = [config.width, 'hidden_size']
  const words: Size = [config.vocabulary, 'vocab_size']
  weights.checkLayers('layers.', config.layers, 'num_hidden_layers')
  const embedding = weights.embedding('embed_tokens', words, width, config)
  return new Transformer({
    decoder: new BlockTower({
      embeddings: new Embeddings({ words: embedding, scale: form.embeddingScale ?? 1 }),
      blocks: Array.from({ length: config.layers }, (_, layer) => block(weights, config, form, layer)),
      norm: rms(weights, 'norm', width, config, form),
    }),
    head: causalHead(checkpoint, config, { embedding, names: ['lm_head.weight'], sizes: [words, width], limit: form.logitLimit }),
  })
}

function rms(weights: Weights, name: string, width: Size, { normEps: eps }: ModelConfig, { gemma }: LlamaForm): Norm {
  return weights.rmsNorm(name, width, { eps, offset: gemma ? 1 : 0 })
}

function block(weights: Weights, config: ModelConfig, form: LlamaForm, layer: number): Block {
  const at = `layers.${layer}`
  const norm = (name: string): Norm => rms(weights, `${at}.${name}`, [config.width, 'hidden_size'], config, form)
  return new Block({
    attention: attentionOf(weights, config, form, layer),
    ...(form.gemma
      ? {
          attentionNorms: new Norms({ before: norm('input_layernorm'), result: norm('post_attention_layernorm') }),
          feedForwardNorms: new Norms({ before: norm('pre_feedforward_layernorm'), result: norm('post_feedforward_layernorm') }),
        }
      : {
          attentionNorms: new Norms({ before: norm('input_layernorm') }),
          feedForwardNorms: new Norms({ before: norm('post_attention_layernorm') }),
        }),
    feedForward: form.feedForward?.(weights, at) ?? gated(weights, config, form, at),
  })
}

function attentionOf(weights: Weights, config: ModelConfig, form: LlamaForm, layer: number): MultiHeadAttention {
  const { heads, kvHeads, headWidth } = config
  const at = `layers.${layer}.self_attn`
  const width: Size = [config.width, 'hidden_size']
  const depth: Size = [headWidth, 'head_dim']
  const all: Size = [heads * headWidth, 'num_attention_heads · head_dim']
  const shared: Size = [kvHeads * headWidth, 'num_key_value_heads · head_dim']
  const { queryKeyValue = false, output = false } = form.bias ?? {}
  const window = form.window?.(layer)
  return new MultiHeadAttention({
    query: weights.linear(`${at}.q_proj`, all, width, { bias: queryKeyValue }),
    key: weights.linear(`${at}.k_proj`, shared, width, { bias: queryKeyValue }),
    value: weights.linear(`${at}.v_proj`, shared, width, { bias: queryKeyValue }),
    output: weights.linear(`${at}.o_proj`, width, all, { bias: output }),
    heads,
    kvHeads,
    scale: form.scale,
    options: {
      causal: true,
      ...(window !== undefined && { window: [window - 1, 0] }),
      ...(form.softcap && { softcap: form.softcap }),
    },
    rotary: form.rotary(layer),
    ...(form.headNorms && {
      queryNorm: rms(weights, `${at}.q_norm`, depth, config, form),
      keyNorm: rms(weights, `${at}.k_norm`, depth, config, form),
    }),
    ...(form.sinks && { sinks: weights.tensor(`${at}.sinks`, [heads, 'num_attention_heads']) }),
  })
}

function gated(
  weights: Weights,
  config: ModelConfig,
  { bias: { feedForward: bias = false } = {} }: LlamaForm,
  at: string,
): FeedForward {
  const width: Size = [config.width, 'hidden_size']
  const inner: Size = [config.innerWidth, 'intermediate_size']
  return new FeedForward({
    gate: weights.linear(`${at}.mlp.gate_proj`, inner, width, { bias }),
    up: weights.linear(`${at}.mlp.up_proj`, inner, width, { bias }),
    down: weights.linear(`${at}.mlp.down_proj`, width, inner, { bias }),
    activation: config.activation,
  })
}

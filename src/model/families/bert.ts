/** BERT and what keeps its shape (MiniLM, many sentence encoders): bidirectional, post-norm, absolute positions. */

import { z } from 'zod'
import { Block, Embedding, FeedForward, LayerNorm, Linear, MultiHeadAttention, Norms } from '../../nn/index.ts'
import { check } from '../check.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { activationOf, type ModelConfig } from '../config.ts'
import { Encoder, EncoderEmbeddings, MaskedWordHead } from './encoder.ts'
import type { Family } from './family.ts'

const count = z.int().positive()

const configFile = z.object({
  architectures: z.array(z.string()).nullish(),
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  hidden_act: z.string().default('gelu'),
  layer_norm_eps: z.number().nonnegative().default(1e-12),
  max_position_embeddings: count,
  type_vocab_size: count.default(2),
  pad_token_id: z.int().nonnegative().nullish(),
  tie_word_embeddings: z.boolean().nullish(),
  position_embedding_type: z.literal('absolute').nullish(),
  is_decoder: z.literal(false).nullish(),
  add_cross_attention: z.literal(false).nullish(),
})

export const bert: Family = { name: 'bert', config: readConfig, build }

function readConfig(json: unknown, label: string): ModelConfig {
  const file = check(configFile, json, label)
  const { hidden_size: width, num_attention_heads: heads } = file
  if (width % heads !== 0) throw new Error(`${label}: hidden_size ${width} cannot be split into num_attention_heads ${heads}`)
  const padId = file.pad_token_id ?? 0
  if (padId >= file.vocab_size) throw new Error(`${label}: pad_token_id ${padId} lies beyond vocab_size ${file.vocab_size}`)
  return {
    family: 'bert',
    architecture: file.architectures?.[0],
    layers: file.num_hidden_layers,
    heads,
    kvHeads: heads,
    width,
    headWidth: width / heads,
    innerWidth: file.intermediate_size,
    vocabulary: file.vocab_size,
    positions: file.max_position_embeddings,
    tokenTypes: file.type_vocab_size,
    causal: false,
    activation: activationOf(file.hidden_act, 'hidden_act', label),
    normEps: file.layer_norm_eps,
    tied: file.tie_word_embeddings ?? true,
    padId,
  }
}

function build(config: ModelConfig, weights: Checkpoint): Encoder {
  const from = new BertWeights(config, weights)
  from.checkLayers()
  const pooler = from.pooler()
  const head = from.head()
  return new Encoder({
    embeddings: from.embeddings(),
    blocks: Array.from({ length: config.layers }, (_, layer) => from.block(layer)),
    ...(pooler && { pooler }),
    ...(head && { head }),
  })
}

/** The names of BERT's weights. A model with a head puts "bert." before those of its body. */
class BertWeights {
  readonly #config: ModelConfig
  readonly #weights: Checkpoint
  readonly #body: string

  constructor(config: ModelConfig, weights: Checkpoint) {
    this.#config = config
    this.#weights = weights
    this.#body = weights.has('bert.embeddings.word_embeddings.weight') ? 'bert.' : ''
  }

  /** Layers that the config does not mention would be left out in silence. */
  checkLayers(): void {
    const layer = new RegExp(`^${this.#body.replace('.', '\\.')}encoder\\.layer\\.(\\d+)\\.`)
    let stored = 0
    for (const name of this.#weights.names) stored = Math.max(stored, Number(layer.exec(name)?.[1] ?? -1) + 1)
    if (stored !== this.#config.layers)
      throw new Error(
        `${this.#weights.label}: holds ${stored} layers, config.json says num_hidden_layers is ${this.#config.layers}`,
      )
  }

  embeddings(): EncoderEmbeddings {
    const { vocabulary, positions, tokenTypes, width } = this.#config
    const table = (name: string, entries: number, meaning: string) =>
      this.#weights.take([`${this.#body}embeddings.${name}.weight`], [entries, width], `${meaning} × hidden_size`)
    return new EncoderEmbeddings({
      words: new Embedding({ weight: table('word_embeddings', vocabulary, 'vocab_size') }),
      positions: table('position_embeddings', positions, 'max_position_embeddings'),
      tokenTypes: new Embedding({ weight: table('token_type_embeddings', tokenTypes, 'type_vocab_size') }),
      norm: this.#norm(`${this.#body}embeddings.LayerNorm`),
    })
  }

  block(layer: number): Block {
    const { heads, activation } = this.#config
    const at = `${this.#body}encoder.layer.${layer}`
    return new Block({
      attention: new MultiHeadAttention({
        query: this.#square(`${at}.attention.self.query`),
        key: this.#square(`${at}.attention.self.key`),
        value: this.#square(`${at}.attention.self.value`),
        output: this.#square(`${at}.attention.output.dense`),
        heads,
      }),
      attentionNorms: new Norms({ after: this.#norm(`${at}.attention.output.LayerNorm`) }),
      feedForward: new FeedForward({
        up: this.#linear(`${at}.intermediate.dense`, ['intermediate_size', 'hidden_size']),
        down: this.#linear(`${at}.output.dense`, ['hidden_size', 'intermediate_size']),
        activation,
      }),
      feedForwardNorms: new Norms({ after: this.#norm(`${at}.output.LayerNorm`) }),
    })
  }

  pooler(): Linear | undefined {
    const name = `${this.#body}pooler.dense`
    return this.#weights.has(`${name}.weight`) ? this.#square(name) : undefined
  }

  /** The score of a word is the product with its embedding, unless the config unties the two. */
  head(): MaskedWordHead | undefined {
    if (!this.#weights.has('cls.predictions.transform.dense.weight')) return undefined
    const { vocabulary, width, activation, tied } = this.#config
    const name = tied ? `${this.#body}embeddings.word_embeddings.weight` : 'cls.predictions.decoder.weight'
    const table = this.#weights.take([name], [vocabulary, width], 'vocab_size × hidden_size')
    const bias = this.#weights.take(['cls.predictions.bias', 'cls.predictions.decoder.bias'], [vocabulary], 'vocab_size')
    return new MaskedWordHead({
      transform: this.#square('cls.predictions.transform.dense'),
      norm: this.#norm('cls.predictions.transform.LayerNorm'),
      decoder: new Linear({ weight: table, bias }),
      activation,
    })
  }

  #square(name: string): Linear {
    return this.#linear(name, ['hidden_size', 'hidden_size'])
  }

  #linear(name: string, [out, into]: readonly [SizeField, SizeField]): Linear {
    const size = (field: SizeField): number => (field === 'hidden_size' ? this.#config.width : this.#config.innerWidth)
    return new Linear({
      weight: this.#weights.take([`${name}.weight`], [size(out), size(into)], `${out} × ${into}`),
      bias: this.#weights.take([`${name}.bias`], [size(out)], out),
    })
  }

  /** The first checkpoints call weight and bias of a norm gamma and beta. */
  #norm(name: string): LayerNorm {
    const take = (now: string, once: string) =>
      this.#weights.take([`${name}.${now}`, `${name}.${once}`], [this.#config.width], 'hidden_size')
    return new LayerNorm({ weight: take('weight', 'gamma'), bias: take('bias', 'beta'), eps: this.#config.normEps })
  }
}

type SizeField = 'hidden_size' | 'intermediate_size'

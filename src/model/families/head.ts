/** From the last hidden state to the score of every word. */

import type { Activation } from '../../backend/index.ts'
import { type Embedding, Linear, Module, type Norm } from '../../nn/index.ts'
import { mul, tanh } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { ModelConfig } from '../config.ts'
import type { Size } from './weights.ts'

/** decoder(norm(activation(transform(x))) · scale), capped as limit · tanh(score / limit); what is absent is left out. */
export class WordHead extends Module {
  /** One more layer before the scores: the heads that guess hidden words have one. */
  readonly transform: Linear | undefined
  readonly activation: Activation
  readonly norm: Norm | undefined
  readonly scale: number
  /** [vocabulary,width] */
  readonly decoder: Linear
  readonly limit: number | undefined

  constructor(parts: {
    transform?: Linear | undefined
    activation?: Activation
    norm?: Norm | undefined
    scale?: number
    decoder: Linear
    limit?: number | undefined
  }) {
    super()
    this.transform = parts.transform
    this.activation = parts.activation ?? 'none'
    this.norm = parts.norm
    this.scale = parts.scale ?? 1
    this.decoder = parts.decoder
    this.limit = parts.limit
  }

  /** [B,L,width] → [B,L,vocabulary] */
  forward(hidden: Tensor): Tensor {
    using s = scope()
    let x = this.transform ? this.transform.forward(hidden, { activation: this.activation }) : hidden
    if (this.norm) x = this.norm.forward(x)
    if (this.scale !== 1) x = mul(x, this.scale)
    const scores = this.decoder.forward(x)
    return s.keep(this.limit === undefined ? scores : mul(tanh(mul(scores, 1 / this.limit)), this.limit))
  }
}

/** How a model that writes scores words. */
export interface CausalHead {
  readonly embedding: Embedding
  /** What the matrix of an untied head is called, with nothing before it. */
  readonly names: readonly string[]
  readonly sizes: readonly [words: Size, width: Size]
  readonly bias?: Tensor | undefined
  readonly scale?: number
  readonly limit?: number | undefined
}

/** Words are scored by their embeddings, or by a matrix of their own; a body saved without its head has none. */
export function causalHead(checkpoint: Checkpoint, config: ModelConfig, head: CausalHead): WordHead | undefined {
  const { embedding, names, sizes, bias, scale = 1, limit } = head
  const isBody =
    !names.some((name) => checkpoint.has(name)) && !/LMHead|CausalLM|Generation|MTModel/.test(config.architecture ?? '')
  if (!config.tied && isBody) return undefined
  const [words, width] = sizes
  const weight = config.tied ? embedding.weight : checkpoint.matrix(names, [words[0], width[0]], `${words[1]} × ${width[1]}`)
  return new WordHead({ decoder: new Linear({ weight, bias }), scale, limit })
}

/** What a family of models brings: how to read its config, and how to put its weights together. */

import type { ScoreOptions } from '../../attention/index.ts'
import type { Looked, Module } from '../../nn/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { ModelConfig } from '../config.ts'

export interface Family {
  /** `model_type` in config.json. */
  readonly name: string
  /** Throws one line that names the field for anything the family does not compute exactly. */
  config(json: unknown, label: string): ModelConfig
  build(config: ModelConfig, weights: Checkpoint): Network
}

export interface NetworkInput {
  /** int32 [B,L] */
  readonly ids: Tensor
  readonly tokenTypes: Tensor
  /** What padding there is: see `attention`. */
  readonly attention: ScoreOptions
}

export interface NetworkOutput {
  /** [B,L,width]: after the embeddings, then after each layer. */
  readonly hidden: readonly Tensor[]
  /** What each layer looked with. */
  readonly looked: readonly Looked[]
}

/** The layers of a model, put together. Methods that a checkpoint has no weights for are absent. */
export interface Network extends Module {
  forward(input: NetworkInput): NetworkOutput
  /** The last hidden state → [B,L,vocabulary] */
  readonly logits?: (hidden: Tensor) => Tensor
  /** The last hidden state → [B,width] */
  readonly pool?: (hidden: Tensor) => Tensor
}

/** What a family of models brings: how to read its config, and how to put its weights together. */

import type { ScoreOptions } from '../../attention/index.ts'
import type { BlockHooks, KeysValues, KeyValueStore, Looked, Module } from '../../nn/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { ModelConfig } from '../config.ts'

export interface Family {
  /** `model_type` in config.json. */
  readonly name: string
  /** Throws one line that names the field for anything the family does not compute exactly. */
  read(json: unknown, label: string): Architecture
}

/** A config.json understood: what the model is, and how its weights make one. */
export interface Architecture {
  readonly config: ModelConfig
  build(weights: Checkpoint): Network
}

/** Texts as a tower reads them: B rows of L numbers each. */
export interface Rows {
  readonly ids: readonly (readonly number[])[]
  readonly tokenTypes?: readonly (readonly number[])[]
  /** Where each token stands, counted from 0: a list for every row, or one for all. */
  readonly places: readonly (readonly number[])[]
}

/** What a tower is told beyond its text. */
export interface TowerPass {
  /** Padding: see `attention`. */
  readonly options?: ScoreOptions
  /** What cross-attention looks at: [B,S,width], or the keys and values that each layer made of it before; and its padding. */
  readonly source?: Tensor | undefined
  readonly projected?: readonly KeysValues[] | undefined
  readonly sourceOptions?: ScoreOptions
  /** Keeps each layer's own keys and values from call to call. */
  readonly stores?: readonly KeyValueStore[]
  /** Keep every hidden state and what each layer looked with; else the last hidden state alone. Default false. */
  readonly watch?: boolean
  /** What is done to it from outside. */
  readonly hooks?: TowerHooks | undefined
}

/** Steps into a tower on its way. */
export interface TowerHooks {
  block(layer: number): BlockHooks | undefined
  /** The stream as it comes to a layer; the last: as it leaves the tower. */
  residual(layer: number, x: Tensor): Tensor
}

export interface TowerOutput {
  /** [B,L,width]: after the embeddings, then after each layer, the last one behind the final norm. */
  readonly hidden: readonly Tensor[]
  /** What each layer looked with, at its own text and at the source. */
  readonly looked: readonly Looked[]
  readonly crossLooked: readonly Looked[]
}

/** Blocks on top of one another, over the embeddings of what they read. */
export interface Tower extends Module {
  /** Do padded places count? 'index': they do; 'real': tokens alone are counted; 'words': tokens whose id is not the padding, from 1. */
  readonly counting: 'index' | 'real' | 'words'
  readonly layers: number
  /** How far back each layer looks, itself included; undefined: to the beginning. */
  readonly windows: readonly (number | undefined)[]
  /** A text of more than `beyond` tokens turns all of its keys otherwise, the first as well: what was kept of a shorter one is of no use then. */
  readonly stretched: { readonly by: string; readonly beyond: number } | undefined
  forward(rows: Rows, pass?: TowerPass): TowerOutput
  /** Keys and values that each layer's cross-attention makes of the source [B,S,width]. */
  project(source: Tensor, hooks?: TowerHooks): readonly KeysValues[]
}

/** The layers of a model, put together. What a checkpoint has no weights for is absent. */
export interface Network extends Module {
  readonly encoder?: Tower | undefined
  readonly decoder?: Tower | undefined
  /** The last hidden state → [B,L,vocabulary] */
  readonly logits?: (hidden: Tensor) => Tensor
  /** The last hidden state → [B,width] */
  readonly pool?: (hidden: Tensor) => Tensor
}

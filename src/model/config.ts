/** What a model is, whatever its family: read from config.json and checked. */

import type { Activation } from '../backend/index.ts'

export interface ModelConfig {
  /** `model_type` of config.json. */
  readonly family: string
  /** What it is made of. An encoder–decoder tells of its encoder here and of its decoder in `decoder`. */
  readonly kind: 'encoder' | 'decoder' | 'encoder-decoder'
  /** The class that saved it (`architectures`), if it says so. */
  readonly architecture: string | undefined
  readonly layers: number
  /** Query heads, and key/value heads that they share. */
  readonly heads: number
  readonly kvHeads: number
  /** Of hidden states, of one head, and inside the feed-forward. */
  readonly width: number
  readonly headWidth: number
  readonly innerWidth: number
  /** How many token ids there are. */
  readonly vocabulary: number
  /** How many tokens it reads at most; Infinity where positions are told by distance alone. */
  readonly positions: number
  /** How many token types (segments) there are. */
  readonly tokenTypes: number
  /** Does a query never see a later key? */
  readonly causal: boolean
  readonly activation: Activation
  readonly normEps: number
  /** Is the matrix that scores words the embedding table? */
  readonly tied: boolean
  /** What fills up the shorter texts of a batch. */
  readonly padId: number
  /** Of an encoder–decoder. */
  readonly decoder?: DecoderConfig
}

/** What the decoder of an encoder–decoder is. */
export interface DecoderConfig {
  readonly layers: number
  readonly heads: number
  readonly innerWidth: number
  /** What it begins to write with. */
  readonly startId: number
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'geluTanh',
  gelu_pytorch_tanh: 'geluTanh',
  relu: 'relu',
  silu: 'silu',
  swish: 'silu',
  tanh: 'tanh',
}

/** The activation that Hugging Face calls `name`; one that Regard does not have is refused, not approximated. */
export function activationOf(name: string, field: string, label: string): Activation {
  const found = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined
  if (!found)
    throw new Error(`${label}: ${field}: ${JSON.stringify(name)} is not supported; ${Object.keys(ACTIVATIONS).join(', ')} are`)
  return found
}

/** What can be looked at: a `Run`, and a `Trace`, which may come from a file. Analyses take this, so that they work on both. */

import type { AttentionKind, AttentionView, ModelConfig, ModelInput, Token } from '../model/index.ts'
import type { Tensor } from '../tensor/index.ts'

/** One head's attention matrix, or the mean of several; rows are queries, columns are keys. Computed when it is asked for. */
export type WeightsView = Pick<AttentionView, 'rows' | 'cols' | 'row' | 'cell' | 'tile' | 'all'>

export interface Reading {
  /** The text that was read (the first of a batch); undefined for a reading of ids. */
  readonly text: string | undefined
  /** How many texts were read together. */
  readonly batch: number
  readonly config: ModelConfig
  /** The tokens of the text (the first of a batch). */
  readonly tokens: readonly Token[]
  tokensOf(batch: number, options?: { kind?: 'encoder' | 'decoder' }): readonly Token[]
  /** What the offsets of those tokens count in, as far as it is known. */
  textOf(batch: number, options?: { kind?: 'encoder' | 'decoder' }): string | undefined
  /** Who looks at whom in one head of one layer, or in the mean of its heads. `kind`: for encoder–decoders; default their encoder. */
  attention(layer: number, head: number | 'mean', options?: { kind?: AttentionKind; batch?: number }): WeightsView
  /** [B,L,width]. 0: after the embeddings; n: after layer n − 1; −1: the last, behind the final norm. Belongs to the reading. */
  hidden(layer: number, options?: { kind?: 'encoder' | 'decoder' }): Tensor
  /** [B,L,vocabulary], of a model that scores words. */
  readonly logits: Tensor | undefined
  dispose(): void
}

/** What was read, to be read again: one text, with what was written in answer to it. */
export function inputOf(reading: Pick<Reading, 'text' | 'config' | 'tokensOf'>): ModelInput {
  const idsOf = (kind: 'encoder' | 'decoder') => reading.tokensOf(0, { kind }).map(({ id }) => id)
  const { text, config } = reading
  if (config.kind !== 'encoder-decoder') return text ?? idsOf(config.kind)
  const written = idsOf('decoder')
  return text === undefined ? { inputIds: [idsOf('encoder')], decoderInputIds: [written] } : { text, target: written.slice(1) }
}

/** What a trace is made of, whether it comes from a run or from a file. */

import type { AttentionKind, Edit, ModelConfig, Token } from '../../model/index.ts'
import type { Half } from '../../model/kinds.ts'
import type { Looked } from '../../nn/index.ts'
import type { Tensor } from '../../tensor/index.ts'

export type { Half } from '../../model/kinds.ts'

export const KINDS: readonly AttentionKind[] = ['encoder', 'decoder', 'cross']

export interface TraceParts {
  readonly text: string | undefined
  /** What an encoder–decoder wrote. */
  readonly written: string | undefined
  readonly config: ModelConfig
  /** What was done to the model. */
  readonly edits: readonly Edit[]
  /** Of every text of the batch. */
  readonly tokens: { readonly [half in Half]?: readonly (readonly Token[])[] }
  /** What each layer looked with. */
  readonly looked: { readonly [kind in AttentionKind]?: readonly Looked[] }
  /** By the names that files use: `encoder.hidden.0`, `cross.3.head`. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** Made when first asked for. */
  logits(): Tensor | undefined
  release(): void
}

export const hiddenName = (half: Half, layer: number): string => `${half}.hidden.${layer}`

/** `attention` and `feedForward`: what is added to the stream; `head`: what each head gives. */
export const madeName = (kind: AttentionKind, layer: number, what: 'head' | 'attention' | 'feedForward'): string =>
  `${kind}.${layer}.${what}`

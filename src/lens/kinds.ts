/** Which attention an analysis looks at: its own tokens at themselves, or those that are written at those that were read. */

import type { AttentionKind, ModelConfig, Token } from '../model/index.ts'
import { extentOf, type Half, kindOf, sidesOf } from '../model/kinds.ts'
import type { Reading } from './reading.ts'

export type { Half } from '../model/kinds.ts'

export interface KindOption {
  /**
   * Of an encoder–decoder: 'encoder', the tokens that are read at themselves (the default, as everywhere); 'decoder', those that are written at
   * themselves; 'cross', those that are written (rows) at those that are read (columns). Other models have one kind.
   */
  readonly kind?: AttentionKind | undefined
}

/** One attention of a model. */
export interface Sight {
  readonly kind: AttentionKind
  /** Whose tokens look, and whose are looked at. */
  readonly rows: Half
  readonly columns: Half
  /** Are these the same tokens? */
  readonly square: boolean
  readonly layers: number
  readonly heads: number
  /** Does a query never see a later key? */
  readonly causal: boolean
}

/** Throws one line that starts with `operation` for a kind that the model does not have. */
export function sightOf(operation: string, { config }: { readonly config: ModelConfig }, asked: AttentionKind | undefined): Sight {
  const kind = kindOf(config, asked, operation)
  const sides = sidesOf(kind)
  const causal = kind === 'decoder' || (kind === 'encoder' && config.causal)
  return { kind, ...sides, square: sides.rows === sides.columns, ...extentOf(config, kind), causal }
}

/** The tokens of one half, with the text that their offsets count in. */
export interface SideText {
  readonly tokens: readonly Token[]
  readonly text: string | undefined
}

export function sideOf(reading: Pick<Reading, 'tokensOf' | 'textOf'>, batch: number, half: Half): SideText {
  return { tokens: reading.tokensOf(batch, { kind: half }), text: reading.textOf(batch, { kind: half }) }
}

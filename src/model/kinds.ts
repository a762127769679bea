/** The attentions that a model has: whose tokens look, and whose are looked at. */

import type { ModelConfig } from './config.ts'
import type { AttentionKind } from './run.ts'

export type Half = 'encoder' | 'decoder'

/** All that there are; the first is meant where nobody says: of an encoder–decoder, the half that reads. */
export function kindsOf({ kind }: Pick<ModelConfig, 'kind'>): readonly [AttentionKind, ...AttentionKind[]] {
  return kind === 'encoder-decoder' ? ['encoder', 'decoder', 'cross'] : [kind]
}

/** The kind that is meant. Throws one line that starts with `name` and lists what the model has. */
export function kindOf(config: Pick<ModelConfig, 'kind' | 'family'>, kind: AttentionKind | undefined, name: string): AttentionKind {
  const kinds = kindsOf(config)
  if (kind === undefined) return kinds[0]
  if (kinds.includes(kind)) return kind
  throw new RangeError(`${name}: ${config.family} has no kind ${JSON.stringify(kind)}; it has ${kinds.join(', ')}`)
}

/** How many layers there are of a kind, and heads in each. */
export function extentOf(config: ModelConfig, kind: AttentionKind): { readonly layers: number; readonly heads: number } {
  const { layers, heads } = kind === 'encoder' ? config : (config.decoder ?? config)
  return { layers, heads }
}

/** Rows are the tokens that look, columns those that are looked at. */
export function sidesOf(kind: AttentionKind): { readonly rows: Half; readonly columns: Half } {
  return { rows: kind === 'encoder' ? 'encoder' : 'decoder', columns: kind === 'decoder' ? 'decoder' : 'encoder' }
}

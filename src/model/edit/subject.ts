/** What edits are bound to: a model about to read or write a text. */

import type { Tensor } from '../../tensor/index.ts'
import type { ModelConfig } from '../config.ts'
import type { Network, Tower } from '../families/family.ts'
import { rowsOf } from '../forward.ts'
import type { ModelInput, Prepared, Side } from '../input.ts'
import { extentOf, type Half, kindOf, sidesOf } from '../kinds.ts'
import type { Recording } from '../recording.ts'
import type { AttentionKind } from '../run.ts'
import type { Activations } from './activations.ts'
import type { CutExtent } from './cuts.ts'
import type { Where } from './edit.ts'
import { counted, type Extent } from './heads.ts'
import { type Place, spanOf } from './where.ts'

export interface SubjectParts {
  readonly config: ModelConfig
  readonly network: Network
  readonly prepared: Prepared
  /** How many tokens may be written behind the text. 0: it is read. */
  readonly room: number
  /** Reads without edits; without an input: the same text. */
  read(input?: ModelInput): Promise<Recording>
}

export class Subject {
  readonly config: ModelConfig
  readonly network: Network
  readonly batch: number
  readonly room: number
  readonly read: SubjectParts['read']
  /** A tensor where the model is computed. */
  readonly near: Tensor
  readonly #prepared: Prepared

  constructor({ config, network, prepared, room, read }: SubjectParts) {
    this.config = config
    this.network = network
    this.batch = prepared.ids.length
    this.room = room
    this.read = read
    this.near = network.parameters().next().value![1]
    this.#prepared = room > 0 ? written(prepared, network) : prepared
  }

  get dtype(): 'float32' | 'float64' {
    return this.near.dtype === 'float64' ? 'float64' : 'float32'
  }

  /** The kind that is meant, or the one meant where nothing is said. */
  kindOf(kind: AttentionKind | undefined, name: string): AttentionKind {
    return kindOf(this.config, kind, name)
  }

  /** How many layers and heads there are of a kind. */
  extent(kind: AttentionKind): Extent {
    return extentOf(this.config, kind)
  }

  /** Whose tokens look, and whose are looked at. */
  sides(kind: AttentionKind): { rows: Half; columns: Half } {
    return sidesOf(kind)
  }

  cutExtent(kind: AttentionKind): CutExtent {
    const { rows, columns } = this.sides(kind)
    return { batch: this.batch, heads: this.extent(kind).heads, rows: this.reach(rows), columns: this.reach(columns) }
  }

  side(half: Half): Side {
    return (half === 'decoder' && this.#prepared.decoder) || this.#prepared
  }

  tower(half: Half): Tower {
    return this.network[half]!
  }

  /** How many tokens a half may come to have. */
  reach(half: Half): number {
    return this.side(half).length + (half === 'decoder' ? this.room : 0)
  }

  /** The texts an edit is for. */
  texts(batch: number | undefined, name: string): number[] {
    if (batch === undefined) return counted(this.batch)
    if (batch >= this.batch)
      throw new RangeError(
        `${name}: text ${batch} does not exist, there ${this.batch === 1 ? 'is 1' : `are ${this.batch}`} (counted from 0)`,
      )
    return [batch]
  }

  place(half: Half, b: number): Place {
    const { tokens, texts } = this.side(half)
    return { tokens: tokens[b]!, text: texts?.[b], reach: this.reach(half) }
  }

  span(where: Where, half: Half, b: number, name: string): readonly [number, number] {
    return spanOf(where, this.place(half, b), name)
  }

  /** Where the tokens stand by themselves, as far as they may come to reach: a list for every text. */
  standing(half: Half): number[][] {
    const side = this.side(half)
    const { places } = rowsOf(side, this.tower(half).counting, this.config.padId)
    return counted(this.batch).map((b) => {
      const row = places[places.length === 1 ? 0 : b]!
      return counted(this.reach(half)).map((n) => row[n] ?? n)
    })
  }
}

/** Texts to be continued are written without their padding: each token counts from the first real one. */
function written(prepared: Prepared, network: Network): Prepared {
  if (!network.decoder) return prepared
  const side = prepared.decoder ?? prepared
  const real = side.real.map((row) => row.flatMap((one, n) => (one === 1 ? [n] : [])))
  const length = Math.max(...real.map((row) => row.length))
  const pick = <T>(rows: readonly (readonly T[])[]): T[][] =>
    rows.map((row, b) => counted(length).map((n) => row[real[b]![n] ?? row.length - 1]!))
  const stripped: Side = {
    length,
    ids: pick(side.ids),
    tokenTypes: pick(side.tokenTypes),
    real: real.map((row) => counted(length).map((n) => (n < row.length ? 1 : 0))),
    tokens: pick(side.tokens),
    ...(side.texts && { texts: side.texts }),
  }
  return prepared.decoder ? { ...prepared, decoder: stripped } : { ...prepared, ...stripped }
}

/** Those of one text or of as many as are read here. */
export function checkTexts(source: Activations, batch: number, name: string): void {
  if (source.batch !== 1 && source.batch !== batch)
    throw new RangeError(`${name}: what it takes from has ${source.batch} texts, here are ${batch}; give one text, or as many`)
}

/** What a token is when it comes in: its word, and where it stands. */

import { positions } from '../../attention/index.ts'
import { Embedding, type Linear, Module, type Norm } from '../../nn/index.ts'
import { add, mul, tensor } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Rows } from './family.ts'

/** A learned vector for each place. */
export class LearnedPlaces extends Module {
  /** [entries,width] */
  readonly weight: Tensor
  /** The entry of place 0. */
  readonly first: number

  constructor({ weight, first = 0 }: { weight: Tensor; first?: number }) {
    super()
    this.weight = weight
    this.first = first
  }

  /** → [1 or B,L,width] */
  forward({ places }: Rows, near: Tensor): Tensor {
    using s = scope()
    const at = places.map((row) => row.map((place) => place + this.first))
    return s.keep(new Embedding({ weight: this.weight }).forward(integers(at, near)))
  }
}

/** Sines of all angles, then their cosines (Marian): place p, channel k of each half: p / 10000^(2k/width). */
export class SinePlaces extends Module {
  readonly width: number

  constructor({ width }: { width: number }) {
    super()
    this.width = width
  }

  /** → [1 or B,L,width] */
  forward({ places }: Rows, near: Tensor): Tensor {
    const { width } = this
    const { inverse } = positions.ropeFrequencies(width, 10000)
    const data = places.flatMap((row) =>
      row.flatMap((place) => [...inverse.map((x) => Math.sin(place * x)), ...inverse.map((x) => Math.cos(place * x))]),
    )
    const dtype = near.dtype === 'float64' ? 'float64' : 'float32'
    return tensor(Float64Array.from(data), [places.length, places[0]!.length, width], { dtype, near })
  }
}

/** norm(project(words · scale) + token types + places): what is absent is left out. */
export class Embeddings extends Module {
  readonly words: Embedding
  readonly scale: number
  readonly project: Linear | undefined
  readonly tokenTypes: Embedding | undefined
  readonly places: LearnedPlaces | SinePlaces | undefined
  readonly norm: Norm | undefined

  constructor(parts: {
    words: Embedding
    scale?: number
    project?: Linear | undefined
    tokenTypes?: Embedding | undefined
    places?: LearnedPlaces | SinePlaces | undefined
    norm?: Norm | undefined
  }) {
    super()
    this.words = parts.words
    this.scale = parts.scale ?? 1
    this.project = parts.project
    this.tokenTypes = parts.tokenTypes
    this.places = parts.places
    this.norm = parts.norm
  }

  /** → [B,L,width] */
  forward(rows: Rows): Tensor {
    using s = scope()
    const { words, tokenTypes, places } = this.parts(rows)
    const typed = tokenTypes ? add(words, tokenTypes) : words
    const placed = places ? add(typed, places) : typed
    return s.keep(this.norm ? this.norm.forward(placed) : placed)
  }

  /** What is added up: the words, scaled and projected, their types, and their places [1 or B,L,width]. The caller owns them. */
  parts(rows: Rows): { words: Tensor; tokenTypes: Tensor | undefined; places: Tensor | undefined } {
    using s = scope()
    const near = this.words.weight
    let words = this.words.forward(integers(rows.ids, near))
    if (this.scale !== 1) words = mul(words, this.scale)
    if (this.project) words = this.project.forward(words)
    const types = (): Tensor => integers(rows.tokenTypes ?? rows.ids.map((row) => row.map(() => 0)), near)
    const tokenTypes = this.tokenTypes?.forward(types())
    const places = this.places?.forward(rows, near)
    for (const part of [words, tokenTypes, places]) if (part) s.keep(part)
    return { words, tokenTypes, places }
  }
}

function integers(rows: readonly (readonly number[])[], near: Tensor): Tensor {
  return tensor(Int32Array.from(rows.flat()), [rows.length, rows[0]!.length], { near })
}

/** What is done to a score before the softmax: an expression of (s, b, h, i, j). */

import '../tensor/disposable.ts'
import { type Expr, print } from '../expression/index.ts'
import type { Table } from './table.ts'
import type { Tables } from './traced.ts'

/** Things that a score can only know at the call: how many heads there are, say. */
export interface CallShape {
  readonly heads: number
  readonly queries: number
  readonly keys: number
  /** The greatest |i − j|, or more. */
  readonly reach: number
}

export interface ScoreParts {
  readonly expr: Expr
  readonly tables: Tables
}

const NONE: ReadonlySet<Table> = new Set()

export class Score {
  /** How it was made, for people: `alibi()`. */
  readonly name: string
  readonly #parts: ScoreParts | ((shape: CallShape) => ScoreParts)
  readonly #used = new Set<Table>()

  constructor(name: string, parts: { expr: Expr; tables?: Tables } | ((shape: CallShape) => ScoreParts)) {
    this.name = name
    this.#parts = typeof parts === 'function' ? parts : { tables: NONE, ...parts }
  }

  /** Its expression for a call of this shape. Throws where the two do not fit. */
  resolve(shape: CallShape): ScoreParts {
    const parts = typeof this.#parts === 'function' ? this.#parts(shape) : this.#parts
    for (const table of parts.tables) this.#used.add(table)
    return parts
  }

  /** Gives back what engines hold of its tables. It can still be used. */
  dispose(): void {
    for (const table of this.#used) table.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  toString(): string {
    return typeof this.#parts === 'function' ? this.name : `${this.name}: ${print(this.#parts.expr)}`
  }
}

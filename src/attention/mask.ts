/** A mask: which keys a query may see, as a band (bounds per row, which kernels handle without looking at cells) and an expression. */

import '../tensor/disposable.ts'
import { build, type Expr, print, simplify } from '../expression/index.ts'
import { type Band, bandOf, intersect, OPEN } from './band.ts'
import { drawMask, type MaskPicture } from './picture.ts'
import type { Table } from './table.ts'
import type { Tables } from './traced.ts'

/** How many positions a mask knows: it was made from a list that has an entry for each. */
export interface Extent {
  readonly what: string
  readonly queries: number
  readonly keys: number
}

interface MaskParts {
  readonly band?: Band
  /** Beyond the band; undefined: nothing. Lookups carry table ids. */
  readonly rest?: Expr | undefined
  readonly tables?: Tables
  readonly extents?: readonly Extent[]
}

const NONE: ReadonlySet<Table> = new Set()

export class Mask {
  /** How it was made, for people: `causal()`. */
  readonly name: string
  readonly band: Band
  readonly rest: Expr | undefined
  readonly tables: Tables
  readonly extents: readonly Extent[]

  constructor(name: string, { band = OPEN, rest, tables = NONE, extents = [] }: MaskParts) {
    this.name = name
    this.band = band
    this.rest = rest
    this.tables = tables
    this.extents = extents
  }

  /** A mask from its whole expression: bounds on i − j, and on j, become its band. */
  static of(name: string, expr: Expr, tables: Tables = NONE, extents: readonly Extent[] = []): Mask {
    return new Mask(name, { ...bandOf(simplify(expr)), tables, extents })
  }

  /** The whole of it as one expression of (b, h, i, j). */
  get expr(): Expr {
    const { left, right, keys } = this.band
    const { i, j } = build
    const bounds: Expr[] = []
    if (left !== Number.POSITIVE_INFINITY) bounds.push(build.compare('ge', j, build.add(i, build.constant(-left))))
    if (right !== Number.POSITIVE_INFINITY) bounds.push(build.compare('le', j, build.add(i, build.constant(right))))
    if (keys !== Number.POSITIVE_INFINITY) bounds.push(build.compare('lt', j, build.constant(keys)))
    if (this.rest) bounds.push(this.rest)
    return simplify(bounds.length === 0 ? build.truth(true) : bounds.reduce(build.both))
  }

  and(...others: readonly Mask[]): Mask {
    return others.reduce<Mask>((a, b) => {
      const rest = a.rest && b.rest ? simplify(build.both(a.rest, b.rest)) : (a.rest ?? b.rest)
      return new Mask(`and(${a.name}, ${b.name})`, { band: intersect(a.band, b.band), rest, ...joined(a, b) })
    }, this)
  }

  or(...others: readonly Mask[]): Mask {
    return others.reduce<Mask>((a, b) => {
      const { tables, extents } = joined(a, b)
      return Mask.of(`or(${a.name}, ${b.name})`, build.either(a.expr, b.expr), tables, extents)
    }, this)
  }

  not(): Mask {
    return Mask.of(`not(${this.name})`, build.negate(this.expr), this.tables, this.extents)
  }

  /**
   * Draws which of the first S keys the first L queries may see: every cell where that fits, else block by block, with the share of
   * links allowed. `offset` is where query 0 stands. One head of one batch entry (default 0 and 0).
   */
  describe(L: number, S: number = L, options: MaskPicture = {}): string {
    return drawMask(this, L, S, options)
  }

  /** Gives back what engines hold of its tables. It can still be used. */
  dispose(): void {
    for (const table of this.tables) table.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  toString(): string {
    return `${this.name}: ${print(this.expr)}`
  }
}

function joined(a: Mask, b: Mask): { tables: Tables; extents: readonly Extent[] } {
  return { tables: new Set([...a.tables, ...b.tables]), extents: [...a.extents, ...b.extents] }
}

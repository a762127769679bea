/** Cut links as one mask: the same small program for every set of links, whose numbers are in tables. */

import { type Mask, masks, type Table, table } from '../../attention/index.ts'

export interface Cut {
  /** Of one text of the batch; undefined: of each. */
  readonly batch: number | undefined
  readonly heads: readonly number[]
  /** From a row to the columns that it loses. */
  readonly columns: ReadonlyMap<number, ReadonlySet<number>>
}

export interface CutExtent {
  readonly batch: number
  readonly heads: number
  readonly rows: number
  readonly columns: number
}

/** A mask, and what it holds in the engine. */
export interface CutMask {
  readonly mask: Mask
  readonly byText: boolean
  readonly tables: readonly Table[]
}

/**
 * Rows that lose the same columns are of one kind: may(b, h, i, j) = allowed[kind[b, h, i], j]. It takes B·H·L numbers and a row of S for
 * each kind, never L × S for each head.
 */
export function cutMask(cuts: readonly Cut[], extent: CutExtent): CutMask {
  const byText = cuts.some(({ batch }) => batch !== undefined)
  const texts = byText ? extent.batch : 1
  const numbers = new Map<ReadonlySet<number>, number>()
  const kinds = new Map<string, number>([['', 0]])
  const allowed: Uint8Array[] = [new Uint8Array(extent.columns).fill(1)]
  const kindOf = new Float64Array(texts * extent.heads * extent.rows)
  for (let b = 0; b < texts; b++)
    for (let h = 0; h < extent.heads; h++) {
      const here = cuts.filter((cut) => (cut.batch ?? b) === b && cut.heads.includes(h))
      for (let i = 0; i < extent.rows; i++) {
        const lost = here.flatMap(({ columns }) => columns.get(i) ?? [])
        const key = lost.map((set) => numbers.get(set) ?? numbers.set(set, numbers.size).size - 1).join()
        if (!kinds.has(key)) kinds.set(key, allowed.push(without(lost, extent.columns)) - 1)
        kindOf[(b * extent.heads + h) * extent.rows + i] = kinds.get(key)!
      }
    }
  const kind = table(kindOf, [texts, extent.heads, extent.rows])
  const may = table(Uint8Array.from(allowed.flatMap((row) => [...row])), [allowed.length, extent.columns])
  const mask = masks.from((b, h, i, j) => may.at(kind.at(b, h, i), j), 'cut links')
  return { mask, byText, tables: [kind, may] }
}

function without(lost: readonly ReadonlySet<number>[], columns: number): Uint8Array {
  const flags = new Uint8Array(columns).fill(1)
  for (const set of lost) for (const j of set) flags[j] = 0
  return flags
}

/** Every row of one span loses every column of another. */
export function rectangle([r0, r1]: readonly [number, number], [c0, c1]: readonly [number, number]): Cut['columns'] {
  const columns = new Set(Array.from({ length: c1 - c0 + 1 }, (_, n) => c0 + n))
  return new Map(Array.from({ length: r1 - r0 + 1 }, (_, n) => [r0 + n, columns]))
}

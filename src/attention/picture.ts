/** Masks as text. */

import { type Coverage, classifier, compile, reads, renameTables, type TableData, tableBounds } from '../expression/index.ts'
import type { Mask } from './mask.ts'

export interface MaskPicture {
  /** Where query 0 stands. Default 0. */
  readonly offset?: number
  readonly batch?: number
  readonly head?: number
  /** Cells along a side of a block. Default: 1 where L ≤ 64 and S ≤ 128, else what fits 64 columns. */
  readonly block?: number
}

const MARK: Record<Coverage, string> = { empty: '·', partial: '▒', full: '█' }

/** The picture that `mask.describe` gives. */
export function drawMask(mask: Mask, L: number, S: number, options: MaskPicture): string {
  const { offset = 0, batch = 0, head = 0 } = options
  for (const [name, n] of Object.entries({ L, S }))
    if (!Number.isInteger(n) || n < 0) throw new RangeError(`mask.describe: ${name} must be an integer ≥ 0, got ${n}`)
  const block = options.block ?? (L <= 64 && S <= 128 ? 1 : Math.ceil(Math.max(S / 64, L / 64)))
  if (!Number.isInteger(block) || block < 1) throw new RangeError(`mask.describe: block must be an integer ≥ 1, got ${block}`)
  const reader = readerOf(mask, batch, head)
  const lines: string[] = []
  const count = { links: 0, empty: 0, partial: 0, full: 0 }
  for (let r = 0; r < L; r += block) {
    let line = ''
    for (let c = 0; c < S; c += block) {
      const rows = [r + offset, Math.min(r + block, L) - 1 + offset] as const
      const cols = [c, Math.min(c + block, S) - 1] as const
      const { coverage, links } = reader(rows, cols)
      count.links += links
      count[coverage]++
      line += MARK[coverage]
    }
    lines.push(line)
  }
  return [title(mask, L, S, block, count), ...lines].join('\n')
}

function title(mask: Mask, L: number, S: number, block: number, count: Record<Coverage | 'links', number>): string {
  const cells = L * S
  const share = cells === 0 ? 0 : (100 * count.links) / cells
  const links = `${count.links} of ${cells} links (${share.toFixed(share < 10 ? 1 : 0)} %)`
  if (block === 1) return `${mask.name}, ${L} queries × ${S} keys: ${links}`
  return `${mask.name}, ${L} queries × ${S} keys: ${links}; blocks of ${block}: ${count.full} full █, ${count.partial} partial ▒, ${count.empty} skipped ·`
}

type Range = readonly [number, number]

/** Tiles of at most this many cells are counted one by one. */
const FEW = 64

/** → what a tile holds: told from the tile's bounds where those decide, else from its quarters, at last cell by cell. */
function readerOf(mask: Mask, b: number, h: number): (i: Range, j: Range) => { coverage: Coverage; links: number } {
  const { expr, tables } = numbered(mask)
  const classify = classifier(expr, tableBounds(tables))
  const allows = compile(expr, tables)
  const count = (i: Range, j: Range): number => {
    const cells = (i[1] - i[0] + 1) * (j[1] - j[0] + 1)
    const bound = classify({ b, h, i, j })
    if (bound !== 'partial') return bound === 'full' ? cells : 0
    let links = 0
    if (cells > FEW) for (const rows of halves(i)) for (const columns of halves(j)) links += count(rows, columns)
    else
      for (let row = i[0]; row <= i[1]; row++)
        for (let column = j[0]; column <= j[1]; column++) links += allows(0, b, h, row, column)
    return links
  }
  return (i, j) => {
    const links = count(i, j)
    const cells = (i[1] - i[0] + 1) * (j[1] - j[0] + 1)
    return { coverage: links === 0 ? 'empty' : links === cells ? 'full' : 'partial', links }
  }
}

function halves([first, last]: Range): Range[] {
  if (first === last) return [[first, last]]
  const middle = Math.floor((first + last) / 2)
  return [
    [first, middle],
    [middle + 1, last],
  ]
}

function numbered(mask: Mask): { expr: ReturnType<typeof renameTables>; tables: TableData[] } {
  const used = reads(mask.expr).tables
  const list = [...mask.tables].filter((table) => used.has(table.id))
  const tables = list.map((table) => {
    if (!table.numbers)
      throw new TypeError(
        `mask.describe: ${mask.name} looks up a tensor, whose numbers are in the engine; make the table from an array`,
      )
    return table.numbers
  })
  return { expr: renameTables(mask.expr, (id) => list.findIndex((table) => table.id === id)), tables }
}

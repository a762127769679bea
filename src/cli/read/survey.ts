/** What a whole matrix says, gathered strip by strip: never n×n at once. */

import type { Tiles } from '../../lens/index.ts'

/** n tokens as m cells of at most `per` each. */
export interface Extent {
  readonly n: number
  readonly m: number
  readonly per: number
}

export interface Survey {
  readonly rows: Extent
  readonly columns: Extent
  /** [rows.m, columns.m], each the largest of the weights that it holds. */
  readonly cells: Float32Array
  readonly least: number
  readonly most: number
  /** For every row the column it looks at most, and how much. */
  readonly tops: readonly { readonly column: number; readonly weight: number }[]
  /** The strongest look of a word at another word; across two texts, of any token at a word. */
  readonly link: { readonly row: number; readonly column: number; readonly weight: number } | undefined
}

/** Rows held at a time. */
const STRIP = 64

/** For each token the number of its word; undefined where it has none. */
type Numbers = readonly (number | undefined)[]

/** Walks the matrix once. `words`: those that look and those looked at; without rows of their own these are the same. */
export async function survey(
  looks: Tiles,
  words: { readonly rows?: Numbers | undefined; readonly columns: Numbers },
  per: { readonly rows: number; readonly columns: number },
): Promise<Survey> {
  const rows = extent((words.rows ?? words.columns).length, per.rows)
  const columns = extent(words.columns.length, per.columns)
  const { n } = columns
  const apart = words.rows ? (_: number, column: number) => words.columns[column] !== undefined : otherWord(words.columns)
  const cells = new Float32Array(rows.m * columns.m)
  const tops: { column: number; weight: number }[] = []
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  let link: { row: number; column: number; weight: number } | undefined
  for (let first = 0; first < rows.n; first += STRIP) {
    const last = Math.min(rows.n, first + STRIP)
    const tile = await looks.tile(first, last, 0, n)
    for (let row = first; row < last; row++) {
      const top = { column: 0, weight: -1 }
      for (let column = 0; column < n; column++) {
        const weight = tile[(row - first) * n + column]!
        const cell = Math.floor(row / per.rows) * columns.m + Math.floor(column / per.columns)
        cells[cell] = Math.max(cells[cell]!, weight)
        least = Math.min(least, weight)
        most = Math.max(most, weight)
        if (weight > top.weight) Object.assign(top, { column, weight })
        if (apart(row, column) && weight > (link?.weight ?? 0)) link = { row, column, weight }
      }
      tops.push(top)
    }
  }
  return { rows, columns, cells, least, most, tops, link }
}

const extent = (n: number, per: number): Extent => ({ n, m: Math.ceil(n / per), per })

const otherWord =
  (words: Numbers) =>
  (row: number, column: number): boolean =>
    words[row] !== undefined && words[column] !== undefined && words[row] !== words[column]

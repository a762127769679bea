/** What a whole matrix says, gathered strip by strip: never n×n at once. */

import type { Tiles } from '../../lens/index.ts'

export interface Survey {
  /** The text has n tokens; the picture has m×m cells, each the largest of per×per weights. */
  readonly n: number
  readonly m: number
  readonly per: number
  readonly cells: Float32Array
  readonly least: number
  readonly most: number
  /** For every row the column it looks at most, and how much. */
  readonly tops: readonly { readonly column: number; readonly weight: number }[]
  /** The strongest look of a word at another word. */
  readonly link: { readonly row: number; readonly column: number; readonly weight: number } | undefined
}

/** Rows held at a time. */
const STRIP = 64

/** Walks the matrix once. `words` numbers each token's word, undefined where it has none. */
export async function survey(looks: Tiles, words: readonly (number | undefined)[], per: number): Promise<Survey> {
  const n = words.length
  const m = Math.ceil(n / per)
  const cells = new Float32Array(m * m)
  const tops: { column: number; weight: number }[] = []
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  let link: { row: number; column: number; weight: number } | undefined
  for (let first = 0; first < n; first += STRIP) {
    const last = Math.min(n, first + STRIP)
    const tile = await looks.tile(first, last, 0, n)
    for (let row = first; row < last; row++) {
      const top = { column: 0, weight: -1 }
      for (let column = 0; column < n; column++) {
        const weight = tile[(row - first) * n + column]!
        const cell = Math.floor(row / per) * m + Math.floor(column / per)
        cells[cell] = Math.max(cells[cell]!, weight)
        least = Math.min(least, weight)
        most = Math.max(most, weight)
        if (weight > top.weight) Object.assign(top, { column, weight })
        if (otherWord(words, row, column) && weight > (link?.weight ?? 0)) link = { row, column, weight }
      }
      tops.push(top)
    }
  }
  return { n, m, per, cells, least, most, tops, link }
}

function otherWord(words: readonly (number | undefined)[], row: number, column: number): boolean {
  return words[row] !== undefined && words[column] !== undefined && words[row] !== words[column]
}

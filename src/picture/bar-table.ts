/** Rows with a label and bars: what looked, what mattered, what was to be expected. */

import type { Rgb } from './colour.ts'
import { type Captioned, cut, framed, widest } from './frame.ts'
import { widthIn } from './letters.ts'
import { box, line, type Mark, type Picture, text } from './picture.ts'
import { HAIRLINE, INK, LOOKED, MATTERED, SOFT } from './scale.ts'

export interface BarTable extends Captioned {
  /** What the rows are. */
  readonly rowTitle: string
  readonly columns: readonly BarColumn[]
  readonly rows: readonly BarRow[]
}

export interface BarColumn {
  readonly title: string
  /** looked: indigo. mattered: amber. plain: neither. */
  readonly colour: 'looked' | 'mattered' | 'plain'
  /** The value of a full bar; without it, the largest of the column. */
  readonly full?: number | undefined
}

export interface BarRow {
  readonly label: string
  /** Shown softly: a special token. */
  readonly soft?: boolean | undefined
  /** One for each column; undefined where there is nothing to show. */
  readonly cells: readonly (BarCell | undefined)[]
}

export interface BarCell {
  readonly value: number
  /** What stands beside the bar. */
  readonly says: string
  /** A tick on the bar, to compare it with. */
  readonly against?: number | undefined
}

const COLOURS: Record<BarColumn['colour'], Rgb> = { looked: LOOKED, mattered: MATTERED, plain: SOFT }
const LABEL = 12
const LINE = 22
const LONGEST = 220
const BAR = 170
const GAP = 22

export function barTable(table: BarTable): Picture {
  const left =
    Math.max(
      Math.min(
        LONGEST,
        widest(
          table.rows.map(({ label }) => label),
          LABEL,
        ),
      ),
      widthIn(table.rowTitle, LABEL),
    ) + 14
  const marks: Mark[] = [text(0, LABEL, table.rowTitle, { colour: SOFT })]
  for (const [n, row] of table.rows.entries())
    marks.push(text(0, baseline(n), cut(row.label, LONGEST, LABEL), { colour: row.soft ? SOFT : INK }))
  let x = left
  for (const [n, column] of table.columns.entries()) {
    const figures = widest(
      table.rows.map(({ cells }) => cells[n]?.says ?? ''),
      LABEL,
    )
    marks.push(text(x, LABEL, column.title, { colour: column.colour === 'plain' ? SOFT : COLOURS[column.colour] }))
    marks.push(...bars(table, n, x, figures))
    x += Math.max(figures + 8 + BAR, widthIn(column.title, LABEL)) + GAP
  }
  const height = LINE * (table.rows.length + 1)
  return framed(table, {
    width: x - GAP,
    height,
    marks: [
      ...marks,
      line(
        [
          [0, LINE - 3],
          [x - GAP, LINE - 3],
        ],
        HAIRLINE,
      ),
    ],
  })
}

const baseline = (row: number): number => LINE * (row + 1) + LABEL + 2

/** The figure, then the bar. Below nothing a bar is hollow. */
function bars({ rows, columns }: BarTable, at: number, x: number, figures: number): Mark[] {
  const { colour, full } = columns[at]!
  const values = rows.flatMap(({ cells }) => (cells[at] ? [Math.abs(cells[at].value), cells[at].against ?? 0] : []))
  const most = full ?? Math.max(...values, Number.MIN_VALUE)
  const from = x + figures + 8
  const place = (value: number): number => from + BAR * Math.min(1, Math.abs(value) / most)
  return rows.flatMap(({ cells }, row) => {
    const cell = cells[at]
    if (!cell) return []
    const [top, y] = [LINE * (row + 1) + 3, baseline(row)]
    const length = place(cell.value) - from
    return [
      text(x + figures, y, cell.says, { colour: INK, anchor: 'end' }),
      cell.value < 0
        ? line(
            [
              [from, top],
              [from + length, top],
              [from + length, top + 13],
              [from, top + 13],
              [from, top],
            ],
            COLOURS[colour],
          )
        : box(from, top, length, 13, COLOURS[colour]),
      ...(cell.against === undefined
        ? []
        : [
            line(
              [
                [place(cell.against), top - 3],
                [place(cell.against), top + 16],
              ],
              INK,
              1.5,
            ),
          ]),
    ]
  })
}

/** A grid of values as colours, with its labels, its legend, and figures in the cells where they fit. */

import { inkOn } from './colour.ts'
import { type Captioned, cut, framed, widest } from './frame.ts'
import { widthIn } from './letters.ts'
import { box, line, type Mark, moved, type Picture, text } from './picture.ts'
import { colourAt, HAIRLINE, INK, type Scale, SOFT, valueAt } from './scale.ts'

export interface HeatMap extends Captioned {
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** What rows and columns are: "layer", "the token that looks". */
  readonly rowTitle: string
  readonly columnTitle: string
  /** rows × columns values, row by row; NaN where nothing was computed, which is drawn as such. */
  readonly values: ArrayLike<number>
  readonly scale: Scale
  /** What the colours mean: "weight", "entropy in nats". */
  readonly measure: string
  /** What is written in a cell. */
  readonly figure?: ((value: number) => string) | undefined
  /** Cells with an outline. */
  readonly marked?: readonly (readonly [row: number, column: number])[] | undefined
}

const LABEL = 12
const FIGURE = 10
/** Of the longest label, and of the grid. */
const LONGEST = 150
const ROOM = 760
const LARGEST = 34

export function heatMap(map: HeatMap): Picture {
  const cell = cellOf(map)
  const left = Math.min(LONGEST, widest(map.rows, LABEL)) + 8 + LABEL * 1.6
  const upwards = widest(map.columns, LABEL) > cell.width - 2
  const top = (upwards ? Math.min(LONGEST, widest(map.columns, LABEL)) : LABEL) + 8 + LABEL * 1.6
  const [wide, tall] = [cell.width * map.columns.length, cell.height * map.rows.length]
  const bar = legend(map)
  const marks: Mark[] = [
    ...cells(map, cell).map((mark) => moved(mark, left, top)),
    ...rowLabels(map, cell, left, top),
    ...columnLabels(map, cell, left, top, upwards),
    ...bar.marks.map((mark) => moved(mark, left, top + tall + 14)),
  ]
  return framed(map, { width: Math.max(left + wide, left + bar.width), height: top + tall + 14 + bar.height, marks })
}

interface Cell {
  readonly width: number
  readonly height: number
  readonly figures: boolean
}

/** Square, unless figures want more width; figures are left out where the grid would not fit. */
function cellOf({ rows, columns, values, figure }: HeatMap): Cell {
  const side = Math.max(2, Math.min(LARGEST, ROOM / columns.length, ROOM / rows.length))
  if (!figure) return { width: side, height: side, figures: false }
  const wanted = Math.max(...Array.from(values, (value) => (Number.isNaN(value) ? 0 : widthIn(figure(value), FIGURE)))) + 6
  const width = Math.max(side, wanted)
  const figures = side >= FIGURE + 4 && width * columns.length <= ROOM
  return { width: figures ? width : side, height: figures ? Math.min(side, 24) : side, figures }
}

function cells({ rows, columns, values, scale, figure, marked }: HeatMap, { width, height, figures }: Cell): Mark[] {
  const gap = Math.min(width, height) > 8 ? 1 : 0
  const marks: Mark[] = []
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const value = values[row * columns.length + column]!
      const [x, y] = [column * width, row * height]
      if (Number.isNaN(value)) {
        marks.push(
          line(
            [
              [x + 2, y + height - 2],
              [x + width - 2, y + 2],
            ],
            HAIRLINE,
          ),
        )
        continue
      }
      const colour = colourAt(scale, value)
      marks.push(box(x, y, width - gap, height - gap, colour))
      // Two colours of the same lightness: the sign must be seen in grey as well.
      if (value < 0 && !figures)
        marks.push(
          line(
            [
              [x, y + height - gap],
              [x + width - gap, y],
            ],
            inkOn(colour),
            0.75,
          ),
        )
      if (figures)
        marks.push(
          text(x + (width - gap) / 2, y + (height - gap) / 2 + FIGURE * 0.35, figure!(value), {
            size: FIGURE,
            colour: inkOn(colour),
            anchor: 'middle',
          }),
        )
    }
  return [...marks, ...(marked ?? []).map(([row, column]) => outline(column * width, row * height, width - gap, height - gap))]
}

const outline = (x: number, y: number, width: number, height: number): Mark =>
  line(
    [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
      [x, y],
    ],
    INK,
    1.5,
  )

/** Labels that would touch are thinned. */
const every = (cell: number): number => Math.max(1, Math.ceil((LABEL + 1) / cell))

function rowLabels({ rows, rowTitle }: HeatMap, { height }: Cell, left: number, top: number): Mark[] {
  const step = every(height)
  const labels = rows.flatMap((label, n) =>
    n % step === 0
      ? [text(left - 6, top + (n + 0.5) * height + LABEL * 0.35, cut(label, LONGEST, LABEL), { colour: INK, anchor: 'end' })]
      : [],
  )
  const middle = top + (rows.length * height) / 2
  return [...labels, text(LABEL, middle, rowTitle, { colour: SOFT, anchor: 'middle', upwards: true })]
}

function columnLabels({ columns, columnTitle }: HeatMap, { width }: Cell, left: number, top: number, upwards: boolean): Mark[] {
  const step = upwards ? every(width) : 1
  const labels = columns.flatMap((label, n) => {
    if (n % step !== 0) return []
    const x = left + (n + 0.5) * width
    return [
      upwards
        ? text(x + LABEL * 0.35, top - 6, cut(label, LONGEST, LABEL), { colour: INK, upwards: true })
        : text(x, top - 6, label, { colour: INK, anchor: 'middle' }),
    ]
  })
  return [...labels, text(left, LABEL, columnTitle, { colour: SOFT })]
}

const STEPS = 48

/** The ramp with the values at its ends and its middle, the law, and what stands for "not computed". */
function legend({ scale, measure, values }: HeatMap): { width: number; height: number; marks: Mark[] } {
  const [width, height] = [240, 10]
  const steps = Array.from({ length: STEPS }, (_, n) =>
    box((n * width) / STEPS, 0, width / STEPS + 0.3, height, colourAt(scale, valueAt(scale, (n + 0.5) / STEPS))),
  )
  const ends = [0, 0.5, 1].map((share) =>
    text(share * width, height + 14, scale.says(valueAt(scale, share)), {
      size: 11,
      colour: SOFT,
      anchor: share === 0 ? 'start' : share === 1 ? 'end' : 'middle',
    }),
  )
  const law = { linear: 'colour is linear', sqrt: 'colour by the root', log: 'colour by the logarithm' }[scale.law]
  const signs = scale.ramp === 'signed' ? ', struck through below 0' : ''
  const empty = Array.from(values).some(Number.isNaN) ? '; a hairline: not computed' : ''
  const says = `${measure}; ${law}${signs}${empty}`
  return {
    width: width + 12 + widthIn(says, 11),
    height: height + 16,
    marks: [...steps, ...ends, text(width + 12, height - 0.5, says, { size: 11, colour: SOFT })],
  }
}

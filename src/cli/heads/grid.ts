/** Layers × heads in a terminal: a figure for every head, on the colour of its value where there are colours. */

import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { padStart, widthOf, wrap } from '../terminal/width.ts'

export interface Grid {
  readonly layers: number
  readonly heads: number
  /** Layer by layer; NaN where nothing was measured. */
  readonly values: readonly number[]
  /** The value of the full colour. */
  readonly full: number
  /** Short: two or three characters. */
  readonly says: (value: number) => string
  /** What the figures are. */
  readonly measure: string
}

const MARGIN = '  '
/** Over the numbers of layers; heads have theirs on the same line. */
const LABEL = 'layer'
const SHADES = [' ', '░', '▒', '▓', '█']

/** Figures where they fit, else one column to a head: a pixel, a shade, or a digit for tenths of the full value. */
export function grid(map: Grid, screen: Screen, paint: Paint): string[] {
  const { layers, heads, values, says } = map
  const label = Math.max(LABEL.length, String(layers - 1).length)
  const written = values.map((value) => (Number.isNaN(value) ? '–' : says(value)))
  const wide = Math.max(String(heads - 1).length, ...written.map(widthOf)) + 1
  const figures = MARGIN.length + label + heads * wide <= screen.columns
  const cell = figures ? wide : 1
  const gap = figures ? '' : ' '
  const perLine = Math.max(1, Math.floor((screen.columns - MARGIN.length - label - 1) / cell))
  const blocks = Array.from(
    { length: Math.ceil(heads / perLine) },
    (_, n) => [n * perLine, Math.min(heads, (n + 1) * perLine)] as const,
  )
  const drawn = blocks.flatMap(([from, to]) => [
    `${MARGIN}${paint.soft(padStart(LABEL, label))}${gap}${paint.soft(names(from, to, cell))}`,
    ...Array.from({ length: layers }, (_, layer) => {
      const at = (head: number): number => layer * heads + head
      const cells = Array.from({ length: to - from }, (_, n) =>
        figures
          ? figure(written[at(from + n)]!, values[at(from + n)]!, cell, map, screen, paint)
          : small(values[at(from + n)]!, map, screen, paint),
      )
      return `${MARGIN}${paint.soft(padStart(String(layer), label))}${gap}${cells.join('')}`
    }),
  ])
  return [...drawn, ...legend(map, figures, screen, paint)]
}

/** Numbers of heads above their columns; where there is one column each, every tenth. */
function names(from: number, to: number, cell: number): string {
  const heads = Array.from({ length: to - from }, (_, n) => from + n)
  if (cell > 1) return heads.map((head) => padStart(String(head), cell)).join('')
  return heads
    .filter((head) => head % 10 === 0)
    .map((head) => String(head).padEnd(10))
    .join('')
    .trimEnd()
}

const shareOf = (value: number, { full }: Grid): number => (full > 0 ? Math.min(1, Math.max(0, value / full)) : 0)

function figure(text: string, value: number, cell: number, map: Grid, screen: Screen, paint: Paint): string {
  const padded = padStart(text, cell)
  return screen.depth < 8 || Number.isNaN(value) ? padded : paint.onWeight(padded, shareOf(value, map))
}

function small(value: number, map: Grid, screen: Screen, paint: Paint): string {
  if (Number.isNaN(value)) return '–'
  const share = shareOf(value, map)
  if (screen.depth >= 8) return paint.pixels(share, share, 1)
  if (screen.depth === 4) return paint.looked(SHADES[Math.round(Math.sqrt(share) * 4)]!)
  return share < 0.1 ? '·' : String(Math.min(9, Math.floor(share * 10)))
}

function legend({ full, says, measure }: Grid, figures: boolean, screen: Screen, paint: Paint): string[] {
  const law =
    screen.depth >= 8
      ? `; colour by the root, full at ${says(full)}`
      : figures
        ? ''
        : screen.depth === 4
          ? `; shade by the root, full at ${says(full)}`
          : `; figures are tenths of ${says(full)}, · below one`
  return wrap(
    [{ text: MARGIN }, { text: `rows: layers, columns: heads; ${measure}${law}`, paint: paint.soft }],
    screen.columns,
    MARGIN,
  )
}

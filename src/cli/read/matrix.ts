/** Who looks at whom: the matrix as text. Rows are the tokens that look, columns the tokens looked at. */

import { percent } from '../terminal/figures.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { fit, glyphs, padEnd, padStart, type Span, together, widthOf, wrap } from '../terminal/width.ts'
import { type Layout, MARGIN, TALLEST } from './layout.ts'
import type { Extent, Survey } from './survey.ts'

export interface Axis {
  readonly labels: readonly string[]
  /** Special tokens, which are shown softly. */
  readonly soft: readonly boolean[]
}

export interface Axes {
  readonly rows: Axis
  readonly columns: Axis
  /** The link that the statement speaks of: its two labels are strong. */
  readonly link: { readonly row: number; readonly column: number } | undefined
}

/** The labels of one side. */
interface Side {
  readonly labels: readonly string[]
  readonly paint: readonly ((text: string) => string)[]
}

export function matrix(axes: Axes, seen: Survey, layout: Layout, screen: Screen, paint: Paint): string[] {
  const rows = sideOf(axes.rows, axes.link?.row, seen.rows, paint)
  const columns = sideOf(axes.columns, axes.link?.column, seen.columns, paint)
  const drawn = layout.half ? halfRows(rows, seen, layout, paint) : wholeRows(rows, columns, seen, layout, screen, paint)
  return [...head(columns, seen, layout), ...drawn, '', ...legend(seen, layout, screen, paint)]
}

function sideOf({ labels, soft }: Axis, marked: number | undefined, { m, per }: Extent, paint: Paint): Side {
  const firsts = Array.from({ length: m }, (_, cell) => cell * per)
  const at = marked === undefined ? undefined : Math.floor(marked / per)
  return {
    labels: firsts.map((first) => labels[first]!),
    paint: firsts.map((first, cell) => (cell === at ? paint.strong : soft[first] ? paint.soft : (text) => text)),
  }
}

/** Where columns are one character wide, more than this many labels side by side would be a wall of letters. */
const CROWD = 40

/** Is only every second column labelled? */
const everySecond = ({ columns: { m } }: Survey, { wide }: Layout): boolean => wide === 1 && m > CROWD

/** Column labels, written downwards, ending just above their columns. */
function head({ labels, paint }: Side, seen: Survey, layout: Layout): string[] {
  const { wide, label } = layout
  const every = everySecond(seen, layout) ? 2 : 1
  const stacks = labels.map((text, n) => (n % every === 0 ? glyphs(text).filter(({ width }) => width > 0) : []))
  const cut = stacks.map((stack) => (stack.length > TALLEST ? [...stack.slice(0, TALLEST - 1), { text: '…', width: 1 }] : stack))
  const tall = Math.max(...cut.map((stack) => stack.length))
  return Array.from({ length: tall }, (_, line) => {
    const cells = cut.map((stack, n) => {
      const glyph = stack[line - (tall - stack.length)]
      if (!glyph) return ' '.repeat(wide)
      return paint[n]!(wide > 2 ? padStart(glyph.text, wide) : padEnd(glyph.text, wide))
    })
    return `${' '.repeat(MARGIN + label + 1)}${cells.join('')}`.trimEnd()
  })
}

/** A line for every row; where there is room, what the row looks at most stands at its end. */
function wholeRows(rows: Side, columns: Side, seen: Survey, layout: Layout, screen: Screen, paint: Paint): string[] {
  const { m } = seen.columns
  const left = screen.columns - MARGIN - layout.label - 1 - layout.wide * m
  const most = seen.rows.per === 1 && seen.columns.per === 1 && left >= layout.across + 12
  return rows.labels.map((_, row) => {
    const cells = Array.from({ length: m }, (_, column) => cell(seen.cells[row * m + column]!, layout, paint)).join('')
    const line = `${' '.repeat(MARGIN)}${name(rows, row, layout.label, padStart)} ${cells}`
    if (!most) return line.trimEnd()
    const { column, weight } = seen.tops[row]!
    return `${line} ${paint.soft('→')} ${name(columns, column, layout.across, padEnd)} ${paint.looked(padStart(percent(weight), 7))}`
  })
}

/** Two rows to a line. */
function halfRows(rows: Side, seen: Survey, { wide, label }: Layout, paint: Paint): string[] {
  const { m } = seen.columns
  const { cells } = seen
  return Array.from({ length: Math.ceil(seen.rows.m / 2) }, (_, line) => {
    const [upper, lower] = [2 * line, 2 * line + 1]
    const drawn = Array.from({ length: m }, (_, column) => {
      const above = cells[upper * m + column]!
      return lower < seen.rows.m ? paint.pixels(above, cells[lower * m + column]!, wide) : paint.pixel(above, wide)
    })
    const right = lower < seen.rows.m ? ` ${name(rows, lower, label)}` : ''
    return `${' '.repeat(MARGIN)}${name(rows, upper, label, padStart)} ${drawn.join('')}${right}`
  })
}

/** Steps of √weight: a quarter each, the first from an eighth (1.6 %) on. */
const SHADES = [' ', '░', '▒', '▓', '█']

function cell(weight: number, { style, wide }: Layout, paint: Paint): string {
  if (style === 'pixels') return paint.pixels(weight, weight, wide)
  if (style === 'shades') return paint.looked(shade(weight).repeat(wide))
  if (style === 'tenths') return weight === 0 ? ' ' : weight < 0.1 ? '·' : String(Math.min(9, Math.floor(weight * 10)))
  const figure = weight === 0 ? '' : weight < 0.005 ? '·' : (100 * weight).toFixed(0)
  return padStart(figure, wide)
}

const shade = (weight: number): string => SHADES[Math.round(Math.sqrt(Math.min(1, weight)) * 4)]!

function name({ labels, paint }: Side, at: number, columns: number, pad = (text: string, _columns: number) => text): string {
  return paint[at]!(pad(fit(labels[at]!, columns), columns))
}

/** The law of the colours and their range, what the axes are, and what was thinned. */
function legend(seen: Survey, layout: Layout, screen: Screen, paint: Paint): string[] {
  const range = `here ${together(percent(seen.least))} to ${together(percent(seen.most))}`
  const law: Record<Layout['style'], string> = {
    pixels: `colour by √weight, ${range}`,
    shades: `shade by √weight, blank below 1.6\u00a0%, ${range}`,
    percent: `figures: per cent of the row, · less than half of one; weights ${range}`,
    tenths: `figures: tenths of the row, rounded down, · less than one; weights ${range}`,
  }
  const axes = layout.half
    ? 'rows look (left label: upper, right: lower), columns are looked at'
    : 'rows: the token that looks · columns: the token looked at'
  const lines = [
    [...scale(layout, paint), { text: law[layout.style], paint: paint.soft }],
    [{ text: `${axes}${leftOut(seen, layout)}`, paint: paint.soft }],
  ]
  const margin = ' '.repeat(MARGIN)
  return lines.flatMap((spans) => wrap([{ text: margin }, ...spans], screen.columns, margin))
}

/** The colours or shades from 0 to 1. */
function scale({ style }: Layout, paint: Paint): Span[] {
  if (style === 'percent' || style === 'tenths') return []
  const ramp = Array.from({ length: 16 }, (_, step) => (step / 15) ** 2)
  const drawn: Span[] =
    style === 'pixels'
      ? ramp.map((weight) => ({ text: '▀', paint: () => paint.pixels(weight, weight, 1) }))
      : SHADES.map((text) => ({ text: together(text), paint: paint.looked }))
  return [{ text: '0\u00a0' }, ...drawn, { text: '\u00a01\u00a0 ' }]
}

function leftOut(seen: Survey, layout: Layout): string {
  const { rows, columns } = seen
  const many = columns.per > 1 ? columns.n : rows.n
  const cells =
    rows.per > 1 || columns.per > 1
      ? ` · ${many} tokens do not fit: a cell holds ${rows.per} × ${columns.per} weights and shows the largest; labels name the first`
      : ''
  return everySecond(seen, layout) ? `${cells} · every second column is named` : cells
}

export const widest = (labels: readonly string[]): number => Math.max(1, ...labels.map(widthOf))
export const widestGlyph = (labels: readonly string[]): number =>
  Math.max(1, ...labels.flatMap((text) => glyphs(text).map(({ width }) => width)))

/** Who looks at whom: the matrix as text. Rows are the tokens that look, columns the tokens looked at. */

import { percent } from '../terminal/figures.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { fit, glyphs, padEnd, padStart, type Span, together, widthOf, wrap } from '../terminal/width.ts'
import { type Layout, MARGIN, TALLEST } from './layout.ts'
import type { Survey } from './survey.ts'

export interface Axis {
  readonly labels: readonly string[]
  /** Special tokens, which are shown softly. */
  readonly soft: readonly boolean[]
}

export function matrix(axis: Axis, seen: Survey, layout: Layout, screen: Screen, paint: Paint): string[] {
  const firsts = Array.from({ length: seen.m }, (_, cell) => cell * seen.per)
  const cells: Axis = { labels: firsts.map((at) => axis.labels[at]!), soft: firsts.map((at) => axis.soft[at]!) }
  const rows = layout.half ? halfRows(cells, seen, layout, paint) : wholeRows(cells, seen, layout, screen, paint)
  return [...head(cells, layout, paint), ...rows, '', ...legend(seen, layout, screen, paint)]
}

/** Column labels, written downwards, ending just above their columns. */
function head({ labels, soft }: Axis, { wide, label }: Layout, paint: Paint): string[] {
  const stacks = labels.map((text) => glyphs(text).filter(({ width }) => width > 0))
  const cut = stacks.map((stack) => (stack.length > TALLEST ? [...stack.slice(0, TALLEST - 1), { text: '…', width: 1 }] : stack))
  const tall = Math.max(...cut.map((stack) => stack.length))
  return Array.from({ length: tall }, (_, line) => {
    const cells = cut.map((stack, n) => {
      const glyph = stack[line - (tall - stack.length)]
      if (!glyph) return ' '.repeat(wide)
      const placed = wide > 2 ? `${padStart(glyph.text, wide)}` : padEnd(glyph.text, wide)
      return soft[n] ? paint.soft(placed) : placed
    })
    return `${' '.repeat(MARGIN + label + 1)}${cells.join('')}`.trimEnd()
  })
}

/** A line for every row; where there is room, what the row looks at most stands at its end. */
function wholeRows({ labels, soft }: Axis, seen: Survey, layout: Layout, screen: Screen, paint: Paint): string[] {
  const left = screen.columns - MARGIN - layout.label - 1 - layout.wide * seen.m
  const most = seen.per === 1 && left >= layout.label + 12
  return labels.map((text, row) => {
    const cells = Array.from({ length: seen.m }, (_, column) => cell(seen.cells[row * seen.m + column]!, layout, paint)).join('')
    const line = `${' '.repeat(MARGIN)}${name(text, soft[row]!, layout.label, paint, padStart)} ${cells}`
    if (!most) return line.trimEnd()
    const { column, weight } = seen.tops[row]!
    const target = name(labels[column]!, soft[column]!, layout.label, paint, padEnd)
    return `${line} ${paint.soft('→')} ${target} ${paint.looked(padStart(percent(weight), 7))}`
  })
}

/** Two rows to a line. */
function halfRows({ labels, soft }: Axis, { cells, m }: Survey, { wide, label }: Layout, paint: Paint): string[] {
  return Array.from({ length: Math.ceil(m / 2) }, (_, line) => {
    const [upper, lower] = [2 * line, 2 * line + 1]
    const drawn = Array.from({ length: m }, (_, column) => {
      const above = cells[upper * m + column]!
      return lower < m ? paint.pixels(above, cells[lower * m + column]!, wide) : paint.pixel(above, wide)
    })
    const right = lower < m ? ` ${name(labels[lower]!, soft[lower]!, label, paint, (text) => text)}` : ''
    return `${' '.repeat(MARGIN)}${name(labels[upper]!, soft[upper]!, label, paint, padStart)} ${drawn.join('')}${right}`
  })
}

const SHADES = [' ', '░', '▒', '▓', '█']

function cell(weight: number, { style, wide }: Layout, paint: Paint): string {
  if (style === 'pixels') return paint.pixels(weight, weight, wide)
  if (style === 'shades') return paint.looked(shade(weight).repeat(wide))
  if (style === 'tenths') return weight === 0 ? ' ' : weight < 0.1 ? '·' : String(Math.min(9, Math.floor(weight * 10)))
  const figure = weight === 0 ? '' : weight < 0.005 ? '·' : (100 * weight).toFixed(0)
  return padStart(figure, wide)
}

const shade = (weight: number): string => SHADES[Math.ceil(Math.sqrt(Math.min(1, weight)) * 4)]!

function name(text: string, soft: boolean, columns: number, paint: Paint, pad: (text: string, columns: number) => string): string {
  const placed = pad(fit(text, columns), columns)
  return soft ? paint.soft(placed) : placed
}

/** The law of the colours and their range, what the axes are, and what was thinned. */
function legend(seen: Survey, layout: Layout, screen: Screen, paint: Paint): string[] {
  const ramp = Array.from({ length: 16 }, (_, step) => (step / 15) ** 2)
  const range = `weights here ${together(percent(seen.least))} to ${together(percent(seen.most))}`
  const law: Record<Layout['style'], string> = {
    pixels: `colour by √weight; ${range}`,
    shades: `shade by √weight; ${range}`,
    percent: `figures: per cent of the row, · less than half of one; ${range}`,
    tenths: `figures: tenths of the row, rounded down, · less than one; ${range}`,
  }
  const scale: Record<Layout['style'], Span[]> = {
    pixels: ramp.map((weight) => ({ text: '▀', paint: () => paint.pixels(weight, weight, 1) })),
    shades: SHADES.map((text) => ({ text: text === ' ' ? '\u00a0' : text, paint: paint.looked })),
    percent: [],
    tenths: [],
  }
  const drawn = scale[layout.style]
  const bar = drawn.length > 0 ? [{ text: '0\u00a0' }, ...drawn, { text: '\u00a01\u00a0 ' }] : []
  const axes = 'rows: the token that looks · columns: the token looked at'
  const sides = layout.half ? ' · two rows a line: the label on the left is the upper one’s, on the right the lower one’s' : ''
  const thinned =
    seen.per > 1
      ? ` · ${seen.n} tokens do not fit: a cell holds ${seen.per} × ${seen.per} weights and shows the largest; labels name the first`
      : ''
  const lines = [
    [...bar, { text: law[layout.style], paint: paint.soft }],
    [{ text: `${axes}${sides}${thinned}`, paint: paint.soft }],
  ]
  const margin = ' '.repeat(MARGIN)
  return lines.flatMap((spans) => wrap([{ text: margin }, ...spans], screen.columns, margin))
}

export const widest = (labels: readonly string[]): number => Math.max(1, ...labels.map(widthOf))
export const widestGlyph = (labels: readonly string[]): number =>
  Math.max(1, ...labels.flatMap((text) => glyphs(text).map(({ width }) => width)))

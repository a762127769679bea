/** Lines or dots over two axes: something as it grows, or a map of points. */

import { hex, type Rgb } from './colour.ts'
import { type Captioned, framed, widest } from './frame.ts'
import { widthIn } from './letters.ts'
import { dot, line, type Mark, type Picture, text } from './picture.ts'
import { figure, HAIRLINE, INK, type Law, type Range, SOFT, shareOf, ticksOf } from './scale.ts'

export interface LinePlot extends Captioned {
  readonly x: Axis
  readonly y: Axis
  readonly series: readonly Series[]
}

export interface Axis {
  readonly title: string
  /** Default: linear. */
  readonly law?: Law | undefined
  /** Default: what the points need; a linear axis of values above 0 starts at 0. */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Default: round values, written short. */
  readonly ticks?: readonly { readonly at: number; readonly says: string }[] | undefined
}

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Default: line. */
  readonly draw?: 'line' | 'dots' | 'both' | undefined
  /** Default: the next of five. */
  readonly colour?: Rgb | undefined
  /** Default: whole where a colour was chosen; else whole for the first, then patterns, so that lines can be told apart in grey. */
  readonly dash?: readonly number[] | undefined
  /** Beside each point. */
  readonly labels?: readonly string[] | undefined
}

const COLOURS = ['#1c1b18', '#0f7f86', '#8a2f6b', '#5f7a12', '#6f6b62'].map(hex)
const DASHES: readonly (readonly number[] | undefined)[] = [undefined, [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]]
const [WIDE, TALL] = [560, 320]
const LABEL = 12

export function linePlot(plot: LinePlot): Picture {
  const [across, up] = [rangeOf(plot, 'x'), rangeOf(plot, 'y')]
  const [xTicks, yTicks] = [ticks(plot.x, across), ticks(plot.y, up)]
  const left =
    widest(
      yTicks.map(({ says }) => says),
      LABEL,
    ) +
    10 +
    LABEL * 1.6
  const place: Place = ([x, y]) => [left + WIDE * shareOf(across, x), TALL * (1 - shareOf(up, y)) + 6]
  const styled = plot.series.map((series, n) => ({
    ...series,
    colour: series.colour ?? COLOURS[n % COLOURS.length]!,
    dash: series.dash ?? (series.colour ? undefined : DASHES[n % DASHES.length]),
  }))
  const key = legend(styled)
  const marks = [
    ...axes(plot, xTicks, yTicks, place, across, up, left),
    ...styled.flatMap((series) => drawn(series, place)),
    ...key.marks.map(
      (mark): Mark =>
        mark.kind === 'line'
          ? { ...mark, points: mark.points.map(([x, y]) => [x + left + WIDE + 18, y]) }
          : { ...mark, x: mark.x + left + WIDE + 18 },
    ),
  ]
  return framed(plot, { width: left + WIDE + 18 + key.width, height: Math.max(TALL + 6 + 46, key.height), marks })
}

type Place = (point: readonly [number, number]) => [number, number]
type Tick = { readonly at: number; readonly says: string }
type Styled = Series & { readonly colour: Rgb; readonly dash: readonly number[] | undefined }

function rangeOf({ x, y, series }: LinePlot, which: 'x' | 'y'): Range {
  const axis = which === 'x' ? x : y
  const law = axis.law ?? 'linear'
  const values = series.flatMap(({ points }) => points.map((point) => point[which === 'x' ? 0 : 1])).filter(Number.isFinite)
  const shown = law === 'log' ? values.filter((value) => value > 0) : values
  const [least, most] = [Math.min(...shown), Math.max(...shown)]
  const from = axis.from ?? (shown.length === 0 ? 0 : law !== 'log' && which === 'y' && least > 0 ? 0 : least)
  const to = axis.to ?? (shown.length === 0 ? 1 : most)
  const apart = law === 'log' ? [from / 2, to * 2] : [from - 0.5, to + 0.5]
  return from === to ? { law, from: apart[0]!, to: apart[1]! } : { law, from, to }
}

const ticks = (axis: Axis, range: Range): readonly Tick[] => axis.ticks ?? ticksOf(range).map((at) => ({ at, says: figure(at) }))

function axes(
  plot: LinePlot,
  xTicks: readonly Tick[],
  yTicks: readonly Tick[],
  place: Place,
  across: Range,
  up: Range,
  left: number,
): Mark[] {
  const bottom = place([across.from, up.from])[1]
  return [
    ...yTicks.flatMap(({ at, says }): Mark[] => {
      const y = place([across.from, at])[1]
      return [
        line(
          [
            [left, y],
            [left + WIDE, y],
          ],
          HAIRLINE,
          0.75,
        ),
        text(left - 8, y + LABEL * 0.35, says, { colour: SOFT, anchor: 'end' }),
      ]
    }),
    ...xTicks.flatMap(({ at, says }): Mark[] => {
      const x = place([at, up.from])[0]
      return [
        line(
          [
            [x, bottom],
            [x, bottom + 4],
          ],
          SOFT,
        ),
        text(x, bottom + 8 + LABEL, says, { colour: SOFT, anchor: 'middle' }),
      ]
    }),
    line(
      [
        [left, bottom],
        [left + WIDE, bottom],
      ],
      SOFT,
    ),
    text(left + WIDE / 2, bottom + 28 + LABEL, plot.x.title, { colour: SOFT, anchor: 'middle' }),
    text(LABEL, 6 + TALL / 2, plot.y.title, { colour: SOFT, anchor: 'middle', upwards: true }),
  ]
}

/** A point that is not a number breaks its line. */
function drawn({ points, draw = 'line', colour, dash, labels }: Styled, place: Place): Mark[] {
  const whole = points.map((point) => (point.every(Number.isFinite) ? place(point) : undefined))
  const marks: Mark[] = []
  if (draw !== 'dots') for (const run of runs(whole)) marks.push(line(run, colour, 1.75, dash))
  if (draw !== 'line') for (const at of whole) if (at) marks.push(dot(at[0], at[1], 3, colour))
  for (const [n, label] of (labels ?? []).entries()) {
    const at = whole[n]
    if (at) marks.push(text(at[0] + 6, at[1] + 4, label, { size: 11, colour: INK }))
  }
  return marks
}

function runs(points: readonly ([number, number] | undefined)[]): [number, number][][] {
  const out: [number, number][][] = [[]]
  for (const point of points) {
    if (point) out.at(-1)!.push(point)
    else out.push([])
  }
  return out.filter((run) => run.length > 1)
}

function legend(series: readonly Styled[]): { width: number; height: number; marks: Mark[] } {
  const marks = series.flatMap(({ name, colour, dash, draw = 'line' }, n): Mark[] => {
    const y = 16 + n * 20
    const sample: Mark[] =
      draw === 'dots'
        ? [dot(12, y - 4, 3, colour)]
        : [
            line(
              [
                [0, y - 4],
                [24, y - 4],
              ],
              colour,
              1.75,
              dash,
            ),
          ]
    return [...sample, text(32, y, name, { colour: INK })]
  })
  return { width: 32 + Math.max(0, ...series.map(({ name }) => widthIn(name, LABEL))), height: 20 * series.length + 8, marks }
}

/** `regard cost`: what attention costs on this machine as texts grow, and how far apart positions are. */

import { type Cost, type CostSeries, cost, LENGTHS, type Pattern, patterns, shortestPath } from '../../lens/index.ts'
import type { Console } from '../console.ts'
import { linePlot, type Picture } from '../picture/index.ts'
import { bytes, plural, whole } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { type Column, heading, noted, said, table, tokens } from './parts.ts'
import { qualityOf } from './quality.ts'
import { checkOutput, give, type Output, type Report } from './report.ts'
import { interruptible, type ModelOptions, telling } from './with-model.ts'

export interface CostOptions extends ModelOptions, Output {
  /** A text: then what windows cost it in quality is measured, with a model, and nothing is timed. */
  readonly text?: string | undefined
  readonly lengths?: readonly number[] | undefined
  readonly heads?: number | undefined
  readonly headWidth?: number | undefined
  /** How many keys a window has. Default 256. */
  readonly window?: number | undefined
}

/** How far apart two positions are: layers, or steps of a recurrent network. */
interface Reach {
  readonly pattern: string
  readonly from: number
  readonly to: number
  readonly length: number | undefined
}

interface Scene {
  readonly found: Cost
  readonly reaches: readonly Reach[]
}

export async function costCommand(options: CostOptions, console: Console): Promise<void> {
  checkOutput(options)
  if (options.text !== undefined) return qualityOf(options.text, options, console)
  await interruptible(console, async (signal) => {
    const { lengths = LENGTHS, heads, headWidth, window = 256 } = options
    const list = [patterns.dense, patterns.causal, patterns.window(window), patterns.bigBird()]
    const found = await cost({ lengths, patterns: list, heads, headWidth, signal, onProgress: telling('measuring', console) })
    console.progress('')
    await give(report({ found, reaches: await reachesOf(list, Math.max(...lengths)) }, console.screen), options, console)
  })
}

/** From a quarter of the text to three quarters: half a text apart, away from its ends, which some patterns favour. */
async function reachesOf(list: readonly Pattern[], n: number): Promise<Reach[]> {
  const [from, to] = [Math.floor(n / 4), Math.floor((3 * n) / 4)]
  const reaches: Reach[] = []
  for (const pattern of [...list, 'recurrent'] as const) {
    const path = await shortestPath(pattern, n, { from, to })
    reaches.push({ pattern: typeof pattern === 'string' ? pattern : pattern.name, from, to, length: path?.length })
  }
  return reaches
}

function report(scene: Scene, screen: Screen): Report {
  return {
    lines: () => lines(scene, screen),
    json: () => ({ command: 'cost', ...scene.found, engine: String(scene.found.engine), reaches: scene.reaches }),
    csv: () => ({
      columns: ['pattern', 'n', 'links', 'flops', 'bytes', 'matrix_bytes', 'milliseconds'],
      rows: scene.found.series.flatMap(({ pattern, points }) =>
        points.map((point) => [pattern, point.n, point.links, point.flops, point.bytes, point.matrixBytes, point.milliseconds]),
      ),
    }),
    picture: () => picture(scene.found),
  }
}

function lines(scene: Scene, screen: Screen): string[] {
  const paint = paintFor(screen)
  const { series, engine, heads, headWidth, laps } = scene.found
  const lengths = series[0]!.points.map(({ n }) => n)
  const last = series[0]!.points.at(-1)!
  const { from, to } = scene.reaches[0]!
  const span = `${tokens(lengths[0]!)} to ${tokens(last.n)} tokens`
  return [
    ...heading('attention', [`${engine}`, `${plural(heads, 'head')} of ${headWidth}`, span], screen, paint),
    '',
    ...said(statement(series), screen),
    '',
    ...times(series, lengths, screen, paint),
    '',
    ...noted(
      `Time of the operator alone, the fastest of ${laps} calls. The exponent is p of time ≈ c · nᵖ, fitted to these lengths.`,
      screen,
      paint,
    ),
    '',
    ...counts(scene, screen, paint),
    '',
    ...noted(
      `Counted at ${whole(last.n)} tokens. FLOPs: 4 · heads · links · width, without the softmax; of the recurrent layer 4 · n · width². Held: q, k, v and the result; the weights would take ${bytes(last.matrixBytes)} and are never held. Apart: how many layers, or steps, carry what stands at position ${whole(from)} to position ${whole(to)}.`,
      screen,
      paint,
    ),
  ]
}

/** The times of the longest text. */
function statement(series: readonly CostSeries[]): string {
  const told = series.map(({ pattern, points }) => `${pattern} ${milliseconds(points.at(-1)!.milliseconds)}`)
  return `At ${whole(series[0]!.points.at(-1)!.n)} tokens: ${told.join(', ')}`
}

/** Three digits, whatever the size. */
function milliseconds(ms: number): string {
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${Number((ms / 1000).toPrecision(3))} s`
}

function times(series: readonly CostSeries[], lengths: readonly number[], screen: Screen, paint: Paint): string[] {
  const columns: Column[] = [
    { title: '', cells: series.map(({ pattern }) => pattern), left: true, paint: paint.strong },
    ...lengths.map((n, at) => ({ title: tokens(n), cells: series.map(({ points }) => milliseconds(points[at]!.milliseconds)) })),
    { title: 'exponent', cells: series.map(({ time }) => (time ? time.exponent.toFixed(2) : '—')) },
    { title: 'R²', cells: series.map(({ time }) => (time ? time.r2.toFixed(3) : '—')) },
  ]
  return table(columns, screen, paint)
}

function counts({ found, reaches }: Scene, screen: Screen, paint: Paint): string[] {
  const { series, recurrent } = found
  const last = series.map(({ points }) => points.at(-1)!)
  const state = recurrent.at(-1)!
  const names = [...series.map(({ pattern }) => pattern), 'recurrent']
  return table(
    [
      { title: '', cells: names, left: true, paint: paint.strong },
      { title: 'links', cells: [...last.map(({ links }) => whole(links)), '—'] },
      { title: 'FLOPs', cells: [...last.map(({ flops }) => operations(flops)), operations(state.flops)] },
      { title: 'held', cells: [...last.map((point) => bytes(point.bytes)), '—'] },
      { title: 'apart', cells: reaches.map(({ pattern, length }) => far(pattern, length)) },
    ],
    screen,
    paint,
  )
}

function far(pattern: string, length: number | undefined): string {
  if (length === undefined) return 'never'
  const unit = pattern === 'recurrent' ? 'step' : 'layer'
  return `${whole(length)} ${unit}${length === 1 ? '' : 's'}`
}

/** 17.2 G: operations in decimal units. */
function operations(count: number): string {
  const units = ['', ' k', ' M', ' G', ' T', ' P']
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3))
  return `${(count / 1000 ** at).toPrecision(3)}${units[at]}`
}

function picture({ series, engine, heads, headWidth, laps }: Cost): Picture {
  return linePlot({
    title: 'Time of attention as the text grows',
    caption: [
      `The operator alone on ${engine}, ${heads} head${heads === 1 ? '' : 's'} of ${headWidth}, the fastest of ${laps} calls.`,
      `Fitted exponents: ${series.map(({ pattern, time }) => `${pattern} ${time ? time.exponent.toFixed(2) : '—'}`).join(', ')}.`,
    ],
    x: { title: 'tokens', law: 'log', ticks: series[0]!.points.map(({ n }) => ({ at: n, says: tokens(n) })) },
    y: { title: 'milliseconds', law: 'log' },
    series: series.map(({ pattern, points }) => ({
      name: pattern,
      points: points.map(({ n, milliseconds }) => [n, milliseconds] as const),
      draw: 'both' as const,
    })),
  })
}

/** `regard heads`: what every head does on the reader's own texts. */

import {
  HEAD_MEASURES,
  type HeadFigures,
  type HeadMeasure,
  type HeadsReport,
  heads,
  LABEL_RULES,
  MEASURES_ACROSS,
  type Repeated,
  repeated,
} from '../../lens/index.ts'
import type { AttentionKind } from '../../model/index.ts'
import type { Console } from '../console.ts'
import type { KindOptions } from '../lens/kind.ts'
import { about, type Column, heading, noted, said, table } from '../lens/parts.ts'
import { checkOutput, give, type Output, type Report } from '../lens/report.ts'
import { readTexts, type Seen, seenOf, sightFact, sightFor, sightNote } from '../lens/sight.ts'
import { type ModelOptions, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { heatMap, type Picture } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { wrap } from '../terminal/width.ts'
import { grid } from './grid.ts'
import { amount, matrices } from './texts.ts'
import { brief, measureNamed, type Shown, WORDS } from './words.ts'

export interface HeadsCommandOptions extends ModelOptions, Output, KindOptions {
  /** What the grid shows. */
  readonly measure?: string | undefined
  /** The grid shows it with sinks taken out. */
  readonly apart?: boolean | undefined
  /** Also on random tokens said twice. */
  readonly induction?: boolean | undefined
}

export async function headsCommand(texts: readonly string[], options: HeadsCommandOptions, console: Console): Promise<void> {
  checkOutput(options)
  await withModel(options, console, async (loaded, signal) => {
    const sight = sightFor(loaded.model, options)
    const measure = measureNamed(options.measure ?? (sight.kind === 'cross' ? 'evenness' : 'sinks'))
    checkAcross(measure, sight.kind)
    const runs = await readTexts(texts, loaded.model, options, sight, { console, signal })
    const found = await heads(runs, { kind: sight.kind, signal, onProgress: matrices(console) })
    const seen = seenOf(runs[0]!, sight, options)
    const random = options.induction ? await repeated(loaded.model, { signal, onProgress: matrices(console) }) : undefined
    for (const run of runs) run.dispose()
    const scene = { loaded, found, seen, random, measure, apart: options.apart ?? false }
    await give(report(scene, console.screen), options, console)
  })
}

/** Most measures compare the places, or the words, of one text. */
function checkAcross(measure: Shown, kind: AttentionKind): void {
  const across: readonly Shown[] = [...MEASURES_ACROSS, 'sinks']
  if (kind === 'cross' && !across.includes(measure))
    throw new Problem(
      `--measure ${WORDS[measure].option}: has no meaning for cross-attention, where one text looks at another; ${across.map((each) => WORDS[each].option).join(', ')} have`,
    )
}

interface Scene {
  readonly loaded: Loaded
  readonly found: HeadsReport
  readonly seen: Seen
  readonly random: Repeated | undefined
  readonly measure: Shown
  readonly apart: boolean
}

function report(scene: Scene, screen: Screen): Report {
  return {
    lines: () => lines(scene, screen),
    json: () => json(scene),
    csv: () => csv(scene),
    picture: () => picture(scene),
  }
}

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, found } = scene
  const paint = paintFor(screen)
  const { layers, headsPerLayer: per } = found
  const size = `${layers} layers × ${per} heads`
  const facts = [...sightFact(loaded.model, scene.seen.sight), size, amount(found.texts, found.tokens), `${loaded.engine}`]
  return [
    ...heading(loaded.model.name, facts, screen, paint),
    '',
    ...said(statement(found), screen),
    ...labelled(found, screen),
    '',
    ...grid(
      {
        layers,
        heads: per,
        values: shownValues(scene),
        full: full(scene),
        says: (v) => brief(scene.measure, v),
        measure: legendOf(scene),
      },
      screen,
      paint,
    ),
    '',
    ...tops(scene, screen, paint),
    ...noted(
      `Shares are means over the tokens that have one; chance: even looks at all visible tokens; beside sinks: with the weight on ${sinksOf(found)} taken out.`,
      screen,
      paint,
    ),
    ...(found.kind === 'cross' ? noted(`Not measured across two texts: ${unmeasured(found)}.`, screen, paint) : []),
    ...sightNote(loaded.model, scene.seen, screen, paint),
  ]
}

const sinksOf = ({ kind }: HeadsReport): string => (kind === 'cross' ? 'special tokens' : 'the first and on special tokens')

const unmeasured = ({ measures }: HeadsReport): string =>
  HEAD_MEASURES.filter((measure) => !measures.includes(measure))
    .map((measure) => WORDS[measure].option)
    .join(', ')

/** How many heads earn a label, or why none does. */
function statement({ heads: all, rows }: HeadsReport): string {
  const earned = all.filter(({ labels }) => labels.length > 0).length
  const needed = Math.min(...LABEL_RULES.map((rule) => rule.rows))
  const measured = `the looks of ${plural(rows, 'token')}`
  if (rows < needed)
    return `Too little text for labels: ${measured} were measured, and a label needs ${needed}. What the heads did on these is below.`
  return earned === 0
    ? `None of ${all.length} heads does one thing clearly enough for a label, over ${measured}.`
    : `${earned} of ${all.length} heads earn a label, over ${measured}:`
}

/** "previous token: 0.2, 2.11*" */
function labelled({ heads: all }: HeadsReport, screen: Screen): string[] {
  const lists = LABEL_RULES.flatMap(({ name }) => {
    const own = all.flatMap(({ layer, head, labels }) => {
      const label = labels.find((each) => each.name === name)
      return label ? [`${layer}.${head}${label.beyondSinks ? '*' : ''}`] : []
    })
    return own.length > 0 ? wrap([{ text: `  ${name}: ${own.join(' ')}` }], screen.columns, '    ') : []
  })
  const starred = all.some(({ labels }) => labels.some(({ beyondSinks }) => beyondSinks))
  const key = `  (layer.head${starred ? '; * by what it has beside sinks' : ''})`
  return lists.length > 0 ? [...lists, key] : []
}

const valueFor = ({ measure, apart }: Scene, head: HeadFigures): number =>
  measure === 'sinks' ? Math.max(0, 1 - head.left) : (apart ? head.apart : head.all)[measure]

const shownValues = (scene: Scene): number[] => scene.found.heads.map((head) => valueFor(scene, head))

function full(scene: Scene): number {
  if (WORDS[scene.measure].share) return 1
  return Math.max(...shownValues(scene).filter((value) => !Number.isNaN(value)), 0)
}

function legendOf({ measure, apart, found }: Scene): string {
  if (measure === 'sinks')
    return `per cent of the weight on sinks: ${found.kind === 'cross' ? 'special tokens' : 'the first token and special ones'}`
  const { legend } = WORDS[measure]
  const bound = measure === 'locality' ? ` (${found.near} to each side)` : measure === 'span' ? ` (${percent(found.span)})` : ''
  return `${legend}${bound}${apart ? ', sinks taken out' : ''}`
}

/** Of what has a share, who has most. */
const TOPS: readonly HeadMeasure[] = [
  'previous',
  'next',
  'self',
  'pieces',
  'sameWord',
  'induction',
  'locality',
  'firstToken',
  'separators',
]

interface Top {
  readonly title: string
  readonly layer: number
  readonly head: number
  readonly value: number
  readonly apart: number | undefined
  readonly chance: number
  readonly rows: number
}

function tops(scene: Scene, screen: Screen, paint: Paint): string[] {
  const { found, random } = scene
  const tops = TOPS.filter((measure) => found.measures.includes(measure))
  const list = [...tops.flatMap((measure) => topOf(found, measure) ?? []), ...(random ? [topOfRandom(random)] : [])]
  const column = (title: string, cell: (top: Top) => string | undefined, more: Partial<Column> = {}): Column => ({
    title,
    cells: list.map(cell),
    ...more,
  })
  return table(
    [
      column('looks at', ({ title }) => title, { left: true }),
      column('most in', ({ layer, head }) => `layer ${layer}, head ${head}`, { left: true }),
      column('share', ({ value }) => percent(value), { paint: paint.looked }),
      column('chance', ({ chance }) => percent(chance)),
      column('beside sinks', ({ apart }) => (apart === undefined || Number.isNaN(apart) ? '' : percent(apart))),
      column('tokens', ({ rows }) => String(rows)),
    ],
    screen,
    paint,
  )
}

function topOf({ heads: all, chance, near }: HeadsReport, measure: HeadMeasure): Top | undefined {
  const best = all.reduce<HeadFigures | undefined>(
    (most, head) => (head.all[measure] > (most?.all[measure] ?? -1) ? head : most),
    undefined,
  )
  if (!best) return undefined
  const { layer, head } = best
  const title = measure === 'locality' ? `${near} to each side` : WORDS[measure].title
  const even = chance[layer]!
  return {
    title,
    layer,
    head,
    value: best.all[measure],
    apart: best.apart[measure],
    chance: even.all[measure],
    rows: even.rows[measure],
  }
}

function topOfRandom({ heads: all, rows, length, times }: Repeated): Top {
  const best = all.reduce((most, head) => (head.induction > most.induction ? head : most))
  const title = `what followed (${times} × ${length} random)`
  return { title, layer: best.layer, head: best.head, value: best.induction, apart: undefined, chance: best.chance, rows }
}

function json({ loaded, found, random }: Scene): object {
  return {
    command: 'heads',
    ...about(loaded, { layers: found.layers, heads: found.headsPerLayer }),
    ...found,
    ...(random && { repeated: random }),
  }
}

function csv({ found, random }: Scene): ReturnType<Report['csv']> {
  const figures = (values: HeadFigures['all']): (number | undefined)[] =>
    HEAD_MEASURES.map((measure) => (Number.isNaN(values[measure]) ? undefined : values[measure]))
  const names = HEAD_MEASURES.map((measure) => WORDS[measure].option.replace('-', '_'))
  return {
    columns: [
      'layer',
      'head',
      'left',
      ...names,
      ...names.map((name) => `${name}_apart`),
      ...(random ? ['induction_random'] : []),
      'labels',
    ],
    rows: found.heads.map((head, at) => [
      head.layer,
      head.head,
      head.left,
      ...figures(head.all),
      ...figures(head.apart),
      ...(random ? [random.heads[at]!.induction] : []),
      head.labels.map(({ name, beyondSinks }) => (beyondSinks ? `${name} (beside sinks)` : name)).join('; '),
    ]),
  }
}

function picture(scene: Scene): Picture {
  const { loaded, found, measure } = scene
  const says = (value: number): string => brief(measure, value)
  return heatMap({
    title: `${loaded.model.name}: ${WORDS[measure].title}, head by head`,
    caption: [
      `${legendOf(scene)}.`,
      `Mean over ${plural(found.rows, 'token')} that look, in ${amount(found.texts, found.tokens)}; ${plural(found.sinks, 'token')} are sinks.`,
    ],
    rows: Array.from({ length: found.layers }, (_, layer) => String(layer)),
    columns: Array.from({ length: found.headsPerLayer }, (_, head) => String(head)),
    rowTitle: 'layer',
    columnTitle: 'head',
    values: shownValues(scene),
    scale: { law: 'sqrt', from: 0, to: full(scene) || 1, ramp: 'looked', says },
    measure: WORDS[measure].legend,
    figure: says,
  })
}

/** `regard compare`: what a token looked at, by every answer to what mattered, beside what really happens when the link is cut. */

import { ANSWERS, type Answer, type Comparison, compare, openableOf, opening, type Reading, type Sight } from '../../lens/index.ts'
import type { Console } from '../console.ts'
import type { Loaded } from '../load.ts'
import { heatMap, type Picture } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import { findToken } from '../read/find.ts'
import type { Labels } from '../read/labels.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { checkWho, type WhoOptions } from './kind.ts'
import { about, type Column, decimal, heading, noted, said, table } from './parts.ts'
import { checkOutput, give, type Output, type Report, type Table } from './report.ts'
import { checkPlace, inputFor, labelsIn, placesFor, type Seen, seenOf, sightFact, sightFor, sightNote, writtenAt } from './sight.ts'
import { type ModelOptions, telling, textOf, withModel } from './with-model.ts'

export interface CompareOptions extends ModelOptions, Output, Omit<WhoOptions, 'from'> {
  /** WORD or WORD:nth. Default: the one that `regard read` opens with. */
  readonly token?: string | undefined
  readonly layer?: number | undefined
  readonly head?: number | undefined
  readonly measure?: 'cosine' | 'kl' | 'embedding' | undefined
  /** Whose rows are compared: all, or the one that is shown. Default: all of a text of up to `FEW` tokens. */
  readonly rows?: 'all' | 'one' | undefined
}

/** Every row takes as many runs as the text has tokens. */
export const FEW = 24

export async function compareCommand(given: string, options: CompareOptions, console: Console): Promise<void> {
  checkOutput(options)
  checkWho({ from: options.token, writing: options.writing }, false, '--token')
  const text = await textOf(given, console)
  await withModel(options, console, async (loaded, signal) => {
    const { model } = loaded
    const sight = sightFor(model, options)
    if (options.head !== undefined && options.layer === undefined)
      throw new Problem(`--head ${options.head}: of which layer? Name it with --layer`)
    checkPlace(model, sight, options)
    const input = await inputFor(model, text, options, sight, signal)
    using run = await model.run(input)
    const [rows, labels] = [labelsIn(run, sight.rows), labelsIn(run, sight.columns)]
    const { row, note } = await choose(run, sight, rows, options).catch(problem)
    const all = (options.rows ?? (rows.of.length <= FEW ? 'all' : 'one')) === 'all'
    const found = await compare(model, input, {
      kind: sight.kind,
      rows: all ? [row, ...[...rows.of.keys()].filter((each) => each !== row)] : [row],
      measure: options.measure,
      layer: options.layer,
      head: options.head,
      signal,
      onProgress: telling('comparing rows', console),
    })
    console.progress('')
    const scene = { loaded, text, seen: seenOf(run, sight, options), rows, labels, row, note, found }
    await give(report({ ...scene, writing: options.writing }, console.screen), options, console)
  })
}

/** A word that is not there is the reader's to mend. */
function problem(error: unknown): never {
  throw error instanceof RangeError ? new Problem(error.message.replace(/^compare: /, '')) : error
}

/** The token that looks. Of a word that is written by several places, the last one. */
async function choose(run: Reading, sight: Sight, rows: Labels, { token, writing, layer, head }: CompareOptions) {
  if (writing !== undefined) {
    const places = placesFor(run, sight, { writing }, 'compare')
    const row = places.at(-1)!
    const several = `${writing} is ${places.length} tokens: these are the looks that write the last, ${writtenAt(rows, row)}`
    return { row, note: places.length > 1 ? several : undefined }
  }
  if (token === undefined) return { row: (await opening(openableOf(run, sight.kind), { layer, head })).row, note: undefined }
  const { index, note } = findToken(rows, token)
  return { row: index, note }
}

interface Scene {
  readonly loaded: Loaded
  readonly text: string
  readonly seen: Seen
  readonly writing: string | undefined
  /** Of the tokens that look, and of those looked at. */
  readonly rows: Labels
  readonly labels: Labels
  /** The token that looks; the first of `found.rows`. */
  readonly row: number
  readonly note: string | undefined
  readonly found: Comparison
}

function report(scene: Scene, screen: Screen): Report {
  return { lines: () => lines(scene, screen), json: () => json(scene), csv: () => csv(scene), picture: () => picture(scene) }
}

/** As prose has it; columns have the short names. */
const NAMES: Record<Answer, string> = {
  weight: 'the weight',
  norm: 'the value-weighted norm',
  rollout: 'rollout',
  flow: 'flow',
  gradient: 'gradient × attention',
  zeroing: 'value zeroing',
}

/** How a value of each answer is written: shares of a row in per cent. */
const FIGURES: Record<Answer, (value: number) => string> = {
  weight: percent,
  norm: percent,
  rollout: percent,
  flow: (value) => decimal(value, 3),
  gradient: effectFigure,
  zeroing: percent,
}

/** Four decimals, as effects are given everywhere; what is less than half of the last is not called nothing. */
function effectFigure(value: number): string {
  return value !== 0 && Math.abs(value) < 0.00005 ? `${value < 0 ? '−' : ''}<0.0001` : decimal(value, 4)
}

/** Tokens of the row, the largest effect first. */
function order({ found: { effects, visible, n } }: Scene): number[] {
  const seen = Array.from({ length: n }, (_, column) => column).filter((column) => visible[column] === 1)
  return seen.sort((a, b) => Math.abs(effects[b]!) - Math.abs(effects[a]!) || a - b)
}

/** More lines than these would hide the last ones, which tell how well each did. */
const LISTED = 14

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, seen, found, note } = scene
  const paint = paintFor(screen)
  const { model, engine } = loaded
  const size = `${seen.sight.layers} layers × ${seen.sight.heads} heads`
  const facts = [...sightFact(model, seen.sight), size, `${engine}`, plural(found.n, 'token')]
  return [
    ...heading(model.name, facts, screen, paint),
    '',
    ...said(statement(scene), screen),
    ...(note ? noted(note, screen, paint) : []),
    '',
    ...ranked(scene, screen, paint),
    '',
    ...noted(`Effect: ${found.measure}, when the link is cut in ${found.cut}; exact, each by running again.`, screen, paint),
    ...noted(`${ANSWERS.map((answer) => `${answer}: ${found.answers[answer].says}`).join('; ')}.`, screen, paint),
    ...noted(`Order: ${ordering(scene)}`, screen, paint),
    ...sightNote(model, seen, screen, paint),
  ]
}

/** Which token matters most, and which answer puts the tokens in the order of their effects best. */
function statement(scene: Scene): string {
  const { seen, writing, rows, labels, row, found } = scene
  const first = order(scene)[0]!
  const itself = seen.sight.square && writing === undefined && first === row
  const look = itself ? 'its look at itself' : `${writing === undefined ? 'its' : 'the'} look at ${labels.names[first]}`
  const who = writing === undefined ? `For ${rows.names[row]}` : `To write ${writing}`
  const most = `${who}, ${look} mattered most: ${effectFigure(found.effects[first]!)}`
  const best = bestOf(found)
  return best === undefined
    ? most
    : `${most}. The order of the effects is foreseen best by ${NAMES[best.answer]}: ${decimal(best.mean, 2)} (rank correlation, ${over(found)})`
}

function bestOf({ answers }: Comparison): { answer: Answer; mean: number } | undefined {
  const known = ANSWERS.flatMap((answer) => {
    const { mean } = answers[answer]
    return mean === undefined ? [] : [{ answer, mean }]
  })
  return known.sort((a, b) => b.mean - a.mean)[0]
}

function over({ rows, answers }: Comparison): string {
  return rows.length === 1 ? 'on this row alone' : `the mean over ${answers.weight.counted} rows of this text`
}

function ordering({ found, rows: { names }, row }: Scene): string {
  const rest = 'Spearman’s rank correlation with the size of the effect: 1 the same order, 0 none.'
  if (found.rows.length === 1) return `${rest} On the row of ${names[row]} alone; --rows all takes every row.`
  const rows = found.answers.weight.counted
  const others = ANSWERS.flatMap((answer) => {
    const { values, counted } = found.answers[answer]
    return values && counted !== rows ? [`${answer}: ${counted}`] : []
  })
  const fewer = others.length > 0 ? ` (${others.join(', ')}, where it does not give all of them the same)` : ''
  return `${rest} First on the row of ${names[row]}, then the mean over the ${rows} rows that see three tokens or more${fewer}.`
}

/** The tokens by effect, then how well each answer foresaw that order. */
function ranked(scene: Scene, screen: Screen, paint: Paint): string[] {
  const { rows, labels, found, row } = scene
  const all = order(scene)
  const shown = all.length - LISTED > 1 ? all.slice(0, LISTED) : all
  const several = found.rows.length > 1
  const foot = [`order, ${rows.names[row]}`, ...(several ? [`order, ${found.answers.weight.counted} rows`] : [])]
  const gap = shown.length < all.length ? [`…${all.length - shown.length} more`] : []
  const blank = gap.map(() => undefined)
  const column = (answer: Answer): Column => {
    const { values, rows, mean } = found.answers[answer]
    const cells = shown.map((at) => (values ? FIGURES[answer](values[at]!) : '—'))
    const scores = [rows[0], ...(several ? [mean] : [])].map((score) => (score === undefined ? '—' : decimal(score, 2)))
    return {
      title: answer,
      cells: [...cells, ...blank, undefined, ...scores],
      paint: answer === 'weight' ? paint.looked : undefined,
    }
  }
  return table(
    [
      { title: '', cells: [...shown.map((at) => labels.names[at]!), ...gap, undefined, ...foot], left: true, paint: paint.strong },
      {
        title: 'effect',
        cells: [...shown.map((at) => effectFigure(found.effects[at]!)), ...blank, undefined, ...foot.map(() => undefined)],
        paint: paint.mattered,
      },
      ...ANSWERS.map(column),
    ],
    screen,
    paint,
  )
}

function json({ loaded, seen, text, rows: looking, labels, found }: Scene): object {
  const { rows, n } = found
  const split = (values: ArrayLike<number>) =>
    rows.map((_, at) => Array.from({ length: n }, (_, column) => values[at * n + column]!))
  return {
    command: 'compare',
    ...about(loaded, seen.sight),
    text,
    kind: found.kind,
    ...(seen.sight.rows === 'decoder' && seen.written !== undefined && { written: seen.written }),
    tokens: labels.words.pieces,
    ...(!seen.sight.square && { looking: looking.words.pieces }),
    measure: found.measure,
    cut: found.cut,
    rows,
    effects: split(found.effects),
    answers: Object.fromEntries(
      ANSWERS.map((answer) => {
        const { says, values, rows: each, mean, counted } = found.answers[answer]
        return [
          answer,
          {
            says,
            values: values ? split(values) : null,
            spearman: each.map((score) => score ?? null),
            mean: mean ?? null,
            counted,
          },
        ]
      }),
    ),
  }
}

/** A line for every token that a row sees. */
function csv({ rows: looking, labels, found }: Scene): Table {
  const { rows, n, effects, visible, answers } = found
  return {
    columns: ['row', 'token', 'row_text', 'token_text', 'effect', ...ANSWERS],
    rows: rows.flatMap((row, at) =>
      Array.from({ length: n }, (_, column) => column)
        .filter((column) => visible[at * n + column] === 1)
        .map((column) => [
          row,
          column,
          looking.words.pieces[row]!.trim(),
          labels.words.pieces[column]!.trim(),
          effects[at * n + column]!,
          ...ANSWERS.map((answer) => answers[answer].values?.[at * n + column]),
        ]),
    ),
  }
}

/** The row that is shown, in the order of the text; every column against its own largest value. */
function picture(scene: Scene): Picture {
  const { loaded, rows, labels, row, writing, found } = scene
  const columns = ['effect', ...ANSWERS] as const
  const tokens = Array.from({ length: found.n }, (_, column) => column).filter((column) => found.visible[column] === 1)
  const of = (name: (typeof columns)[number]) => (name === 'effect' ? found.effects : found.answers[name].values)
  const largest = columns.map((name) => Math.max(...tokens.map((token) => Math.abs(of(name)?.[token] ?? 0))))
  return heatMap({
    title: `What mattered to ${writing === undefined ? rows.names[row] : `write ${writing}`}, by every answer, in ${loaded.model.name}`,
    caption: [
      `Each column against its own largest value. Effect: ${found.measure}, when the link is cut in ${found.cut}.`,
      `Spearman’s rank correlation with the effect, ${over(found)}: ${ANSWERS.map((answer) => `${answer} ${score(found, answer)}`).join(', ')}.`,
    ],
    rows: tokens.map((token) => labels.names[token]!),
    columns,
    rowTitle: 'the token looked at',
    columnTitle: 'answer',
    values: tokens.flatMap((token) => columns.map((name, n) => Math.abs(of(name)?.[token] ?? Number.NaN) / (largest[n] || 1))),
    scale: { law: 'linear', from: 0, to: 1, ramp: 'mattered', says: (value) => percent(value) },
    measure: 'share of the column’s largest',
  })
}

function score({ answers, rows }: Comparison, answer: Answer): string {
  const value = rows.length === 1 ? answers[answer].rows[0] : answers[answer].mean
  return value === undefined ? 'not computed' : decimal(value, 2)
}

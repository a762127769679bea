/** `regard find`: which heads look from one word to another, or do as a given head does. */

import { type FoundAlike, type FoundLooks, find, type Reading, wordsOf } from '../../lens/index.ts'
import type { Console } from '../console.ts'
import { bars, type Column, decimal, heading, noted, table } from '../lens/parts.ts'
import { checkOutput, give, type Output, type Report } from '../lens/report.ts'
import { type ModelOptions, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { heatMap, type Picture } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import { Usage } from '../program.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { harmless, type Span, together, wrap } from '../terminal/width.ts'
import { amount, matrices, readTexts } from './texts.ts'
import { brief } from './words.ts'

export interface FindCommandOptions extends ModelOptions, Output {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly like?: readonly [layer: number, head: number] | undefined
  /** How many are listed. Default 10. */
  readonly top?: number | undefined
}

export async function findCommand(texts: readonly string[], options: FindCommandOptions, console: Console): Promise<void> {
  checkOutput(options)
  const { from, to, like } = options
  if (like ? from !== undefined || to !== undefined : from === undefined || to === undefined)
    throw new Usage('find takes --from WORD and --to WORD, or --like LAYER.HEAD; see `regard find --help`')
  await withModel(options, console, async (loaded, signal) => {
    const runs = await readTexts(texts, loaded.model, console, signal)
    const more = { signal, onProgress: matrices(console) }
    const found = like
      ? await find(runs, { like, ...more }).catch(problem)
      : await find(runs, { from: from!, to: to!, ...more }).catch(problem)
    const scene = { loaded, found, runs, top: options.top ?? 10 }
    await give(report(scene, options, console.screen), options, console)
    for (const run of runs) run.dispose()
  })
}

/** A word or a head that is not there is the reader's to mend. */
function problem(error: unknown): never {
  throw error instanceof RangeError ? new Problem(error.message) : error
}

interface Scene {
  readonly loaded: Loaded
  readonly found: FoundLooks | FoundAlike
  readonly runs: readonly Reading[]
  readonly top: number
}

type Asked = Pick<FindCommandOptions, 'from' | 'to'>

function report(scene: Scene, asked: Asked, screen: Screen): Report {
  const { found, loaded } = scene
  const { model } = loaded
  const about = { name: model.name, family: model.config.family, layers: model.config.layers, heads: model.config.heads }
  return {
    lines: () => {
      const paint = paintFor(screen)
      const facts = [`${about.layers} layers × ${about.heads} heads`, amount(found.texts, found.tokens), `${loaded.engine}`]
      const own = found.sought === 'looks' ? looksLines(found, scene, screen, paint) : alikeLines(found, scene, screen, paint)
      return [...heading(model.name, facts, screen, paint), '', ...own]
    },
    json: () => ({ command: 'find', model: about, ...(found.sought === 'looks' && asked), ...found }),
    csv: () =>
      found.sought === 'looks'
        ? {
            columns: ['layer', 'head', 'weight', 'least', 'most', 'beside_sinks', 'first', 'chance'],
            rows: found.heads.map((h) => [h.layer, h.head, h.weight, h.least, h.most, known(h.apart), h.first, h.chance]),
          }
        : {
            columns: ['layer', 'head', 'distance', 'distance_beside_sinks'],
            rows: found.heads.map((h) => [h.layer, h.head, h.distance, known(h.apart)]),
          },
    picture: () => picture(scene, asked),
  }
}

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

/** The words as the first text has them. */
function named({ runs, found }: Scene): { from: string; to: string } {
  const place = (found as FoundLooks).places[0]!
  const run = runs[place.text]!
  const { pieces } = wordsOf(run.tokens, run.text)
  const word = (tokens: readonly number[]): string => {
    const [first, last] = [run.tokens[tokens[0]!]!, run.tokens[tokens.at(-1)!]!]
    return harmless(
      first.special || last.special ? tokens.map((at) => pieces[at]!).join(' ') : run.text!.slice(first.start, last.end),
    ).trim()
  }
  return { from: word(place.rows), to: word(place.columns) }
}

function looksLines(found: FoundLooks, scene: Scene, screen: Screen, paint: Paint): string[] {
  const { from, to } = named(scene)
  const [best] = found.heads
  const several = found.places.length > 1
  const where = together(`layer ${best!.layer}, head ${best!.head}`)
  const line: Span[] = [
    { text: from, paint: paint.strong },
    { text: ' looks at ' },
    { text: to, paint: paint.looked },
    { text: ` most in ${where}: ${together(percent(best!.weight))}` },
    { text: several ? `, the mean over ${found.places.length} texts` : '' },
    { text: `; even looks would give ${together(percent(best!.chance))}` },
  ]
  const shown = found.heads.slice(0, scene.top)
  const column = (title: string, cell: (head: FoundLooks['heads'][number]) => string, more: Partial<Column> = {}): Column => ({
    title,
    cells: shown.map(cell),
    ...more,
  })
  return [
    ...wrap(line, screen.columns),
    '',
    ...table(
      [
        column('layer', ({ layer }) => String(layer)),
        column('head', ({ head }) => String(head)),
        {
          title: '',
          cells: bars(
            shown.map(({ weight }) => weight),
            1,
            Math.max(6, screen.columns - 62),
          ),
          left: true,
          paint: paint.looked,
        },
        column('looked', ({ weight }) => percent(weight)),
        ...(several ? [column('least', ({ least }) => percent(least)), column('most', ({ most }) => percent(most))] : []),
        column('beside sinks', ({ apart }) => (Number.isNaN(apart) ? '' : percent(apart))),
        ...(several
          ? [column('first', ({ first }) => percent(first))]
          : [column('first', ({ first }) => (first === 1 ? 'yes' : ''))]),
      ],
      screen,
      paint,
    ),
    ...rest(found.heads.length - shown.length, paint),
    ...noted('First: more than any other token but the token itself and sinks (the first token, special ones).', screen, paint),
    ...found.skipped.flatMap(({ text, reason }) =>
      noted(`Text ${text + 1} is left out: ${reason.replace(/^find: /, '')}`, screen, paint),
    ),
  ]
}

function alikeLines(found: FoundAlike, scene: Scene, screen: Screen, paint: Paint): string[] {
  const [layer, head] = found.like
  const [best] = found.heads
  const shown = found.heads.slice(0, scene.top)
  const where = (a: number, b: number): string => together(`layer ${a}, head ${b}`)
  const column = (title: string, cell: (head: FoundAlike['heads'][number]) => string): Column => ({ title, cells: shown.map(cell) })
  const nearest = best
    ? `Nearest to ${where(layer, head)} is ${where(best.layer, best.head)}: their looks are ${decimal(best.distance)} apart (0: the same, 1: nothing in common), the mean over ${plural(found.rows, 'token')}`
    : `${where(layer, head)} is the only head of this model`
  return [
    ...wrap([{ text: nearest }], screen.columns),
    '',
    ...table(
      [
        column('layer', (each) => String(each.layer)),
        column('head', (each) => String(each.head)),
        column('apart by', ({ distance }) => decimal(distance)),
        column('beside sinks', ({ apart }) => (Number.isNaN(apart) ? '' : decimal(apart))),
      ],
      screen,
      paint,
    ),
    ...rest(found.heads.length - shown.length, paint),
    ...noted(
      'Apart by: the Jensen–Shannon distance of a token’s two rows of weights, in bits, the mean over tokens.',
      screen,
      paint,
    ),
  ]
}

const rest = (more: number, paint: Paint): string[] => (more > 0 ? [paint.soft(`  …${more} more`)] : [])

function picture(scene: Scene, { from, to }: Asked): Picture {
  const { loaded, found } = scene
  const { layers, heads } = loaded.model.config
  const values = new Float64Array(layers * heads).fill(Number.NaN)
  for (const each of found.heads) values[each.layer * heads + each.head] = 'weight' in each ? each.weight : each.distance
  const looks = found.sought === 'looks'
  const says = (value: number): string => (looks ? brief('self', value) : value.toFixed(2))
  return heatMap({
    title: looks
      ? `${loaded.model.name}: ${from} looks at ${to}`
      : `${loaded.model.name}: distance from layer ${found.like[0]}, head ${found.like[1]}`,
    caption: [
      looks
        ? `Per cent of the weight from “${from}” to “${to}”: the sum over the tokens looked at, the mean over those that look and over ${plural(found.places.length, 'text')}.`
        : `The Jensen–Shannon distance of two heads’ weights, in bits, the mean over ${plural(found.rows, 'token')}.`,
      `Measured on ${amount(found.texts, found.tokens)}.`,
    ],
    rows: Array.from({ length: layers }, (_, layer) => String(layer)),
    columns: Array.from({ length: heads }, (_, head) => String(head)),
    rowTitle: 'layer',
    columnTitle: 'head',
    values,
    scale: { law: looks ? 'sqrt' : 'linear', from: 0, to: 1, ramp: 'looked', says },
    measure: looks ? 'per cent of the weight' : 'distance, 0 to 1',
    figure: says,
  })
}

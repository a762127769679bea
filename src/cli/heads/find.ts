/** `regard find`: which heads look from one word to another, or do as a given head does. */

import { type FoundAlike, type FoundLooks, find, type Half, type Reading, type Sight, sideOf, wordsOf } from '../../lens/index.ts'
import type { Where } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { checkWho, type WhoOptions } from '../lens/kind.ts'
import { about, bars, type Column, decimal, heading, noted, table } from '../lens/parts.ts'
import { checkOutput, give, type Output, type Report } from '../lens/report.ts'
import { placesFor, readTexts, type Seen, seenOf, sightFact, sightFor, sightNote } from '../lens/sight.ts'
import { type ModelOptions, refused, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { heatMap, type Picture } from '../picture/index.ts'
import { Usage } from '../program.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { harmless, type Span, together, wrap } from '../terminal/width.ts'
import { amount, matrices } from './texts.ts'
import { brief } from './words.ts'

export interface FindCommandOptions extends ModelOptions, Output, WhoOptions {
  readonly to?: string | undefined
  readonly like?: readonly [layer: number, head: number] | undefined
  /** How many are listed. Default 10. */
  readonly top?: number | undefined
}

export async function findCommand(texts: readonly string[], options: FindCommandOptions, console: Console): Promise<void> {
  checkOutput(options)
  checkWho(options, false)
  const { to, like } = options
  const who = options.from ?? options.writing
  if (like ? who !== undefined || to !== undefined : who === undefined || to === undefined)
    throw new Usage('find takes --from WORD and --to WORD, or --like LAYER.HEAD; see `regard find --help`')
  await withModel(options, console, async (loaded, signal) => {
    const sight = sightFor(loaded.model, options)
    const runs = await readTexts(texts, loaded.model, options, sight, { console, signal })
    const more = { kind: sight.kind, signal, onProgress: matrices(console) }
    const found = like
      ? await find(runs, { like, ...more }).catch(refused)
      : await find(runs, { each: runs.map((run) => ({ from: whereIn(run, sight, options), to: to! })), ...more }).catch(refused)
    const scene = { loaded, found, runs, seen: seenOf(runs[0]!, sight, options), writing: options.writing, top: options.top ?? 10 }
    await give(report(scene, options, console.screen), options, console)
    for (const run of runs) run.dispose()
  })
}

/** Where the looks come from; a text that lacks the word is left to `find`, which says so. */
function whereIn(run: Reading, sight: Sight, who: WhoOptions): Where {
  if (who.from !== undefined) return who.from
  try {
    const places = placesFor(run, sight, who, 'find')
    return [places[0]!, places.at(-1)!]
  } catch (error) {
    if (error instanceof RangeError) return who.writing!
    throw error
  }
}

interface Scene {
  readonly loaded: Loaded
  readonly found: FoundLooks | FoundAlike
  readonly runs: readonly Reading[]
  readonly seen: Seen
  readonly writing: string | undefined
  readonly top: number
}

type Asked = Pick<FindCommandOptions, 'from' | 'writing' | 'to'>

function report(scene: Scene, { from, writing, to }: Asked, screen: Screen): Report {
  const { found, loaded, seen } = scene
  const { model } = loaded
  const { sight } = seen
  const asked = { ...(from !== undefined && { from }), ...(writing !== undefined && { writing }), to }
  return {
    lines: () => {
      const paint = paintFor(screen)
      const size = `${sight.layers} layers × ${sight.heads} heads`
      const facts = [...sightFact(model, sight), size, amount(found.texts, found.tokens), `${loaded.engine}`]
      const own = found.sought === 'looks' ? looksLines(found, scene, screen, paint) : alikeLines(found, scene, screen, paint)
      return [...heading(model.name, facts, screen, paint), '', ...own, ...sightNote(model, seen, screen, paint)]
    },
    json: () => ({ command: 'find', ...about(loaded, sight), ...(found.sought === 'looks' && asked), ...found }),
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
    picture: () => picture(scene),
  }
}

const known = (value: number): number | undefined => (Number.isNaN(value) ? undefined : value)

/** The words as the first text has them. */
function named({ runs, found, seen: { sight }, writing }: Scene): { from: string; to: string } {
  const place = (found as FoundLooks).places[0]!
  const word = (half: Half, places: readonly number[]): string => {
    const { tokens, text } = sideOf(runs[place.text]!, 0, half)
    const { pieces } = wordsOf(tokens, text)
    const [first, last] = [tokens[places[0]!]!, tokens[places.at(-1)!]!]
    const whole = first.special || last.special ? undefined : text?.slice(first.start, last.end)
    return harmless(whole ?? places.map((at) => pieces[at]!).join(' ')).trim()
  }
  return { from: writing ?? word(sight.rows, place.rows), to: word(sight.columns, place.columns) }
}

function looksLines(found: FoundLooks, scene: Scene, screen: Screen, paint: Paint): string[] {
  const { from, to } = named(scene)
  const [best] = found.heads
  const several = found.places.length > 1
  const where = together(`layer ${best!.layer}, head ${best!.head}`)
  const line: Span[] = [
    ...(scene.writing === undefined ? [] : [{ text: 'Writing ' }]),
    { text: from, paint: paint.strong },
    { text: scene.writing === undefined ? ' looks at ' : ', it looks at ' },
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
    ...noted(
      found.kind === 'cross'
        ? 'First: more than any other token but special ones.'
        : 'First: more than any other token but the token itself and sinks (the first token, special ones).',
      screen,
      paint,
    ),
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

function picture(scene: Scene): Picture {
  const { loaded, found, seen, writing } = scene
  const { layers, heads } = seen.sight
  const values = new Float64Array(layers * heads).fill(Number.NaN)
  for (const each of found.heads) values[each.layer * heads + each.head] = 'weight' in each ? each.weight : each.distance
  const looks = found.sought === 'looks'
  const says = (value: number): string => (looks ? brief('self', value) : value.toFixed(2))
  const { from, to } = looks ? named(scene) : { from: '', to: '' }
  return heatMap({
    title: looks
      ? `${loaded.model.name}: ${writing === undefined ? `${from} looks at ${to}` : `writing ${from}, it looks at ${to}`}`
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

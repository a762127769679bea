/** `regard profile`: where in a text attention goes, layer by layer. */

import { type LayerProfile, type Profile, profile } from '../../lens/index.ts'
import type { Console } from '../console.ts'
import { checkWho, type WhoOptions } from '../lens/kind.ts'
import { about, type Column, heading, noted, table } from '../lens/parts.ts'
import { checkOutput, give, type Output, type Report } from '../lens/report.ts'
import { placesFor, readTexts, type Seen, seenOf, sightFact, sightFor, sightNote } from '../lens/sight.ts'
import { type ModelOptions, refused, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { LOOKED, linePlot, type Picture, type Series } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import { bar } from '../read/ranking.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { together, wrap } from '../terminal/width.ts'
import { amount, matrices } from './texts.ts'

export interface ProfileCommandOptions extends ModelOptions, Output, WhoOptions {
  readonly parts?: number | undefined
  /** Also what each part is worth. */
  readonly effect?: boolean | undefined
}

export async function profileCommand(texts: readonly string[], options: ProfileCommandOptions, console: Console): Promise<void> {
  checkOutput(options)
  checkWho(options, false)
  if (options.effect && texts.length > 1) throw new Problem('--effect is measured on one text; give one')
  if (options.writing !== undefined && texts.length > 1) throw new Problem('--writing is looked up in one text; give one')
  await withModel(options, console, async (loaded, signal) => {
    const sight = sightFor(loaded.model, options)
    const runs = await readTexts(texts, loaded.model, options, sight, { console, signal })
    const { from, writing } = options
    const places = writing === undefined ? undefined : placesFor(runs[0]!, sight, options, 'profile')
    const found = await profile(runs, {
      parts: options.parts,
      kind: sight.kind,
      from: places ? [places[0]!, places.at(-1)!] : from,
      signal,
      onProgress: matrices(console),
      ...(options.effect && { effect: { model: loaded.model } }),
    }).catch(refused)
    const seen = seenOf(runs[0]!, sight, options)
    for (const run of runs) run.dispose()
    await give(report({ loaded, found, seen, from, writing }, console.screen), options, console)
  })
}

interface Scene {
  readonly loaded: Loaded
  readonly found: Profile
  readonly seen: Seen
  readonly from: string | undefined
  readonly writing: string | undefined
}

function report(scene: Scene, screen: Screen): Report {
  const { loaded, found, seen, from, writing } = scene
  return {
    lines: () => lines(scene, screen),
    json: () => ({
      command: 'profile',
      ...about(loaded, seen.sight),
      ...(from !== undefined && { from }),
      ...(writing !== undefined && { writing }),
      ...found,
    }),
    csv: () => csv(found),
    picture: () => picture(scene),
  }
}

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, found } = scene
  const paint = paintFor(screen)
  const facts = [
    ...sightFact(loaded.model, scene.seen.sight),
    `${found.layers.length} layers × ${found.layers[0]!.heads.length} heads`,
    amount(found.texts, found.tokens),
    `${loaded.engine}`,
  ]
  return [
    ...heading(loaded.model.name, facts, screen, paint),
    '',
    ...wrap([{ text: statement(scene) }], screen.columns),
    '',
    ...bars(found, screen, paint),
    '',
    ...byLayer(found, screen, paint),
    ...noted(
      `Shares of all weight, means over ${whose(scene)} and all heads. In brackets: even looks at all visible tokens. Sinks: ${sinksOf(scene)}.`,
      screen,
      paint,
    ),
    ...(found.measure === undefined ? [] : worth(found, screen, paint)),
    ...sightNote(loaded.model, scene.seen, screen, paint),
  ]
}

const sinksOf = ({ found: { kind } }: Scene): string => (kind === 'cross' ? 'special tokens' : 'the first token and special ones')

const whose = ({ found, from, writing }: Scene): string => {
  if (writing !== undefined) return `the places that write “${writing}”`
  return from === undefined ? `the ${plural(found.rows, 'token')} that look` : `“${from}”`
}

/** Over all layers. */
function overall({ layers, parts }: Profile) {
  const mean = (of: (layer: LayerProfile) => number): number => layers.reduce((sum, layer) => sum + of(layer), 0) / layers.length
  return {
    parts: parts.map((name, n) => ({
      name,
      share: mean(({ attention }) => attention.parts[n]!),
      chance: mean(({ chance }) => chance.parts[n]!),
      beside: mean(({ attention }) => attention.beside[n]!),
      besideChance: mean(({ chance }) => chance.beside[n]!),
    })),
    sinks: { name: 'sinks', share: mean(({ attention }) => attention.sinks), chance: mean(({ chance }) => chance.sinks) },
  }
}

function statement(scene: Scene): string {
  const { parts, sinks } = overall(scene.found)
  const best = parts.reduce((a, b) => (b.beside - b.besideChance > a.beside - a.besideChance ? b : a))
  const share = (x: number): string => together(percent(x))
  const { from, writing } = scene
  const who =
    writing !== undefined
      ? `The looks that write ${writing} give ${share(sinks.share)} of their attention`
      : from === undefined
        ? `Tokens give ${share(sinks.share)} of their attention`
        : `${from} gives ${share(sinks.share)} of its attention`
  const rest = `${share(best.beside)} of what is left goes to the ${best.name}, where position alone would put ${share(best.besideChance)}`
  return `${who} to sinks; ${rest}.`
}

/** A bar for each part over all layers, with a tick where even looks would end. */
function bars(found: Profile, screen: Screen, paint: Paint): string[] {
  const { parts, sinks } = overall(found)
  const list = [...parts, sinks]
  const label = Math.max(...list.map(({ name }) => name.length))
  const room = Math.max(10, Math.min(40, screen.columns - label - 30))
  return list.map(({ name, share, chance }) => {
    const drawn = bar(share * room).padEnd(room)
    const at = Math.min(room - 1, Math.round(chance * room))
    const [before, after] = [drawn.slice(0, at), drawn.slice(at + 1)]
    const line = `${paint.looked(before)}${paint.soft('│')}${paint.looked(after)}`
    return `  ${name.padEnd(label)}  ${line}  ${percent(share).padStart(7)} ${paint.soft(`(${percent(chance)})`)}`
  })
}

function byLayer({ layers, parts }: Profile, screen: Screen, paint: Paint): string[] {
  const cell = (share: number, chance: number): string => `${percent(share)} (${Math.round(100 * chance)})`
  const columns: Column[] = [
    { title: 'layer', cells: layers.map(({ layer }) => String(layer)) },
    ...parts.map((title, n) => ({
      title,
      cells: layers.map(({ attention, chance }) => cell(attention.parts[n]!, chance.parts[n]!)),
    })),
    { title: 'sinks', cells: layers.map(({ attention, chance }) => cell(attention.sinks, chance.sinks)) },
  ]
  return table(columns, screen, paint)
}

/** What cutting all links to a part does. */
function worth({ layers, parts }: Profile, screen: Screen, paint: Paint): string[] {
  const figure = (value: number): string => value.toFixed(4)
  const columns: Column[] = [
    { title: 'layer', cells: layers.map(({ layer }) => String(layer)) },
    ...parts.map((title, n) => ({ title, cells: layers.map(({ effect }) => figure(effect!.parts[n]!)) })),
    { title: 'sinks', cells: layers.map(({ effect }) => figure(effect!.sinks)) },
  ]
  return [
    '',
    ...wrap([{ text: 'What the links to each part mattered, cut in one layer at a time:' }], screen.columns),
    '',
    ...table(columns, screen, paint),
    ...noted(
      'Exact effect: 1 − cosine of the last hidden vectors of the tokens that look, their mean; links are cut before the softmax.',
      screen,
      paint,
    ),
  ]
}

function csv({ layers, parts, measure }: Profile): ReturnType<Report['csv']> {
  const names = [...parts.map((name) => name.replaceAll(' ', '_')), 'sinks']
  const of = (suffix: string): string[] => names.map((name) => `${name}${suffix}`)
  const inside = (suffix: string): string[] => names.slice(0, -1).map((name) => `${name}${suffix}`)
  return {
    columns: [
      ...['layer', ...of(''), ...of('_chance'), ...inside('_beside_sinks'), ...inside('_beside_sinks_chance')],
      ...(measure === undefined ? [] : of('_effect')),
    ],
    rows: layers.map(({ layer, attention, chance, effect }) => [
      ...[layer, ...attention.parts, attention.sinks, ...chance.parts, chance.sinks, ...attention.beside, ...chance.beside],
      ...(effect ? [...effect.parts, effect.sinks] : []),
    ]),
  }
}

/** Solid: attention; dashed, of the same name: what position alone gives. */
function picture(scene: Scene): Picture {
  const { loaded, found } = scene
  const { layers, parts } = found
  const dashes = [undefined, [8, 3], [2, 3], [9, 3, 2, 3]]
  const series = parts.flatMap((name, n): Series[] => [
    {
      name,
      draw: 'both',
      dash: dashes[n % dashes.length],
      colour: LOOKED,
      points: layers.map(({ layer, attention }) => [layer, attention.beside[n]!] as const),
    },
    {
      name: `${name}, by position alone`,
      dash: dashes[n % dashes.length],
      points: layers.map(({ layer, chance }) => [layer, chance.beside[n]!] as const),
      colour: [111, 107, 98],
    },
  ])
  return linePlot({
    title: `${loaded.model.name}: where in the text attention goes`,
    caption: [
      `Shares of the weight that is not on sinks (${sinksOf(scene)}), the mean over ${whose(scene)} and all heads of a layer.`,
      'By position alone: even looks at all visible tokens, each token counted by what it has left beside sinks.',
      `Measured on ${amount(found.texts, found.tokens)}.`,
    ],
    x: { title: 'layer', ticks: layers.map(({ layer }) => ({ at: layer, says: String(layer) })) },
    y: { title: 'share beside sinks', from: 0, to: 1 },
    series,
  })
}

/** `regard graph`: the attention of a text as a weighted graph. */

import {
  type AttentionEdge,
  type AttentionGraph,
  graph,
  type Opening,
  openableOf,
  opening,
  type Reading,
  type Sight,
  toDot,
  toGraphml,
  toJson,
} from '../../lens/index.ts'
import type { Console } from '../console.ts'
import type { KindOptions } from '../lens/kind.ts'
import { about, bars, type Column, heading, noted, table } from '../lens/parts.ts'
import { checkOutput, give, type Output, type Report } from '../lens/report.ts'
import { checkPlace, labelsIn, readTexts, type Seen, seenOf, sightFact, sightFor, sightNote, writtenAt } from '../lens/sight.ts'
import { type ModelOptions, refused, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { heatMap, type Picture } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import type { Labels } from '../read/labels.ts'
import { percent, plural, whole } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { type Span, together, wrap } from '../terminal/width.ts'
import { type Arc, arcs, TALLEST } from './arcs.ts'
import { amount } from './texts.ts'
import { brief } from './words.ts'

export interface GraphCommandOptions extends ModelOptions, Output, KindOptions {
  readonly layer?: number | 'all' | undefined
  readonly head?: number | 'mean' | undefined
  readonly threshold?: number | undefined
  readonly top?: number | undefined
  readonly dot?: boolean | undefined
  readonly graphml?: boolean | undefined
}

export async function graphCommand(text: string, options: GraphCommandOptions, console: Console): Promise<void> {
  checkOutput(options)
  const formats = ['json', 'csv', 'dot', 'graphml'].filter((format) => options[format as 'json' | 'csv' | 'dot' | 'graphml'])
  if (formats.length > 1) throw new Problem(`--${formats[0]} and --${formats[1]}: choose one of them`)
  await withModel(options, console, async (loaded, signal) => {
    const sight = sightFor(loaded.model, options)
    checkPlace(loaded.model, sight, options)
    const [run] = (await readTexts([text], loaded.model, options, sight, { console, signal })) as [Reading]
    const { layer, head, rule } = await choose(run, sight, options)
    const { threshold, top } = options
    const found = await graph(run, { layer, head, threshold, top, kind: sight.kind, signal }).catch(refused)
    const scene: Scene = {
      ...{ loaded, found, rule, seen: seenOf(run, sight, options) },
      rows: labelsIn(run, sight.rows),
      labels: labelsIn(run, sight.columns),
    }
    run.dispose()
    if (options.dot) console.print(toDot(found).trimEnd())
    else if (options.graphml) console.print(toGraphml(found).trimEnd())
    else await give(report(scene, console.screen), options, console)
  })
}

/** A layer and a head as `regard read` opens them, unless they are named; for all layers the mean of their heads. */
async function choose(
  run: Reading,
  { kind }: Sight,
  { layer, head }: GraphCommandOptions,
): Promise<{ layer: number | undefined; head: number | 'mean'; rule: Opening | undefined }> {
  if (layer === 'all') return { layer: undefined, head: head ?? 'mean', rule: undefined }
  if (layer !== undefined && head !== undefined) return { layer, head, rule: undefined }
  if (head === 'mean') return { layer, head, rule: undefined }
  const rule = await opening(openableOf(run, kind), { layer, head })
  return { layer: rule.layer, head: rule.head, rule }
}

interface Scene {
  readonly loaded: Loaded
  readonly found: AttentionGraph
  readonly seen: Seen
  /** Of the tokens that look, and of those looked at. */
  readonly rows: Labels
  readonly labels: Labels
  readonly rule: Opening | undefined
}

function report(scene: Scene, screen: Screen): Report {
  const { loaded, found, seen, rows, labels } = scene
  return {
    lines: () => lines(scene, screen),
    json: () => ({ command: 'graph', ...about(loaded, seen.sight), ...toJson(found) }),
    csv: () => ({
      columns: ['layer', 'from', 'to', 'from_text', 'to_text', 'weight'],
      rows: found.edges.map(({ layer, from, to, weight }) => [
        ...[layer, from, to],
        ...[rows.words.pieces[from], labels.words.pieces[to]],
        weight,
      ]),
    }),
    picture: () => picture(scene),
  }
}

/** How many edges are listed. */
const LISTED = 10

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, found, seen, labels, rule } = scene
  const { square } = seen.sight
  const paint = paintFor(screen)
  const facts = [...sightFact(loaded.model, seen.sight), place(found), amount(1, found.nodes.length), `${loaded.engine}`]
  const order = found.edges.toSorted((a, b) => b.weight - a.weight || a.layer - b.layer || a.from - b.from || a.to - b.to)
  const one = found.layers.length === 1
  const short = one && found.nodes.length <= TALLEST
  const between = order.filter(({ from, to }) => !square || from !== to)
  const beside = between.filter(({ from, to }) => !(square && labels.soft[from]) && !labels.soft[to])
  const drawn = short ? arcs(...picturedIn(scene, beside), screen, paint) : undefined
  return [
    ...heading(loaded.model.name, facts, screen, paint),
    '',
    ...wrap(statement(scene, rule ? { from: rule.row, to: rule.column, weight: rule.weight } : between[0], paint), screen.columns),
    ...(rule ? wrap([{ text: `(${rule.reason})`, paint: paint.soft }], screen.columns) : []),
    '',
    ...(drawn ? [...drawn.lines, ''] : []),
    ...listed(between.slice(0, LISTED), scene, screen, paint),
    ...(between.length > LISTED ? [paint.soft(`  …${between.length - LISTED} more between different tokens`)] : []),
    ...noted(note(drawn && { drawn: drawn.drawn, of: beside.length }, order.length - between.length), screen, paint),
    ...sightNote(loaded.model, seen, screen, paint),
  ]
}

/** Names one below the other, and links among them; where one text looks at another, its own stand below. */
function picturedIn({ seen, rows, labels }: Scene, edges: readonly AttentionEdge[]): [string[], Arc[]] {
  if (seen.sight.square) return [[...labels.names], [...edges]]
  const n = labels.names.length
  return [[...labels.names, ...rows.names], edges.map(({ from, to }) => ({ from: n + from, to }))]
}

function note(drawn: { drawn: number; of: number } | undefined, own: number): string {
  const which = !drawn || drawn.drawn === drawn.of ? '' : `the ${drawn.drawn} strongest of ${drawn.of} `
  const picture = drawn ? `Drawn: ${which}links between tokens of the text, without special ones; ◄ marks a token looked at. ` : ''
  const itself = own === 1 ? '1 edge of a token to itself is' : `${own} edges of tokens to themselves are`
  const selves = own > 0 ? `${itself} not listed. ` : ''
  return `${picture}${selves}--dot, --graphml, --json and --csv give all.`
}

function place({ layers, head }: AttentionGraph): string {
  const heads = head === 'mean' ? 'the mean of its heads' : `head ${head}`
  return layers.length === 1
    ? `layer ${layers[0]}, ${heads}`
    : `${layers.length} layers, ${head === 'mean' ? 'the mean of their heads' : heads}`
}

/** `link`: the one that the rule found, or the strongest. */
function statement({ found, rows, labels, rule }: Scene, link: Omit<AttentionEdge, 'layer'> | undefined, paint: Paint): Span[] {
  const { edges, nodes, threshold, kept, links } = found
  const least = threshold > 0 ? ` of at least ${together(percent(threshold))}` : ''
  const counts = `${plural(edges.length, 'edge')}${least} among ${plural(nodes.length, 'token')}, of ${whole(links)} links with any weight; they hold ${together(percent(kept))} of it`
  if (!link) return [{ text: `${counts}.` }]
  return [
    { text: rule ? `${counts}. ` : `${counts}. The strongest between two tokens: ` },
    { text: rows.names[link.from]!, paint: paint.strong },
    { text: ' looks at ' },
    { text: labels.names[link.to]!, paint: paint.looked },
    { text: `, ${together(percent(link.weight))}` },
  ]
}

function listed(edges: readonly AttentionEdge[], { found, seen, rows, labels }: Scene, screen: Screen, paint: Paint): string[] {
  const columns: Column[] = [
    ...(found.layers.length > 1 ? [{ title: 'layer', cells: edges.map(({ layer }) => String(layer)) }] : []),
    { title: 'looks', cells: edges.map(({ from }) => rows.names[from]!), left: true, paint: paint.strong },
    ...(seen.sight.square ? [] : [{ title: 'writes', cells: edges.map(({ from }) => writtenAt(rows, from)), left: true }]),
    { title: 'is looked at', cells: edges.map(({ to }) => labels.names[to]!), left: true },
    {
      title: '',
      cells: bars(
        edges.map(({ weight }) => weight),
        1,
        Math.max(6, Math.min(40, screen.columns - 56)),
      ),
      left: true,
      paint: paint.looked,
    },
    { title: 'weight', cells: edges.map(({ weight }) => percent(weight)) },
  ]
  return edges.length === 0 ? [] : table(columns, screen, paint)
}

/** Tokens beyond these would be a wall. */
const MOST = 120

/** The edges as a matrix; a link that is no edge is left empty. Of several layers, the strongest. */
function picture({ loaded, found, rows, labels }: Scene): Picture {
  const [m, n] = [rows.names.length, labels.names.length]
  if (Math.max(m, n) > MOST)
    throw new Problem(`--svg and --png draw at most ${MOST} tokens, the text has ${Math.max(m, n)}; use --graphml or --dot`)
  const values = new Float64Array(m * n)
  for (const { from, to, weight } of found.edges) values[from * n + to] = Math.max(values[from * n + to]!, weight)
  const several = found.layers.length > 1 ? ' Of several layers a cell shows the strongest.' : ''
  return heatMap({
    title: `${loaded.model.name}: attention as a graph, ${place(found)}`,
    caption: [
      `Edges of weight ${found.threshold} and more: ${found.edges.length}, with ${percent(found.kept)} of all weight.${several}`,
      `Measured on ${amount(1, found.nodes.length)}. Rows look at columns.`,
    ],
    rows: rows.names,
    columns: labels.names,
    rowTitle: 'the token that looks',
    columnTitle: 'the token looked at',
    values,
    scale: { law: 'sqrt', from: 0, to: 1, ramp: 'looked', says: (value) => brief('self', value) },
    measure: 'per cent of the weight',
  })
}

/** A run as text: header, statement, picture. */

import type { EngineInfo } from '../../backend/index.ts'
import { type Opening, opening } from '../../lens/opening.ts'
import type { AttentionKind, Seen } from '../../model/index.ts'
import { checkPlace, writtenAt } from '../lens/sight.ts'
import { duration } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { together, wrap } from '../terminal/width.ts'
import { findToken } from './find.ts'
import { json } from './json.ts'
import type { Labels } from './labels.ts'
import { layoutFor } from './layout.ts'
import { type Attending, type Choice, looksOf, placeOf } from './looks.ts'
import { matrix, widest, widestGlyph } from './matrix.ts'
import { ranking } from './ranking.ts'
import { markNote } from './seen.ts'
import { sentence } from './sentence.ts'
import { type Side, type SideText, shownOf, sideWith, unknown } from './side.ts'
import { type Names, ofMatrix, ofToken, stated } from './statement.ts'
import { survey } from './survey.ts'

/** What the reader asked for. */
export interface Asked {
  readonly layer?: number | undefined
  readonly head?: number | 'mean' | undefined
  /** WORD or WORD:nth */
  readonly token?: string | undefined
  readonly json?: boolean | undefined
}

/** One attention of a text that was run, and by what. The tokens are those that look. */
export interface Ran extends Attending, SideText {
  /** What they look at, where that is another text. */
  readonly columns?: SideText | undefined
  readonly kind: AttentionKind
  /** What was read. Default: the text. */
  readonly read?: string | undefined
  /** What an encoder–decoder wrote, if its decoder looks. */
  readonly written?: string | undefined
  /** Of a model that has several attentions: which this is, for the heading; and the lines that stand below. */
  readonly which?: { readonly facts: readonly string[]; readonly below: readonly string[] } | undefined
  readonly model: { readonly name: string; readonly family: string }
  readonly engine: EngineInfo
  /** How long the run took. */
  readonly milliseconds: number
  /** Which words the model met while it learned, where it tells. */
  readonly seen?: Pick<Seen, 'hardly'> | undefined
}

export async function show(ran: Ran, asked: Asked, screen: Screen): Promise<string> {
  checkPlace(ran.model, ran.config, asked)
  const rows = sideWith(ran, ran.seen)
  const columns = ran.columns ? sideWith(ran.columns, ran.seen) : rows
  const found = asked.token === undefined ? undefined : findToken(rows.labels, asked.token)
  const { choice, rule } = await choose(ran, asked, found?.index)
  const scene = { ran, rows, columns, choice, rule, screen, paint: paintFor(screen) }
  if (asked.json) return json(await tell(scene, found?.index))
  const sides = rows === columns ? [rows] : [rows, columns]
  const notes = [
    ...(found?.note ? [found.note] : []),
    ...(found && ran.written !== undefined ? [writesAt(rows.labels, found.index)] : []),
    ...sides.flatMap(unknown),
    ...markNote(sides.flatMap(({ hardly }) => hardly)),
  ].flatMap((text) => wrap([{ text, paint: scene.paint.soft }], screen.columns))
  const lines = found ? await tokenLines({ ...scene, notes }, found.index) : await matrixLines({ ...scene, notes })
  const below = ran.which?.below ?? []
  return [...header(ran, screen, scene.paint), '', ...lines, ...(below.length > 0 ? ['', ...below] : [])].join('\n')
}

/** Where the decoder reads a token of what was written, it writes the next. */
const writesAt = (labels: Labels, place: number): string =>
  `where it reads ${labels.names[place]}, the decoder writes ${writtenAt(labels, place)}`

interface Shown {
  readonly ran: Ran
  /** Those that look, and those looked at: the same where one text looks at itself. */
  readonly rows: Side
  readonly columns: Side
  readonly choice: Choice
  readonly rule: Opening | undefined
  readonly screen: Screen
  readonly paint: Paint
}

interface Scene extends Shown {
  /** What stands below the statement. */
  readonly notes: readonly string[]
}

const namesOf = ({ rows, columns }: Shown): Names => ({
  rows: rows.labels.names,
  columns: columns.labels.names,
  square: rows === columns,
})

async function choose(
  ran: Ran,
  { layer, head }: Asked,
  token: number | undefined,
): Promise<{ choice: Choice; rule: Opening | undefined }> {
  if (head === 'mean' || (layer !== undefined && head !== undefined)) return { choice: { layer, head }, rule: undefined }
  const rule = await opening(ran, { token, layer, head })
  return { choice: rule, rule }
}

async function tokenLines(scene: Scene, token: number): Promise<string[]> {
  const { ran, rows, columns, choice, rule, screen, paint, notes } = scene
  const { text, tokens, labels } = columns
  const weights = await looksOf(ran, choice).tile(token, token + 1, 0, tokens.length)
  const said = stated(
    ofToken(token, weights, namesOf(scene), placeOf(choice, ran.config), rule, paint),
    rule,
    screen.columns,
    paint,
  )
  const heat = sentence(tokens, text, weights, rows === columns ? token : undefined, screen, paint)
  return [
    ...said,
    ...notes,
    '',
    ...(heat.length > 0 ? [...heat, ''] : []),
    ...ranking({ names: shownOf(columns, 'names'), soft: labels.soft, weights }, screen, paint),
  ]
}

async function matrixLines(scene: Scene): Promise<string[]> {
  const { ran, rows, columns, choice, rule, screen, paint, notes } = scene
  const [side, top] = [shownOf(rows), shownOf(columns)]
  const under = ran.which?.below.length ?? 0
  const layout = layoutFor(
    {
      rows: { n: side.length, widest: widest(side) },
      columns: { n: top.length, widest: widest(top) },
      stacked: widestGlyph(top),
      below: under > 0 ? under + 1 : 0,
    },
    screen,
  )
  const words = { ...(rows !== columns && { rows: rows.labels.words.of }), columns: columns.labels.words.of }
  const seen = await survey(looksOf(ran, choice), words, layout.per)
  const said = stated(ofMatrix(seen, namesOf(scene), placeOf(choice, ran.config), rule, paint), rule, screen.columns, paint)
  const axes = {
    rows: { labels: side, soft: rows.labels.soft },
    columns: { labels: top, soft: columns.labels.soft },
    link: rule ?? seen.link,
  }
  return [...said, ...notes, '', ...matrix(axes, seen, layout, screen, paint)]
}

async function tell({ ran, rows, columns, choice, rule }: Shown, token: number | undefined): Promise<Parameters<typeof json>[0]> {
  const looks = looksOf(ran, choice)
  const weights: Float32Array[] = []
  for (const row of token === undefined ? rows.tokens.keys() : [token])
    weights.push(await looks.tile(row, row + 1, 0, columns.tokens.length))
  const { name, family } = ran.model
  return {
    model: { name, family, layers: ran.config.layers, heads: ran.config.heads },
    engine: ran.engine,
    milliseconds: ran.milliseconds,
    text: ran.read ?? ran.text,
    written: ran.written,
    kind: ran.kind,
    rows,
    columns,
    choice,
    rule,
    token,
    weights,
  }
}

function header({ model, config, engine, milliseconds, which }: Ran, screen: Screen, paint: Paint): string[] {
  const size = `${config.layers} layers × ${config.heads} heads`
  const facts = [...(which?.facts ?? []), size, `${engine}`, duration(milliseconds)].map(together)
  return wrap(
    [
      { text: model.name, paint: paint.strong },
      { text: ` · ${facts.join(' · ')}`, paint: paint.soft },
    ],
    screen.columns,
  )
}

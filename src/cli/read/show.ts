/** A run as text: header, statement, picture. */

import type { EngineInfo } from '../../backend/index.ts'
import { type Opening, opening } from '../../lens/opening.ts'
import type { TokenLike } from '../../lens/words.ts'
import type { Seen } from '../../model/index.ts'
import { Problem } from '../problem.ts'
import { duration } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { together, wrap } from '../terminal/width.ts'
import { findToken } from './find.ts'
import { json } from './json.ts'
import { type Labels, labelsOf } from './labels.ts'
import { layoutFor } from './layout.ts'
import { type Attending, type Choice, looksOf, placeOf } from './looks.ts'
import { matrix, widest, widestGlyph } from './matrix.ts'
import { ranking } from './ranking.ts'
import { hardlySeen, marked, markNote } from './seen.ts'
import { sentence } from './sentence.ts'
import { ofMatrix, ofToken, stated } from './statement.ts'
import { survey } from './survey.ts'

/** What the reader asked for. */
export interface Asked {
  readonly layer?: number | undefined
  readonly head?: number | 'mean' | undefined
  /** WORD or WORD:nth */
  readonly token?: string | undefined
  readonly json?: boolean | undefined
}

/** A text that was run, and by what. */
export interface Ran extends Attending {
  readonly text: string
  readonly tokens: readonly (TokenLike & { readonly id: number })[]
  readonly model: { readonly name: string; readonly family: string }
  readonly engine: EngineInfo
  /** How long the run took. */
  readonly milliseconds: number
  /** Which words the model met while it learned, where it tells. */
  readonly seen?: Pick<Seen, 'hardly'> | undefined
}

export async function show(ran: Ran, asked: Asked, screen: Screen): Promise<string> {
  check(ran, asked)
  const labels = labelsOf(ran.tokens, ran.text)
  const found = asked.token === undefined ? undefined : findToken(labels, asked.token)
  const { choice, rule } = await choose(ran, asked, found?.index)
  if (asked.json) return json(await tell(ran, labels, choice, rule, found?.index))
  const paint = paintFor(screen)
  const hardly = hardlySeen(ran.tokens, ran.text, ran.seen)
  const scene: Scene = {
    ran,
    labels,
    hardly,
    choice,
    rule,
    screen,
    paint,
    notes: [...(found?.note ? [found.note] : []), ...unknown(ran, labels), ...markNote(hardly)],
  }
  const lines = found ? await tokenLines(scene, found.index) : await matrixLines(scene)
  return [...header(ran, screen, paint), '', ...lines].join('\n')
}

interface Scene {
  readonly ran: Ran
  readonly labels: Labels
  /** Tokens of words that the model hardly knows: their labels are marked. */
  readonly hardly: readonly boolean[]
  readonly choice: Choice
  readonly rule: Opening | undefined
  readonly screen: Screen
  readonly paint: Paint
  readonly notes: readonly string[]
}

async function choose(
  ran: Ran,
  { layer, head }: Asked,
  token: number | undefined,
): Promise<{ choice: Choice; rule: Opening | undefined }> {
  if (head === 'mean' || (layer !== undefined && head !== undefined)) return { choice: { layer, head }, rule: undefined }
  const rule = await opening(ran, { token, layer, head })
  return { choice: rule, rule }
}

async function tokenLines({ ran, labels, hardly, choice, rule, screen, paint, notes }: Scene, token: number): Promise<string[]> {
  const weights = await looksOf(ran, choice).tile(token, token + 1, 0, ran.tokens.length)
  const said = stated(ofToken(token, weights, labels.names, placeOf(choice, ran.config), rule, paint), rule, screen.columns, paint)
  const heat = sentence(ran.tokens, ran.text, weights, token, screen, paint)
  return [
    ...said,
    ...noted(notes, screen, paint),
    '',
    ...(heat.length > 0 ? [...heat, ''] : []),
    ...ranking({ names: marked(labels.names, hardly), soft: labels.soft, weights }, screen, paint),
  ]
}

async function matrixLines({ ran, labels, hardly, choice, rule, screen, paint, notes }: Scene): Promise<string[]> {
  const shown = marked(labels.of, hardly)
  const layout = layoutFor(ran.tokens.length, widest(shown), widestGlyph(shown), screen)
  const seen = await survey(looksOf(ran, choice), labels.words.of, layout.per)
  const said = stated(ofMatrix(seen, labels.names, placeOf(choice, ran.config), rule, paint), rule, screen.columns, paint)
  return [
    ...said,
    ...noted(notes, screen, paint),
    '',
    ...matrix({ labels: shown, soft: labels.soft, link: rule ?? seen.link }, seen, layout, screen, paint),
  ]
}

async function tell(
  ran: Ran,
  labels: Labels,
  choice: Choice,
  rule: Opening | undefined,
  token: number | undefined,
): Promise<Parameters<typeof json>[0]> {
  const n = ran.tokens.length
  const looks = looksOf(ran, choice)
  const rows = token === undefined ? [...ran.tokens.keys()] : [token]
  const weights: Float32Array[] = []
  for (const row of rows) weights.push(await looks.tile(row, row + 1, 0, n))
  const { name, family } = ran.model
  return {
    ...ran,
    model: { name, family, layers: ran.config.layers, heads: ran.config.heads },
    labels,
    hardly: hardlySeen(ran.tokens, ran.text, ran.seen),
    choice,
    rule,
    token,
    weights,
  }
}

export function header({ model, config, engine, milliseconds }: Omit<Ran, 'attention'>, screen: Screen, paint: Paint): string[] {
  const facts = [`${config.layers} layers × ${config.heads} heads`, `${engine}`, duration(milliseconds)].map(together)
  return wrap(
    [
      { text: model.name, paint: paint.strong },
      { text: ` · ${facts.join(' · ')}`, paint: paint.soft },
    ],
    screen.columns,
  )
}

function noted(notes: readonly string[], screen: Screen, paint: Paint): string[] {
  return notes.flatMap((text) => wrap([{ text, paint: paint.soft }], screen.columns))
}

/** What the vocabulary does not have, the model did not read. */
function unknown({ tokens }: Ran, labels: Labels): string[] {
  const lost = tokens.flatMap(({ text }, n) => (/^(\[UNK\]|<unk>)$/i.test(text) && labels.of[n] !== text ? [labels.of[n]!] : []))
  return lost.length === 0
    ? []
    : [`${lost.join(' ')}: not in this model’s vocabulary; it read ${tokens.find(({ text }) => /unk/i.test(text))!.text} instead`]
}

function check({ config, model }: Ran, { layer, head }: Asked): void {
  const within = (option: string, value: number | undefined, n: number, what: string): void => {
    if (value !== undefined && value >= n) throw new Problem(`--${option} ${value}: ${model.name} has ${what}, 0 to ${n - 1}`)
  }
  within('layer', layer, config.layers, `${config.layers} layers`)
  within('head', head === 'mean' ? undefined : head, config.heads, `${config.heads} heads in a layer`)
}

/** `regard meaning` without a word: how alike the tokens of a text become, and what the model would say after each layer. */

import { type Alike, alike, type Glimpse, type LogitLens, logitLens } from '../../lens/index.ts'
import type { Console } from '../console.ts'
import type { Loaded } from '../load.ts'
import { linePlot, type Picture } from '../picture/index.ts'
import { findToken } from '../read/find.ts'
import type { Labels } from '../read/labels.ts'
import { percent, plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { harmless } from '../terminal/width.ts'
import type { KindOptions } from './kind.ts'
import { about, bars, type Column, decimal, heading, noted, said, stateName, table } from './parts.ts'
import { give, type Output, type Report } from './report.ts'
import { inputFor, labelsIn, type Seen, seenOf, sightFact, sightFor, sightNote } from './sight.ts'
import { type ModelOptions, telling, textOf, withModel } from './with-model.ts'

export interface LayersOptions extends ModelOptions, Output, KindOptions {
  /** Where the model says something. Default: the last token. */
  readonly token?: string | undefined
}

export async function layersCommand(given: string, options: LayersOptions, console: Console): Promise<void> {
  const text = await textOf(given, console)
  await withModel(options, console, async (loaded, signal) => {
    const { model } = loaded
    const sight = sightFor(model, options)
    using run = await model.run(await inputFor(model, text, options, sight, signal))
    const labels = labelsIn(run, sight.rows)
    const place = options.token === undefined ? labels.names.length - 1 : findToken(labels, options.token).index
    const tokens = await alike(run, { kind: sight.rows })
    const speaks = model.network.logits && (sight.rows === 'decoder' || model.config.kind === 'encoder')
    const words = speaks
      ? await logitLens(model, run, { rows: [place, place + 1], signal, onProgress: telling('reading layers', console) })
      : undefined
    console.progress('')
    const seen = seenOf(run, sight, options)
    await give(report({ loaded, text, seen, labels, place, tokens, words }, console.screen), options, console)
  })
}

interface Scene {
  readonly loaded: Loaded
  readonly text: string
  readonly seen: Seen
  readonly labels: Labels
  readonly place: number
  readonly tokens: readonly Alike[]
  /** Undefined for a model that scores no words. */
  readonly words: LogitLens | undefined
}

function report(scene: Scene, screen: Screen): Report {
  const { loaded, text, seen, labels, place, tokens, words } = scene
  return {
    lines: () => lines(scene, screen),
    json: () => ({
      command: 'meaning',
      ...about(loaded, seen.sight),
      kind: seen.sight.kind,
      text,
      ...(seen.sight.rows === 'decoder' && seen.written !== undefined && { written: seen.written }),
      tokens: labels.words.pieces,
      states: tokens.map(({ layer, cosine, wordsCosine, apart }) => ({
        state: layer,
        cosine: cosine ?? null,
        wordsCosine: wordsCosine ?? null,
        apart,
        ...(words && { place, ...words.layers[layer]![0] }),
      })),
      ...(words && { says: words.says, settled: words.settled[0] }),
    }),
    csv: () => ({
      columns: ['state', 'cosine', 'cosine_of_words', 'apart', ...(words ? ['word', 'probability', 'divergence'] : [])],
      rows: tokens.map(({ layer, cosine, wordsCosine, apart }) => {
        const [said] = words ? words.layers[layer]! : []
        return [layer, cosine, wordsCosine, apart, ...(said ? [said.top[0]!.text, said.top[0]!.probability, said.divergence] : [])]
      }),
    }),
    picture: () => picture(scene),
  }
}

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, seen, labels, place, words } = scene
  const paint = paintFor(screen)
  const { model, engine } = loaded
  const size = `${seen.sight.layers} layers × ${seen.sight.heads} heads`
  const facts = [...sightFact(model, seen.sight), size, `${engine}`, plural(labels.of.length, 'token')]
  return [
    ...heading(model.name, facts, screen, paint),
    '',
    ...said(statement(scene), screen),
    '',
    ...likeness(scene, screen, paint),
    '',
    ...noted(
      'Two tokens: the mean cosine of all pairs; words: without special tokens. Apart: the share of the states (Frobenius norm) that is not common to all tokens.',
      screen,
      paint,
    ),
    ...(words
      ? [
          '',
          ...guesses(words, screen, paint),
          '',
          ...noted(
            `Logit lens: the state ${words.says === 'next' ? 'of' : 'at'} ${labels.names[place]} after each layer, through the final norm and the head. KL: from what is said in the end, in nats. A poor guess means that the head cannot read it yet, not that it is not there.`,
            screen,
            paint,
          ),
        ]
      : []),
    ...sightNote(model, seen, screen, paint),
  ]
}

function statement({ tokens, words, labels, place, loaded }: Scene): string {
  const [first, last] = [tokens[0]!, tokens.at(-1)!]
  const change =
    first.cosine === undefined
      ? 'One token has no other to be like'
      : `Two tokens have a cosine of ${decimal(first.cosine)} on average as they come in, ${decimal(last.cosine!)} after the last layer`
  if (!words) return loaded.model.network.logits ? change : `${change}. ${loaded.model.name} has no head that scores words`
  const best = words.layers.at(-1)![0]!.top[0]!
  const from = words.settled[0]!
  const where = words.says === 'next' ? `What comes after ${labels.names[place]}` : `What stands at ${labels.names[place]}`
  return `${change}. ${where}: ${shown(best.text)}, ${percent(best.probability)}; likeliest from ${stateName(from)} on`
}

function likeness({ tokens }: Scene, screen: Screen, paint: Paint): string[] {
  const drawn = (values: readonly (number | undefined)[]): string[] => {
    const long = bars(values, 1, BAR)
    return values.map((value, at) => (value === undefined ? '—' : `${decimal(value).padStart(6)} ${long[at]}`))
  }
  return table(
    [
      { title: 'after', cells: tokens.map(({ layer }) => stateName(layer)), left: true },
      { title: 'two tokens', cells: drawn(tokens.map(({ cosine }) => cosine)), left: true },
      { title: 'words', cells: tokens.map(({ wordsCosine }) => (wordsCosine === undefined ? '—' : decimal(wordsCosine))) },
      { title: 'apart', cells: tokens.map(({ apart }) => decimal(apart)) },
    ],
    screen,
    paint,
  )
}

const BAR = 16
const shown = (text: string): string => JSON.stringify(harmless(text))

function guesses({ layers }: LogitLens, screen: Screen, paint: Paint): string[] {
  const each = layers.map(([glimpse]) => glimpse!)
  const nth = (n: number): Column => ({
    title: n === 0 ? 'would say' : '',
    cells: each.map(({ top }: Glimpse) => (top[n] ? `${shown(top[n].text)} ${percent(top[n].probability)}` : undefined)),
    left: true,
    ...(n > 0 && { paint: paint.soft }),
  })
  return table(
    [
      { title: 'after', cells: each.map((_, layer) => stateName(layer)), left: true },
      nth(0),
      nth(1),
      nth(2),
      { title: 'KL', cells: each.map(({ divergence }) => decimal(divergence, 2)) },
    ],
    screen,
    paint,
  )
}

function picture({ loaded, labels, tokens }: Scene): Picture {
  const line = (name: string, of: (each: Alike) => number | undefined) => ({
    name,
    points: tokens.flatMap((each) => {
      const value = of(each)
      return value === undefined ? [] : [[each.layer, value] as const]
    }),
    draw: 'both' as const,
  })
  return linePlot({
    title: `How alike the tokens of a text become in ${loaded.model.name}`,
    caption: [
      `One text of ${plural(labels.of.length, 'token')}. Cosines are means over all pairs; apart is the share of the states that is not common to all tokens.`,
    ],
    x: { title: 'after layer', ticks: tokens.map(({ layer }) => ({ at: layer, says: layer === 0 ? 'in' : String(layer - 1) })) },
    y: { title: '', to: 1 },
    series: [
      line('two tokens', ({ cosine }) => cosine),
      line('two words', ({ wordsCosine }) => wordsCosine),
      line('apart', ({ apart }) => apart),
    ],
  })
}

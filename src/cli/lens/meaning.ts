/** `regard meaning`: a word's vectors across sentences and layers. */

import { type Meaning, meaning } from '../../lens/index.ts'
import type { AnsweredText } from '../../model/index.ts'
import type { Console } from '../console.ts'
import type { Loaded } from '../load.ts'
import { linePlot, type Picture } from '../picture/index.ts'
import { Problem } from '../problem.ts'
import { Usage } from '../program.ts'
import { plural } from '../terminal/figures.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { fit, harmless, padStart, widthOf } from '../terminal/width.ts'
import { type KindOptions, ofOneSide } from './kind.ts'
import { layersCommand } from './layers.ts'
import { about, bars, type Column, decimal, heading, noted, said, stateName, table } from './parts.ts'
import { plotted } from './plotted.ts'
import { checkOutput, give, type Output, type Report } from './report.ts'
import { checkPlace, inputFor, type Seen, sightFact, sightFor, sightNote } from './sight.ts'
import { type ModelOptions, telling, textOf, withModel } from './with-model.ts'

export interface MeaningOptions extends ModelOptions, Output, KindOptions {
  /** Without it: how alike the tokens of one text become, and what the model would say after each layer. */
  readonly word?: string | undefined
  /** The token at which it would say something. */
  readonly token?: string | undefined
  /** The map is drawn of the vectors after this layer. Default: the last. */
  readonly layer?: number | undefined
}

/** `-` as the only text: standard input, a text on each line. */
export async function meaningCommand(given: readonly string[], options: MeaningOptions, console: Console): Promise<void> {
  checkOutput(options)
  const { word } = options
  const wanted = ofOneSide(options)
  if (word === undefined) {
    if (given.length > 1) throw new Usage('meaning: several texts are compared by a word; name it with --word')
    return layersCommand(given[0]!, { ...options, ...wanted }, console)
  }
  const texts =
    given.length === 1 && given[0] === '-'
      ? (await textOf('-', console)).split(/\r?\n/).filter((line) => line.trim() !== '')
      : given
  await withModel(options, console, async (loaded, signal) => {
    const { model } = loaded
    const sight = sightFor(model, wanted)
    const { layers, rows: kind } = sight
    if (options.target !== undefined && texts.length > 1) throw new Problem('--target is of one text; give one')
    checkPlace(model, sight, { layer: options.layer })
    const inputs: (string | AnsweredText)[] = []
    for (const text of texts) inputs.push(await inputFor(model, text, wanted, sight, signal))
    const found = await meaning(model, inputs, { word, kind, signal, onProgress: telling('reading', console) }).catch(problem)
    const seen: Seen = { sight, written: found.texts[0], given: options.target !== undefined }
    const scene = { loaded, seen, texts: found.texts.map((text) => text!), found, layer: (options.layer ?? layers - 1) + 1 }
    await give(report(scene, console.screen), options, console)
  })
}

function problem(error: unknown): never {
  throw error instanceof Error && error.message.startsWith('meaning: text')
    ? new Problem(`--word: ${error.message.slice(9)}`)
    : error
}

interface Scene {
  readonly loaded: Loaded
  readonly seen: Seen
  /** That have the word: what was read, or what was written. */
  readonly texts: readonly string[]
  readonly found: Meaning
  /** Whose map is drawn: after so many layers. */
  readonly layer: number
}

function report(scene: Scene, screen: Screen): Report {
  return {
    lines: () => lines(scene, screen),
    json: () => json(scene),
    csv: () => csv(scene),
    picture: () => picture(scene),
  }
}

interface Around {
  readonly before: string
  readonly word: string
  readonly after: string
}

/** Where the word stands: the text around it. A space that belongs to its first token is none of it. */
function places({ texts, found }: Scene): Around[] {
  return found.occurrences.map(({ text, start, end }) => {
    const whole = texts[text]!
    const own = whole.slice(start, end)
    const from = end - own.trimStart().length
    return { before: harmless(whole.slice(0, from)), word: harmless(whole.slice(from, end)), after: harmless(whole.slice(end)) }
  })
}

function lines(scene: Scene, screen: Screen): string[] {
  const { loaded, seen, texts, found, layer } = scene
  const { model, engine } = loaded
  const paint = paintFor(screen)
  const size = `${seen.sight.layers} layers × ${seen.sight.heads} heads`
  const facts = [...sightFact(model, seen.sight), size, `${engine}`, `${plural(texts.length, 'text')}`]
  const several = found.occurrences.length > 1
  return [
    ...heading(model.name, facts, screen, paint),
    '',
    ...said(statement(found), screen),
    '',
    ...standing(scene, screen, paint),
    '',
    ...(several ? [...byLayer(found, screen, paint), ''] : []),
    ...noted('Cosines are means over all pairs; a word of several tokens is the mean of their vectors.', screen, paint),
    ...(found.occurrences.length > 2 ? ['', ...map(found, layer, screen, paint)] : []),
    ...(seen.sight.kind === 'encoder' ? sightNote(model, seen, screen, paint) : []),
  ]
}

const BAR = 16

/** A line for each layer: two places of the word, and two different words. */
function byLayer({ word, layers }: Meaning, screen: Screen, paint: Paint): string[] {
  const drawn = (values: readonly (number | undefined)[]): string[] => {
    const long = bars(values, 1, BAR)
    return values.map((value, at) => (value === undefined ? '—' : `${padStart(decimal(value), 6)} ${long[at]}`))
  }
  const columns: Column[] = [
    { title: 'after', cells: layers.map(({ layer }) => stateName(layer)), left: true },
    { title: `two places of ${word}`, cells: drawn(layers.map(({ similarity }) => similarity)), left: true },
    { title: 'two different words', cells: drawn(layers.map(({ baseline }) => baseline)), left: true, paint: paint.soft },
  ]
  return table(columns, screen, paint)
}

/** True of the last layer. */
function statement({ word, occurrences, layers }: Meaning): string {
  const { similarity, baseline } = layers.at(-1)!
  if (similarity === undefined) return `${word} stands in one place, so there is nothing to compare it with`
  const others = baseline === undefined ? '' : `; two different words of these texts, ${decimal(baseline)}`
  return `${word} stands in ${occurrences.length} places. After the last layer two of them have a cosine of ${decimal(similarity)} on average${others}`
}

/** Each place, with the one whose vector is nearest after the chosen layer. */
function standing(scene: Scene, screen: Screen, paint: Paint): string[] {
  const { found, layer } = scene
  const m = found.occurrences.length
  const { cosine } = found.layers[layer]!
  const wide = String(m).length
  return places(scene).map(({ before, word, after }, n) => {
    const near = m < 2 ? '' : nearest(cosine, n, m)
    const room = screen.columns - wide - widthOf(near) - 8
    const side = Math.max(0, room - widthOf(word))
    const left = tail(before, Math.floor(side * 0.6))
    const right = fit(after, Math.max(0, room - widthOf(left) - widthOf(word)))
    const text = `${left}${paint.strong(word)}${right}`
    const fill = ' '.repeat(Math.max(1, room - widthOf(left) - widthOf(word) - widthOf(right)))
    return `  ${paint.strong(padStart(String(n + 1), wide))}  ${text}${near ? `${fill}  ${paint.soft(near)}` : ''}`.trimEnd()
  })
}

/** The end of a text, as much as fits. */
function tail(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  const kept = [...text]
  while (kept.length > 0 && widthOf(kept.join('')) > columns - 1) kept.shift()
  return `…${kept.join('')}`
}

function nearest(cosine: Float64Array, n: number, m: number): string {
  let best = n === 0 ? 1 : 0
  for (let other = 0; other < m; other++) if (other !== n && cosine[n * m + other]! > cosine[n * m + best]!) best = other
  return `nearest: ${best + 1}, ${decimal(cosine[n * m + best]!)}`
}

function map({ layers }: Meaning, layer: number, screen: Screen, paint: Paint): string[] {
  const { points, explained } = layers[layer]!.map
  const share = (n: number): string => `${(100 * explained[n]!).toFixed(0)} %`
  return [
    ...noted(
      `Map of the vectors after ${stateName(layer)}: principal components, which show ${share(0)} (across) and ${share(1)} (up) of the variance`,
      screen,
      paint,
    ),
    ...plotted(
      points.map(([x, y], n) => ({ x, y, label: String(n + 1) })),
      screen,
      paint,
    ),
  ]
}

function json({ loaded, seen, texts, found }: Scene): object {
  return {
    command: 'meaning',
    ...about(loaded, seen.sight),
    kind: seen.sight.kind,
    texts,
    word: found.word,
    occurrences: found.occurrences,
    states: found.layers.map(({ layer, cosine, map, ...rest }) => ({
      state: layer,
      ...rest,
      cosine: found.occurrences.map((_, n) => cosine.subarray(n * found.occurrences.length, (n + 1) * found.occurrences.length)),
      map,
    })),
  }
}

/** A line for every two places in every layer. */
function csv({ found }: Scene) {
  const m = found.occurrences.length
  return {
    columns: ['state', 'first', 'first_text', 'second', 'second_text', 'cosine', 'mean_cosine_of_different_words'],
    rows: found.layers.flatMap(({ layer, cosine, baseline }) =>
      found.occurrences.flatMap((a, i) =>
        found.occurrences.slice(i + 1).map((b, n) => [layer, i, a.text, i + 1 + n, b.text, cosine[i * m + i + 1 + n], baseline]),
      ),
    ),
  }
}

function picture(scene: Scene): Picture {
  const { loaded, texts, found, layer } = scene
  const { points, explained } = found.layers[layer]!.map
  const around = places(scene).map(({ before, word, after }) => `${tail(before, 14)}${word}${fit(after, 14)}`)
  return linePlot({
    title: `${found.word} in ${plural(found.occurrences.length, 'place')}, after ${stateName(layer)} of ${loaded.model.name}`,
    caption: [
      `Each dot is the word’s vector (the mean of its tokens, at length 1) in one of ${plural(texts.length, 'text')}, on the first two principal components.`,
      `${statement(found)}.`,
    ],
    x: { title: `first component, ${(100 * explained[0]).toFixed(0)} % of the variance`, ...padded(points.map(([x]) => x)) },
    y: { title: `second component, ${(100 * explained[1]).toFixed(0)} %`, ...padded(points.map(([, y]) => y)) },
    series: [{ name: found.word, points, draw: 'dots', labels: around }],
  })
}

/** A tenth of room on each side. */
function padded(values: readonly number[]): { from: number; to: number } {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = Math.max((most - least) * 0.1, 0.01)
  return { from: least - room, to: most + room }
}

/** Texts read for a command that looks at one attention of a model. */

import { answered } from '../../lens/answered.ts'
import { tokensAt } from '../../lens/edit/where.ts'
import type { Reading, Sight } from '../../lens/index.ts'
import { type Half, sideOf, sightOf } from '../../lens/kinds.ts'
import type { AnsweredText, Model } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { Problem } from '../problem.ts'
import { type Labels, labelsOf } from '../read/labels.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { harmless } from '../terminal/width.ts'
import type { KindOptions, WhoOptions } from './kind.ts'
import { noted } from './parts.ts'
import { telling, textOf } from './with-model.ts'

/** The attention that is meant: where something was written for it, cross; else the first that the model has. */
export function sightFor(model: Model, { kind, target, writing }: WhoOptions): Sight {
  const pair = model.config.kind === 'encoder-decoder'
  const given = target !== undefined ? '--target' : writing !== undefined ? '--writing' : undefined
  if (given && !pair)
    throw new Problem(`${given}: ${model.name} writes nothing in answer to a text; encoder–decoders such as --model translator do`)
  if (given && kind === 'encoder')
    throw new Problem(`${given}: the encoder sees nothing of what is written; choose --kind decoder or cross`)
  try {
    return sightOf('--kind', model, kind ?? (given ? 'cross' : undefined))
  } catch {
    throw new Problem(
      `--kind ${kind}: ${model.name} has the attention of its ${model.config.kind} alone; all three kinds are in an encoder–decoder such as --model translator`,
    )
  }
}

/** Throws for a layer or a head that there is not. */
export function checkPlace(
  { name }: Pick<Model, 'name'>,
  { layers, heads }: Pick<Sight, 'layers' | 'heads'>,
  { layer, head }: { readonly layer?: number | 'all' | undefined; readonly head?: number | 'mean' | undefined },
): void {
  if (typeof layer === 'number' && layer >= layers)
    throw new Problem(`--layer ${layer}: ${name} has ${layers} layers, 0 to ${layers - 1}`)
  if (typeof head === 'number' && head >= heads)
    throw new Problem(`--head ${head}: ${name} has ${heads} heads in a layer, 0 to ${heads - 1}`)
}

/** One text as the model is to read it, with what was written in answer where that is looked at. */
export async function inputFor(
  model: Model,
  text: string,
  { target }: KindOptions,
  { rows }: Pick<Sight, 'rows'>,
  signal?: AbortSignal,
): Promise<string | AnsweredText> {
  if (!model.tokenizer)
    throw new Problem(`${model.name} has no tokenizer.json, so it cannot read text; add the tokenizer.json that belongs to it`)
  if (rows === 'encoder' || model.config.kind !== 'encoder-decoder') return text
  if (target === undefined) return await answered(model, text, { signal })
  if (target.trim() === '') throw new Problem('--target is empty; give what was written, or leave it out')
  return { text, target }
}

/** `-` among the texts: all of standard input. */
export async function readTexts(
  given: readonly string[],
  model: Model,
  options: KindOptions,
  sight: Sight,
  { console, signal }: { console: Console; signal: AbortSignal },
): Promise<Reading[]> {
  if (options.target !== undefined && given.length > 1) throw new Problem('--target is of one text; give one')
  const tell = telling('reading', console)
  const runs: Reading[] = []
  for (const text of given) {
    signal.throwIfAborted()
    runs.push(await model.run(await inputFor(model, await textOf(text, console), options, sight, signal)))
    tell(runs.length, given.length)
  }
  return runs
}

/** What the tokens of a half are called. */
export function labelsIn(reading: Pick<Reading, 'tokensOf' | 'textOf'>, half: Half): Labels {
  const { tokens, text } = sideOf(reading, 0, half)
  return labelsOf(tokens, text ?? '')
}

/** The places that look: those of a word, or those before it, at which it was written. */
export function placesFor(
  reading: Pick<Reading, 'tokensOf' | 'textOf'>,
  { rows }: Sight,
  who: Pick<WhoOptions, 'from' | 'writing'>,
  operation: string,
): readonly number[] {
  const side = sideOf(reading, 0, rows)
  if (who.writing === undefined) return tokensAt(who.from!, side, operation)
  const written = tokensAt(who.writing, side, operation)
  if (written[0] === 0) throw new Problem(`--writing ${who.writing}: nothing stands before it, so nothing wrote it`)
  return written.map((at) => at - 1)
}

/** What the decoder writes by the looks of a place. */
export const writtenAt = ({ names }: Labels, place: number): string => names[place + 1] ?? 'the end'

/** "cross-attention": a fact for headings, of models that have several. */
export function sightFact({ config }: Model, { kind }: Sight): string[] {
  if (config.kind !== 'encoder-decoder') return []
  return [kind === 'cross' ? 'cross-attention' : `its ${kind}`]
}

/** Which attention was looked at, and what was written for it. */
export interface Seen {
  readonly sight: Sight
  /** What an encoder–decoder wrote (in answer to the first text), and whether it was told so. */
  readonly written: string | undefined
  readonly given: boolean
}

export function seenOf(reading: Pick<Reading, 'config' | 'textOf'>, sight: Sight, { target }: KindOptions): Seen {
  return { sight, written: writtenIn(reading), given: target !== undefined }
}

/** What an encoder–decoder wrote. */
export function writtenIn(reading: Pick<Reading, 'config' | 'textOf'>): string | undefined {
  return reading.config.kind === 'encoder-decoder' ? reading.textOf(0, { kind: 'decoder' }) : undefined
}

/** What is said of an encoder–decoder: what it wrote and how places are named; or that there is more to look at. */
export function sightNote(model: Model, { sight, written, given }: Seen, screen: Screen, paint: Paint): string[] {
  if (model.config.kind !== 'encoder-decoder') return []
  const answer = written ? `its answer, “${harmless(written)}”` : 'what it writes in answer'
  const says =
    sight.rows === 'encoder'
      ? `Looked at: its encoder, which reads. --kind decoder and --kind cross look at ${answer}.`
      : `Written: “${harmless(written ?? '')}”${given ? ', as --target says' : ', its own answer'}. Places are called by what the decoder reads there; by their looks it writes what comes next.`
  return noted(says, screen, paint)
}

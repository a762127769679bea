/** `regard cut`: what a look was worth. The link is cut, the model runs again, and weight and effect stand side by side. */

import { type Effect, effect, type RowEffects, type Sight, sideOf, tokensAt } from '../../lens/index.ts'
import type { AttentionKind, CutEdge, Model, ModelInput, Run, Where } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { checkWho, type WhoOptions } from '../lens/kind.ts'
import { checkOutput, give, type Output } from '../lens/report.ts'
import { checkPlace, inputFor, labelsIn, placesFor, seenOf, sightFor } from '../lens/sight.ts'
import { type ModelOptions, telling, textOf, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { Problem } from '../problem.ts'
import { measureOf } from './measure.ts'
import { report } from './report.ts'
import type { HeadCut, Link, Scene } from './scene.ts'

export interface CutOptions extends ModelOptions, Output, WhoOptions {
  readonly to?: string | undefined
  readonly layer?: number | undefined
  readonly head?: number | undefined
  readonly measure?: string | undefined
  readonly at?: string | undefined
  readonly how?: 'before' | 'after' | undefined
}

export async function cutCommand(given: string, options: CutOptions, console: Console): Promise<void> {
  checkOutput(options)
  checkWho(options, true)
  const measure = measureOf(options.measure, options.at, options.from)
  const text = await textOf(given, console)
  await withModel(options, console, async (loaded, signal) => {
    const sight = sightFor(loaded.model, options)
    checkPlace(loaded.model, sight, options)
    const input = await inputFor(loaded.model, text, options, sight, signal)
    const asked = { measure, signal, onProgress: progress(console) }
    const scene = await cutAll(loaded, { text, input, sight }, options, asked).catch(problem)
    console.progress('')
    await give(report(scene, console.screen), options, console)
  })
}

type Asked = NonNullable<Parameters<typeof effect>[3]>

interface Subject {
  readonly text: string
  readonly input: ModelInput
  readonly sight: Sight
}

async function cutAll(loaded: Loaded, { text, input, sight }: Subject, options: CutOptions, asked: Asked): Promise<Scene> {
  const { model } = loaded
  const { writing, layer, head, how = 'before' } = options
  using run = await model.run(input)
  const places = placesFor(run, sight, options, 'cut')
  const from = [places[0]!, places.at(-1)!] as const
  const where = { ...(layer !== undefined && { layer }), ...(head !== undefined && { head }), how, kind: sight.kind }
  const row = await effect(model, input, { row: from, ...where }, asked)
  const to = options.to === undefined ? undefined : tokensAt(options.to, sideOf(run, 0, sight.columns), 'cut')
  const link = to && (await cutLink(model, run, { input, sight, to, ...where, from }, row, asked))
  const [rows, labels] = [labelsIn(run, sight.rows), labelsIn(run, sight.columns)]
  return { loaded, text, ...seenOf(run, sight, options), rows, labels, writing, row, link, how }
}

interface Wanted extends Required<Pick<CutEdge, 'how'>>, Pick<CutEdge, 'layer' | 'head'> {
  readonly input: ModelInput
  readonly sight: Sight
  readonly kind: AttentionKind
  readonly from: Where
  readonly to: readonly number[]
}

/** The link in all the heads that are asked for, and in each of them alone. */
async function cutLink(
  model: Model,
  run: Run,
  { input, sight, to, ...where }: Wanted,
  row: RowEffects,
  asked: Asked,
): Promise<Link> {
  const places = headsOf(sight, where)
  const cut = { cut: 'edge' as const, ...where, to: [to[0]!, to.at(-1)!] as const }
  const edits: CutEdge[] = [cut, ...places.map((place) => ({ ...cut, ...place }))]
  const [whole, ...each] = (await effect(model, input, edits, asked)) as [Effect, ...Effect[]]
  const heads: HeadCut[] = []
  for (const [n, place] of places.entries())
    heads.push({ ...place, weight: await lookOf(run, where.kind, place, row.row, to), effect: each[n]!.effect })
  return { to, whole, weight: heads.reduce((sum, { weight }) => sum + weight, 0) / heads.length, heads }
}

interface Place {
  readonly layer: number
  readonly head: number
}

function headsOf({ layers, heads }: Sight, { layer, head }: Pick<CutEdge, 'layer' | 'head'>): Place[] {
  const all = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
  const own = head === undefined ? all(heads) : [head as number]
  return (layer === undefined ? all(layers) : [layer]).flatMap((each) => own.map((one) => ({ layer: each, head: one })))
}

/** What the tokens of one word give those of another: the sum over those looked at, the mean over those that look. */
async function lookOf(
  run: Run,
  kind: AttentionKind,
  { layer, head }: Place,
  from: readonly number[],
  to: readonly number[],
): Promise<number> {
  let sum = 0
  for (const row of from) {
    const weights = await run.attention(layer, head, { kind }).row(row)
    for (const column of to) sum += weights[column]!
  }
  return sum / from.length
}

/** A word that is not there, or a measure that the model does not have, is the reader's to mend. */
function problem(error: unknown): never {
  if (!(error instanceof RangeError) && !/^effect: /.test((error as Error).message)) throw error
  throw new Problem((error as Error).message.replace(/^(effect|cut): /, ''))
}

function progress(console: Console): Asked['onProgress'] {
  const tell = telling('running again', console)
  return ({ done, total }) => tell(done, total)
}

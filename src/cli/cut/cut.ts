/** `regard cut`: what a look was worth. The link is cut, the model runs again, and weight and effect stand side by side. */

import { type Effect, effect, type RowEffects, tokensAt } from '../../lens/index.ts'
import type { CutEdge, Model, Run } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { checkOutput, give, type Output } from '../lens/report.ts'
import { type ModelOptions, telling, textOf, withModel } from '../lens/with-model.ts'
import type { Loaded } from '../load.ts'
import { Problem } from '../problem.ts'
import { labelsOf } from '../read/labels.ts'
import { measureOf } from './measure.ts'
import { report } from './report.ts'
import type { HeadCut, Link, Scene } from './scene.ts'

export interface CutOptions extends ModelOptions, Output {
  /** WORD or WORD:nth */
  readonly from: string
  readonly to?: string | undefined
  readonly layer?: number | undefined
  readonly head?: number | undefined
  readonly measure?: string | undefined
  readonly at?: string | undefined
  readonly how?: 'before' | 'after' | undefined
}

export async function cutCommand(given: string, options: CutOptions, console: Console): Promise<void> {
  checkOutput(options)
  const measure = measureOf(options.measure, options.at, options.from)
  const text = await textOf(given, console)
  await withModel(options, console, async (loaded, signal) => {
    check(loaded, options)
    const asked = { measure, signal, onProgress: progress(console) }
    const scene = await cutAll(loaded, text, options, asked).catch(problem)
    console.progress('')
    await give(report(scene, console.screen), options, console)
  })
}

type Asked = NonNullable<Parameters<typeof effect>[3]>

async function cutAll(loaded: Loaded, text: string, options: CutOptions, asked: Asked): Promise<Scene> {
  const { model } = loaded
  if (!model.tokenizer) throw new Problem(`${model.name} has no tokenizer.json, so it cannot read text`)
  const { from, to, layer, head, how = 'before' } = options
  const where = { ...(layer !== undefined && { layer }), ...(head !== undefined && { head }), how }
  const row = await effect(model, text, { row: from, ...where }, asked)
  using run = await model.run(text)
  const labels = labelsOf(run.tokens, text)
  const link = to === undefined ? undefined : await cutLink(model, run, { from, to, ...where }, row, asked)
  return { loaded, text, labels, row, link, how }
}

type Where = Required<Pick<CutEdge, 'how'>> & Pick<CutEdge, 'layer' | 'head'> & { readonly from: string; readonly to: string }

/** The link in all the heads that are asked for, and in each of them alone. */
async function cutLink(model: Model, run: Run, where: Where, row: RowEffects, asked: Asked): Promise<Link> {
  const to = tokensAt(where.to, run, 'cut')
  const places = headsOf(model, where)
  const edits = [where, ...places.map((place) => ({ ...where, ...place }))].map((each): CutEdge => ({ cut: 'edge', ...each }))
  const [whole, ...each] = (await effect(model, run.text!, edits, asked)) as [Effect, ...Effect[]]
  const heads: HeadCut[] = []
  for (const [n, place] of places.entries())
    heads.push({ ...place, weight: await lookOf(run, place, row.row, to), effect: each[n]!.effect })
  return { to, whole, weight: heads.reduce((sum, { weight }) => sum + weight, 0) / heads.length, heads }
}

interface Place {
  readonly layer: number
  readonly head: number
}

function headsOf({ config }: Model, { layer, head }: Pick<CutEdge, 'layer' | 'head'>): Place[] {
  const all = (count: number): number[] => Array.from({ length: count }, (_, n) => n)
  const layers = layer === undefined ? all(config.layers) : [layer]
  const heads = head === undefined ? all(config.heads) : [head as number]
  return layers.flatMap((each) => heads.map((one) => ({ layer: each, head: one })))
}

/** What the tokens of one word give those of another: the sum over those looked at, the mean over those that look. */
async function lookOf(run: Run, { layer, head }: Place, from: readonly number[], to: readonly number[]): Promise<number> {
  let sum = 0
  for (const row of from) {
    const weights = await run.attention(layer, head).row(row)
    for (const column of to) sum += weights[column]!
  }
  return sum / from.length
}

function check({ model: { config, name } }: Loaded, { layer, head }: CutOptions): void {
  for (const [option, value, n] of [['layer', layer, config.layers] as const, ['head', head, config.heads] as const])
    if (value !== undefined && value >= n) throw new Problem(`--${option} ${value}: ${name} has ${n} ${option}s, 0 to ${n - 1}`)
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

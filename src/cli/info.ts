/** `regard info`: what runs here, and what the model is. */

import { type EngineInfo, init } from '../backend/index.ts'
import type { Model, WeightsReport, WeightType } from '../model/index.ts'
import type { Console } from './console.ts'
import { findModel, HOW_TO_GET_ONE, load } from './load.ts'
import { offerModel } from './server/offered.ts'
import { bytes, duration, plural, whole } from './terminal/figures.ts'
import { type Paint, paintFor } from './terminal/paint.ts'
import type { Screen } from './terminal/screen.ts'
import { padEnd, widthOf, wrap } from './terminal/width.ts'

export interface InfoOptions {
  readonly model?: string | undefined
  readonly dtype?: WeightType | undefined
  readonly json?: boolean | undefined
}

/** Without a model the engine alone is told of, and how to get one. */
export async function info({ model: named, dtype, json }: InfoOptions, console: Console): Promise<string> {
  const folder = await findModel(named, console)
  if (folder === undefined) {
    const engine = await (await init()).settled()
    if (json) return JSON.stringify({ version: 1, command: 'info', engine: engineJson(engine), model: null })
    return table([...engineRows(engine), ['model', `none is embedded in this version; ${HOW_TO_GET_ONE}`]], console.screen)
  }
  const { model, engine } = await load(folder, console, dtype)
  await engine.settled()
  const files = await filesOf(folder)
  try {
    if (json) return JSON.stringify({ version: 1, command: 'info', engine: engineJson(engine), model: modelJson(model, files) })
    return table([...engineRows(engine), ...modelRows(model, files)], console.screen)
  } finally {
    model.dispose()
  }
}

type Row = readonly [name: string, value: string]
type File = readonly [path: string, size: number]

function engineRows(engine: EngineInfo): Row[] {
  return [
    ['engine', `${engine}, started in ${duration(engine.startupMs)}`],
    ...engine.notes.map((note, n): Row => [n === 0 ? 'notes' : '', note]),
  ]
}

function modelRows({ name, config, weights, parameterCount, tokenizer, unused }: Model, files: readonly File[]): Row[] {
  const shared = config.kvHeads === config.heads ? '' : `, ${config.kvHeads} key/value heads`
  const { decoder } = config
  const writer = decoder ? `; decoder: ${decoder.layers} layers × ${decoder.heads} heads` : ''
  return [
    ['model', name],
    ['family', config.architecture ? `${config.family} (${config.architecture})` : config.family],
    ['layers', `${config.layers} layers × ${config.heads} heads${shared}${writer}`],
    ['width', `${config.width}, ${config.headWidth} a head, ${config.innerWidth} inside the feed-forward`],
    ['parameters', `${whole(parameterCount)} ${heldIn(weights)}`],
    ['memory', `${bytes(weights.bytes)} of weights`],
    ...roundedRows(weights),
    [
      'positions',
      Number.isFinite(config.positions) ? `at most ${plural(config.positions, 'token')} at a time` : 'no limit of their own',
    ],
    ['vocabulary', `${whole(config.vocabulary)} tokens${tokenizer ? '' : '; no tokenizer.json, so it cannot read text'}`],
    ...(unused.length > 0
      ? [['unused', `${plural(unused.length, 'tensor')} in the files that this model has no use for`] as const]
      : []),
    ...files.map(([path, size], n): Row => [n === 0 ? 'files' : '', `${path}, ${bytes(size)}`]),
  ]
}

function heldIn({ numbers }: WeightsReport): string {
  const types = Object.entries(numbers).sort(([, a], [, b]) => b - a)
  return types.length === 1 ? `in ${types[0]![0]}` : `(${types.map(([type, count]) => `${whole(count)} in ${type}`).join(', ')})`
}

/** What int8 cost: over all tensors, and the one that it changed most. */
function roundedRows({ rounded }: WeightsReport): Row[] {
  if (rounded.length === 0) return []
  const [worst] = [...rounded].sort((a, b) => b.mean - a.mean)
  const mean = rounded.reduce((sum, each) => sum + each.mean, 0) / rounded.length
  const largest = Math.max(...rounded.map((each) => each.worst))
  return [
    [
      'rounding',
      `on the mean ${small(mean)} of a weight, most in ${worst!.name} (${small(worst!.mean)}); no weight by more than ${small(largest)} of the largest in its tensor`,
    ],
  ]
}

/** Per cent with two digits that mean something. */
function small(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`
}

function table(rows: readonly Row[], screen: Screen): string {
  const paint: Paint = paintFor(screen)
  const left = Math.max(...rows.map(([name]) => widthOf(name))) + 2
  return rows
    .flatMap(([name, value]) => {
      const [first, ...more] = wrap([{ text: value }], Math.max(8, screen.columns - left))
      return [`${paint.soft(padEnd(name, left))}${first}`, ...more.map((line) => ' '.repeat(left) + line)]
    })
    .join('\n')
}

/** What `loadModel` reads of the folder, largest first. */
async function filesOf(folder: string): Promise<File[]> {
  const offers = await offerModel(folder)
  return [...offers].map(([path, { size }]): File => [path, size]).sort((a, b) => b[1] - a[1])
}

function engineJson({ backend, tier, threads, notes, startupMs }: EngineInfo) {
  return { backend, tier, threads, notes, startupMs: Number(startupMs.toFixed(3)) }
}

function modelJson({ name, config, dtype, weights, parameterCount, tokenizer }: Model, files: readonly File[]) {
  const { family, layers, heads, kvHeads, width, headWidth, innerWidth, positions, vocabulary } = config
  const shape = { family, layers, heads, kvHeads, width, headWidth, innerWidth, positions, vocabulary }
  return {
    name,
    ...shape,
    dtype,
    weights,
    parameters: parameterCount,
    readsText: tokenizer !== undefined,
    files: Object.fromEntries(files),
  }
}

/** Every answer to the question which tokens mattered, side by side, and how well each foresees what really happens when the link is cut. */

import type { AttentionKind, Model, ModelInput } from '../../model/index.ts'
import { breath } from '../breath.ts'
import { effect } from '../effect/effect.ts'
import type { Measure } from '../effect/measure.ts'
import { spearman } from '../effect/rank.ts'
import type { KindOption } from '../kinds.ts'
import type { Reading } from '../reading.ts'
import { flow, LONGEST_FLOW } from './flow.ts'
import { gradientAttention } from './gradient-attention.ts'
import { insideOf } from './inside.ts'
import { valueNorms } from './norms.ts'
import { rollout } from './rollout.ts'
import { valueZeroing } from './value-zeroing.ts'

export const ANSWERS = ['weight', 'norm', 'rollout', 'flow', 'gradient', 'zeroing'] as const

export type Answer = (typeof ANSWERS)[number]

export interface CompareOptions extends KindOption {
  /** The tokens that look, one after another. Default: all. */
  readonly rows?: readonly number[] | undefined
  /** In this layer, of this head: of what is cut and of every answer that can be had for a part. Default: in all. */
  readonly layer?: number | undefined
  readonly head?: number | undefined
  /** Default 'cosine': 1 − cosine of the last hidden vector of the token that looks. */
  readonly measure?: Measure | undefined
  /** Of gradient × attention, where the measure is a distance. Default 32. */
  readonly probes?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** How many of how many rows are done. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

export interface Compared {
  /** How it was computed here, in words. */
  readonly says: string
  /** [rows, n], row-major; undefined where the answer cannot be had, and `says` tells why. */
  readonly values: Float64Array | undefined
  /**
   * For each row Spearman's rank correlation with the size of the exact effect, over the tokens that the row sees; undefined for rows that see
   * fewer than three, or where all are equal.
   */
  readonly rows: readonly (number | undefined)[]
  /** The mean over the rows that have one, and how many these are. */
  readonly mean: number | undefined
  readonly counted: number
}

export interface Comparison {
  /** Which attention was cut and compared. */
  readonly kind: AttentionKind
  /** What was measured, in words: of the first row; for the others their token stands in the place of its. */
  readonly measure: string
  /** What was cut. */
  readonly cut: string
  readonly rows: readonly number[]
  /** How many tokens could be looked at. */
  readonly n: number
  /** [rows, n]: the exact effect of cutting each link. */
  readonly effects: Float64Array
  /** [rows, n]: 1 where the row sees the token. */
  readonly visible: Uint8Array
  readonly answers: Readonly<Record<Answer, Compared>>
}

/** Runs the text, and again for every link of each row; n × rows short runs in batches. */
export async function compare(model: Model, input: ModelInput, options: CompareOptions = {}): Promise<Comparison> {
  const { layer, head, measure, signal } = options
  if (head !== undefined && layer === undefined)
    throw new RangeError(`compare: head ${head} of which layer? Name one, or leave the head out`)
  using run = await model.run(input)
  const { kind, n, rows: count, blocks } = insideOf('compare', model, run, options.kind)
  const rows = options.rows ?? Array.from({ length: count }, (_, row) => row)
  if (rows.length === 0) throw new RangeError('compare: rows is empty; name at least one token that looks')
  const scene: Scene = { model, reading: run, kind, layers: blocks.length, n, rows, options }
  const effects = new Float64Array(rows.length * n)
  const visible = new Uint8Array(rows.length * n)
  const gradient = new Float64Array(rows.length * n)
  const said = { measure: '', cut: '' }
  let distance = true
  const pause = breath(signal)
  for (const [at, row] of rows.entries()) {
    const where = { kind, ...(layer !== undefined && { layer }), ...(head !== undefined && { head }) }
    const exact = await effect(model, input, { row, ...where }, { measure, signal })
    const felt = await gradientAttention(model, input, { row, measure, kind, layer, head, probes: options.probes, signal })
    for (const [column, each] of exact.tokens.entries()) effects[at * n + column] = each.effect
    visible.set(await seenBy(scene, row), at * n)
    gradient.set(felt.values, at * n)
    if (at === 0) Object.assign(said, { measure: exact.measure, cut: exact.cut })
    distance = felt.distance
    options.onProgress?.(at + 1, rows.length)
    await pause()
  }
  const found: Record<Answer, Found> = {
    weight: { says: 'the mean weight of what was cut', values: await weightsOf(scene) },
    norm: await normsOf(scene),
    rollout: await pathsOf(scene, 'rollout'),
    flow: await pathsOf(scene, 'flow'),
    gradient: { says: distance ? GRADIENT_OF_DISTANCE : 'the sum of weight × slope', values: gradient },
    zeroing: await zeroingOf(scene),
  }
  const answers = Object.fromEntries(
    ANSWERS.map((answer) => [answer, { ...found[answer], ...agreement(found[answer].values, { effects, visible, n }) }]),
  )
  return { ...said, kind, rows, n, effects, visible, answers: answers as Comparison['answers'] }
}

const GRADIENT_OF_DISTANCE = 'weight × slope, to second order, as the measure is a distance'

interface Scene {
  readonly model: Model
  readonly reading: Reading
  readonly kind: AttentionKind
  readonly layers: number
  readonly n: number
  readonly rows: readonly number[]
  readonly options: CompareOptions
}

type Found = Pick<Compared, 'says' | 'values'>

/** The layers that are cut. */
function layersOf({ layers, options: { layer } }: Scene): number[] {
  return layer !== undefined ? [layer] : Array.from({ length: layers }, (_, at) => at)
}

async function seenBy(scene: Scene, row: number): Promise<Uint8Array> {
  const out = new Uint8Array(scene.n)
  for (const layer of layersOf(scene))
    for (const [column, weight] of (await scene.reading.attention(layer, 'mean', { kind: scene.kind }).row(row)).entries())
      if (weight > 0) out[column] = 1
  return out
}

/** [rows, n] as the mean over layers of what `row` gives for each. */
async function overLayers(scene: Scene, rowOf: (layer: number, row: number) => Promise<ArrayLike<number>>): Promise<Float64Array> {
  const { n, rows } = scene
  const layers = layersOf(scene)
  const out = new Float64Array(rows.length * n)
  for (const layer of layers)
    for (const [at, row] of rows.entries()) {
      const values = await rowOf(layer, row)
      for (let column = 0; column < n; column++) out[at * n + column]! += values[column]! / layers.length
    }
  return out
}

function weightsOf(scene: Scene): Promise<Float64Array> {
  const { reading, kind, options } = scene
  return overLayers(scene, (layer, row) => reading.attention(layer, options.head ?? 'mean', { kind }).row(row))
}

async function normsOf(scene: Scene): Promise<Found> {
  const { model, reading, kind, options } = scene
  const views = new Map<number, Awaited<ReturnType<typeof valueNorms>>>()
  for (const layer of layersOf(scene)) views.set(layer, await valueNorms(model, reading, layer, options.head ?? 'all', { kind }))
  const values = await overLayers(scene, async (layer, row) => shares(await views.get(layer)!.row(row)))
  return { says: `the length of what comes over, as a share of the row${meanOver(scene)}`, values }
}

async function zeroingOf(scene: Scene): Promise<Found> {
  const { model, reading, kind, options } = scene
  const values = await overLayers(scene, async (layer, row) =>
    shares(await valueZeroing(model, reading, layer, { kind, head: options.head, rows: [row, row + 1], signal: options.signal })),
  )
  return { says: `how far the layer’s result turns without the token’s values, as a share of the row${meanOver(scene)}`, values }
}

const meanOver = (scene: Scene): string => (scene.options.layer === undefined ? ', the mean over layers' : '')

/** A row brought to the sum 1; one of zeros stays. */
function shares(row: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(row)
  const sum = values.reduce((total, value) => total + value, 0)
  return sum > 0 ? values.map((value) => value / sum) : values
}

async function pathsOf({ reading, kind, n, rows, options }: Scene, how: 'rollout' | 'flow'): Promise<Found> {
  const without = (why: string): Found => ({ says: `not computed: ${why}`, values: undefined })
  if (kind === 'cross') return without('it follows one text through the layers, and cross-attention joins two')
  if (options.layer !== undefined) return without('it runs through all layers')
  if (how === 'flow' && n > LONGEST_FLOW) return without(`${n} tokens, and it is computed for at most ${LONGEST_FLOW}`)
  const asked = { kind, rows: [Math.min(...rows), Math.max(...rows) + 1] as const }
  const found = how === 'flow' ? await flow(reading, { ...asked, signal: options.signal }) : await rollout(reading, asked)
  const whole = found.relative ?? found.values
  const values = new Float64Array(rows.length * n)
  for (const [at, row] of rows.entries())
    values.set(whole.subarray((row - asked.rows[0]) * n, (row - asked.rows[0] + 1) * n), at * n)
  const against = found.relative ? ', divided by that of even attention' : ''
  return { says: how === 'flow' ? `the most that can flow${against}` : `the product of the layers${against}`, values }
}

/** Rows that see fewer say nothing about an order. */
const FEWEST = 3

function agreement(
  values: Float64Array | undefined,
  { effects, visible, n }: { effects: Float64Array; visible: Uint8Array; n: number },
): Pick<Compared, 'rows' | 'mean' | 'counted'> {
  const rows = Array.from({ length: effects.length / n }, (_, row) => {
    const seen = Array.from({ length: n }, (_, column) => row * n + column).filter((at) => visible[at] === 1)
    if (!values || seen.length < FEWEST) return undefined
    return spearman(
      seen.map((at) => Math.abs(values[at]!)),
      seen.map((at) => Math.abs(effects[at]!)),
    )
  })
  const counted = rows.filter((each) => each !== undefined)
  const mean = counted.length > 0 ? counted.reduce((a, b) => a + b, 0) / counted.length : undefined
  return { rows, mean, counted: counted.length }
}

/**
 * What a whole attention matrix says, without ever holding it: it is computed and read tile by tile, a few megabytes at a time.
 * Every function takes q [B,H,L,D], k [B,K,S,D] and the options of the attention in question.
 */

import type { Tensor } from '../tensor/index.ts'
import type { ScoreOptions } from './options.ts'
import { attentionWeights, checkRange } from './weights.ts'

export interface SummaryOptions {
  /** Which query heads, in this order. Default: all. */
  readonly heads?: readonly number[]
  /** Query rows from … to−1. Default: all. */
  readonly rows?: readonly [number, number]
}

/** Numbers, row-major. */
export interface Summary {
  readonly data: Float64Array
  readonly shape: readonly number[]
}

/** Cells in memory at once. */
const TILE = 2 ** 20

type Visit = (weights: ArrayLike<number>, at: number, row: { index: number; b: number; head: number; i: number }) => void

interface Extent {
  readonly B: number
  readonly heads: number
  readonly from: number
  readonly rows: number
  readonly S: number
}

function extentOf(q: Tensor, k: Tensor, { heads, rows }: SummaryOptions): Extent {
  const L = q.shape[2] ?? 0
  const [from, to] = checkRange('rows', rows, L, 'L')
  return { B: q.shape[0] ?? 0, heads: heads?.length ?? q.shape[1] ?? 0, from, rows: to - from, S: k.shape[2] ?? 0 }
}

/** Calls `visit` for every row of weights; `index` counts rows in [B, heads, rows] order, and the row's S weights begin at `at`. */
async function eachRow(q: Tensor, k: Tensor, options: ScoreOptions, summary: SummaryOptions, visit: Visit): Promise<void> {
  const { B, heads, from, rows, S } = extentOf(q, k, summary)
  const height = Math.max(1, Math.floor(TILE / Math.max(1, B * heads * S)))
  for (let first = 0; first < rows; first += height) {
    const count = Math.min(height, rows - first)
    const part = { rows: [from + first, from + first + count] as const, heads: summary.heads }
    const weights = await readTile(q, k, options, part)
    for (let n = 0; n < B * heads * count; n++) {
      const [outer, i] = [Math.floor(n / count), first + (n % count)]
      visit(weights, n * S, { index: outer * rows + i, b: Math.floor(outer / heads), head: outer % heads, i })
    }
  }
}

async function readTile(
  q: Tensor,
  k: Tensor,
  options: ScoreOptions,
  part: Parameters<typeof attentionWeights>[3],
): Promise<ArrayLike<number>> {
  using tile = attentionWeights(q, k, options, part)
  return await tile.read()
}

/** −Σ p log p of every row, in nats: 0 where all weight is on one key (or none), log n where n keys share it evenly. [B, heads, rows] */
export async function rowEntropy(q: Tensor, k: Tensor, options: ScoreOptions = {}, summary: SummaryOptions = {}): Promise<Summary> {
  const { B, heads, rows, S } = extentOf(q, k, summary)
  const data = new Float64Array(B * heads * rows)
  await eachRow(q, k, options, summary, (weights, at, { index }) => {
    let sum = 0
    for (let j = 0; j < S; j++) {
      const p = weights[at + j]!
      if (p > 0) sum -= p * Math.log(p)
    }
    data[index] = sum
  })
  return { data, shape: [B, heads, rows] }
}

/** The `count` keys of greatest weight in every row, greatest first (of equals the earlier). Both [B, heads, rows, count]. */
export async function topKeys(
  q: Tensor,
  k: Tensor,
  count: number,
  options: ScoreOptions = {},
  summary: SummaryOptions = {},
): Promise<{ keys: Int32Array; weights: Float64Array; shape: readonly number[] }> {
  const { B, heads, rows, S } = extentOf(q, k, summary)
  if (!Number.isInteger(count) || count < 0 || count > S)
    throw new RangeError(`topKeys: count must be an integer from 0 to S=${S}, got ${count}`)
  const keys = new Int32Array(B * heads * rows * count)
  const best = new Float64Array(keys.length)
  await eachRow(q, k, options, summary, (weights, at, { index }) => {
    let held = 0
    for (let j = 0; j < S; j++) {
      const p = weights[at + j]!
      const worst = index * count + count - 1
      if (held === count && !(p > best[worst]!)) continue
      let place = index * count + Math.min(held, count - 1)
      for (; place > index * count && p > best[place - 1]!; place--) {
        best[place] = best[place - 1]!
        keys[place] = keys[place - 1]!
      }
      if (count > 0) {
        best[place] = p
        keys[place] = j
      }
      held = Math.min(count, held + 1)
    }
  })
  return { keys, weights: best, shape: [B, heads, rows, count] }
}

/** How much every key was looked at: Σ over rows of its weights. [B, heads, S] */
export async function columnSums(q: Tensor, k: Tensor, options: ScoreOptions = {}, summary: SummaryOptions = {}): Promise<Summary> {
  const { B, heads, S } = extentOf(q, k, summary)
  const data = new Float64Array(B * heads * S)
  await eachRow(q, k, options, summary, (weights, at, { b, head }) => {
    const to = (b * heads + head) * S
    for (let j = 0; j < S; j++) data[to + j]! += weights[at + j]!
  })
  return { data, shape: [B, heads, S] }
}

export interface BlockSummary {
  /** Mean weight of the cells of each block. */
  readonly mean: Float64Array
  /** Greatest weight in each block. */
  readonly max: Float64Array
  /** [B, heads, blocks of rows, blocks of keys] */
  readonly shape: readonly number[]
}

/** The matrix in blocks of `block` × `block` cells (less at the edges): what a picture of a long one shows. */
export async function blockSummary(
  q: Tensor,
  k: Tensor,
  block: number,
  options: ScoreOptions = {},
  summary: SummaryOptions = {},
): Promise<BlockSummary> {
  if (!Number.isInteger(block) || block < 1) throw new RangeError(`blockSummary: block must be an integer ≥ 1, got ${block}`)
  const { B, heads, rows, S } = extentOf(q, k, summary)
  const [down, across] = [Math.ceil(rows / block), Math.ceil(S / block)]
  const mean = new Float64Array(B * heads * down * across)
  const max = new Float64Array(mean.length)
  await eachRow(q, k, options, summary, (weights, at, { b, head, i }) => {
    const to = ((b * heads + head) * down + Math.floor(i / block)) * across
    const height = Math.min(block, rows - Math.floor(i / block) * block)
    for (let j = 0; j < S; j++) {
      const column = Math.floor(j / block)
      const p = weights[at + j]!
      mean[to + column]! += p / (height * Math.min(block, S - column * block))
      if (p > max[to + column]!) max[to + column] = p
    }
  })
  return { mean, max, shape: [B, heads, down, across] }
}

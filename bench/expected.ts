/** What the answer is, in float64, for the sampled rows; and how far a float32 answer is from it. */

import { normal } from './numbers.ts'
import {
  type AttentionWork,
  alibiSlope,
  type Mask,
  type ModelWork,
  type ProductWork,
  type Row,
  rowWidth,
  SEEDS,
  sees,
  type WeightsWork,
  type Work,
  weightScale,
} from './work.ts'

/** The rows one after another, each `rowWidth` long. */
export function expectedRows(work: Exclude<Work, ModelWork>, rows: readonly Row[]): Float64Array {
  const out = new Float64Array(rows.length * rowWidth(work))
  if (work.kind === 'attention') attend(work, rows, out)
  else if (work.kind === 'product') multiply(work, rows, out)
  else tile(work, rows, out)
  return out
}

function attend(work: AttentionWork, rows: readonly Row[], out: Float64Array): void {
  const { heads, queries, keys, width } = work
  let loaded = -1
  let k = new Float32Array()
  let v = new Float32Array()
  for (const [at, [head, row]] of rows.entries()) {
    if (head !== loaded) {
      k = normal(keys * width, SEEDS.k, head * keys * width)
      v = normal(keys * width, SEEDS.v, head * keys * width)
      loaded = head
    }
    const from = (head * queries + row) * width
    const slope = work.alibi ? alibiSlope(head, heads) : 0
    const weights = weightsOf(work.mask, slope, row + keys - queries, normal(width, SEEDS.q, from), k)
    const line = out.subarray(at * width, (at + 1) * width)
    if (work.backward) queryGradient(weights, normal(width, SEEDS.g, from), k, v, line)
    else blend(weights, v, line)
  }
}

function blend(weights: Float64Array, v: Float32Array, out: Float64Array): void {
  const width = out.length
  for (let j = 0; j < weights.length; j++) {
    if (weights[j] === 0) continue
    for (let d = 0; d < width; d++) out[d]! += weights[j]! * v[j * width + d]!
  }
}

/** dq = Σ_j w_j·(g·v_j − Σ_j w_j·(g·v_j))·k_j / √d */
function queryGradient(weights: Float64Array, g: Float32Array, k: Float32Array, v: Float32Array, out: Float64Array): void {
  const width = g.length
  const toward = weights.map((_, j) => g.reduce((sum, x, d) => sum + x * v[j * width + d]!, 0))
  const mean = weights.reduce((sum, w, j) => sum + w * toward[j]!, 0)
  for (let j = 0; j < weights.length; j++) {
    const by = (weights[j]! * (toward[j]! - mean)) / Math.sqrt(width)
    if (by !== 0) for (let d = 0; d < width; d++) out[d]! += by * k[j * width + d]!
  }
}

/** One row of the matrix of weights: query q at position i over all keys k. */
function weightsOf(mask: Mask, slope: number, i: number, q: Float32Array, k: Float32Array): Float64Array {
  const width = q.length
  const row = new Float64Array(k.length / width).fill(-Infinity)
  for (let j = 0; j < row.length; j++) {
    if (!sees(mask, i, j)) continue
    let dot = 0
    for (let d = 0; d < width; d++) dot += q[d]! * k[j * width + d]!
    row[j] = dot / Math.sqrt(width) + slope * (j - i)
  }
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity)
  let sum = 0
  for (let j = 0; j < row.length; j++) sum += row[j] = Math.exp(row[j]! - top)
  return row.map((weight) => weight / sum)
}

function tile({ keys, width, cols }: WeightsWork, rows: readonly Row[], out: Float64Array): void {
  const k = normal(keys * width, SEEDS.k)
  rows.forEach(([, row], at) => {
    const weights = weightsOf({ kind: 'causal' }, 0, row, normal(width, SEEDS.q, row * width), k)
    out.set(weights.subarray(...cols), at * (cols[1] - cols[0]))
  })
}

function multiply({ n, k }: ProductWork, rows: readonly Row[], out: Float64Array): void {
  const w = normal(n * k, SEEDS.w, 0, weightScale(k))
  const bias = normal(n, SEEDS.bias)
  rows.forEach(([, row], at) => {
    const x = normal(k, SEEDS.x, row * k)
    for (let c = 0; c < n; c++) {
      let dot = bias[c]!
      for (let e = 0; e < k; e++) dot += x[e]! * w[c * k + e]!
      out[at * n + c] = dot
    }
  })
}

/** The largest difference, as a share of the largest expected value. NaN anywhere gives NaN. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new RangeError(`relativeError: got ${actual.length} numbers, expected ${expected.length}`)
  let worst = 0
  let largest = 0
  for (let n = 0; n < expected.length; n++) {
    worst = Math.max(worst, Math.abs(actual[n]! - expected[n]!))
    largest = Math.max(largest, Math.abs(expected[n]!))
  }
  return worst / largest
}

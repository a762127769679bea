/**
 * Attention, by definition. Everything that Regard computes faster elsewhere is checked against this file.
 *
 *     s = scale · (q · k)
 *     s = capped(s)                      softcap
 *     s = score(s)                       bias and score functions
 *     forbidden where the band or the mask says so, or where s = −∞
 *     m = the greatest allowed s, or the sink
 *     Z = Σ exp(s − m) over allowed keys, + exp(sink − m)
 *     P = exp(s − m) / Z                 lse = m + log Z
 *     O = Σ dropout(P) · v               over keys with a weight
 *
 * A forbidden key is not read at all, so nothing in its value can leak; a key of weight 0 adds nothing either. A row that may look
 * nowhere gives O = 0, P = 0 and lse = −∞ (with a sink: the sink). NaN or +∞ in an allowed score makes its row NaN.
 */

import { type Compiled, compile, type TableData } from '../../expression/index.ts'
import { arrayOver, rowMajor, sizeOf, type View } from '../../tensor/index.ts'
import { isKept, rowKey } from '../dropout.ts'
import type { AttentionCall, Band, Dropout, Scores } from '../kernels.ts'
import { bufferOf } from './memory.ts'
import { load, store } from './numbers.ts'

export function attention(call: AttentionCall): string {
  const [batch, heads, length] = call.q.shape as [number, number, number]
  const [, kvHeads, keys, width] = call.v.shape as [number, number, number, number]
  const rowOf = rowReader(call)
  const v = load(call.v)
  const out = new Float64Array(sizeOf(call.out.shape))
  const lse = new Float64Array(batch * heads * length)
  for (let n = 0; n < lse.length; n++) {
    const at = { b: Math.floor(n / (heads * length)), h: Math.floor(n / length) % heads, row: n % length }
    const found = rowOf(at)
    lse[n] = logSumExp(found)
    const weights = dropped(softmax(found), call.dropout, at.b * heads + at.h, at.row)
    const values = (at.b * kvHeads + kvHead(at.h, heads, kvHeads)) * keys
    weights.forEach((weight, j) => {
      if (weight === 0) return
      for (let d = 0; d < width; d++) out[n * width + d]! += weight * v[(values + j) * width + d]!
    })
  }
  store(call.out, out)
  store(call.lse, lse)
  return 'reference'
}

/** Query heads share key/value heads in neighbouring groups: [k0, k0, k1, k1]. */
export function kvHead(h: number, heads: number, kvHeads: number): number {
  return Math.floor((h * kvHeads) / heads)
}

export interface RowAt {
  readonly b: number
  readonly h: number
  readonly row: number
}

/** One query row at each stage of the pipeline, over all S keys. */
export interface Row {
  readonly scaled: Float64Array
  readonly capped: Float64Array
  /** −∞ where forbidden. */
  readonly masked: Float64Array
  /** m, the greatest of the allowed scores and the sink; −∞ if there is neither. */
  readonly greatest: number
  /** Z, the sum of exp(s − m), sink included. */
  readonly total: number
}

/** → a function that takes one query row through the pipeline, up to the softmax. */
export function rowReader(call: Scores): (at: RowAt) => Row {
  const [, heads, length, depth] = call.q.shape as [number, number, number, number]
  const [, kvHeads, keys] = call.k.shape as [number, number, number]
  const q = load(call.q)
  const k = load(call.k)
  const sinks = call.sinks && load(call.sinks)
  const { cap, score, allows } = compileProgram(call)
  return ({ b, h, row }) => {
    const [scaled, capped, masked] = [new Float64Array(keys), new Float64Array(keys), new Float64Array(keys)]
    const i = row + (call.band.offset[b] ?? call.band.offset[0]!)
    const query = ((b * heads + h) * length + row) * depth
    const head = (b * kvHeads + kvHead(h, heads, kvHeads)) * keys
    for (let j = 0; j < keys; j++) {
      const s = call.scale * dot(q, query, k, (head + j) * depth, depth)
      scaled[j] = s
      capped[j] = cap(s, b, h, i, j)
      masked[j] = withinBand(call.band, b, i, j) && allows(s, b, h, i, j) ? score(capped[j]!, b, h, i, j) : Number.NEGATIVE_INFINITY
    }
    return { scaled, capped, masked, ...sumExp(masked, sinks?.[h] ?? Number.NEGATIVE_INFINITY) }
  }
}

function dot(a: Float64Array, from: number, b: Float64Array, at: number, n: number): number {
  let sum = 0
  for (let d = 0; d < n; d++) sum += a[from + d]! * b[at + d]!
  return sum
}

function withinBand({ left, right, lengths }: Band, b: number, i: number, j: number): boolean {
  return j >= i - left && j <= i + right && (!lengths || j < lengths[b]!)
}

const asItStands: Compiled = (s) => s
const always: Compiled = () => 1

function compileProgram({ program }: Scores): { cap: Compiled; score: Compiled; allows: Compiled } {
  const tables = program?.tables.map(tableData) ?? []
  return {
    cap: program?.capped ? compile(program.capped, tables) : asItStands,
    score: program?.score ? compile(program.score, tables) : asItStands,
    allows: program?.mask ? compile(program.mask, tables) : always,
  }
}

export function tableData(view: View): TableData {
  const { shape, strides, offset, dtype } = view
  if (dtype === 'float16' || dtype === 'bfloat16') return { data: load(view), shape, strides: rowMajor(shape), offset: 0 }
  return { data: arrayOver(dtype, bufferOf(view.handle)), shape, strides, offset }
}

/** The greatest score, and Σ exp(s − greatest), with the sink among the scores. */
function sumExp(scores: Float64Array, sink: number): Pick<Row, 'greatest' | 'total'> {
  const greatest = scores.reduce((a, s) => Math.max(a, s), sink)
  const term = (s: number): number => (s === Number.NEGATIVE_INFINITY ? 0 : Math.exp(s - greatest))
  return { greatest, total: scores.reduce((sum, s) => sum + term(s), term(sink)) }
}

/** m + log Z; of nothing, −∞. */
function logSumExp({ greatest, total }: Row): number {
  return greatest + Math.log(total)
}

/** Each allowed key's share; forbidden keys have none. */
export function softmax({ masked, greatest, total }: Row): Float64Array {
  return masked.map((s) => (s === Number.NEGATIVE_INFINITY ? 0 : Math.exp(s - greatest) / total))
}

function dropped(weights: Float64Array, dropout: Dropout | undefined, headOrdinal: number, row: number): Float64Array {
  if (!dropout) return weights
  const key = rowKey(dropout.seed, headOrdinal, row)
  return weights.map((weight, j) => (isKept(key, j, dropout.p) ? weight / (1 - dropout.p) : 0))
}

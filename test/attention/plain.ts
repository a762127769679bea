/**
 * Attention once more, from plain functions, in the plainest arithmetic: every step rounded by `round`, sums in order. No code is shared with
 * the product but the hash that picks what dropout drops. In float64 it checks the reference; in float32 it is the yardstick for kernels.
 */

import { isKept, rowKey } from '../../src/backend/dropout.ts'
import { type Numbers, numbersOf, plainScore, type Spec } from './calls.ts'

export interface PlainResult {
  readonly output: Float64Array
  readonly lse: Float64Array
  /** Before dropout, [B,H,L,S]: exp(s − m) / Z. */
  readonly weights: Float64Array
  /** The same as exp(s − lse), which loses what rounding takes from lse. */
  readonly byLse: Float64Array
  /** −∞ where forbidden. */
  readonly masked: Float64Array
}

type Round = (x: number) => number

export function plainAttention(spec: Spec, round: Round): PlainResult {
  const { B, H, L, S, Dv } = spec
  const { q, k, v } = numbersOf(spec)
  const result = {
    output: new Float64Array(B * H * L * Dv),
    lse: new Float64Array(B * H * L),
    weights: new Float64Array(B * H * L * S),
    byLse: new Float64Array(B * H * L * S),
    masked: new Float64Array(B * H * L * S),
  }
  for (let n = 0; n < B * H * L; n++) {
    const [b, h, row] = [Math.floor(n / (H * L)), Math.floor(n / L) % H, n % L]
    const masked = Array.from({ length: S }, (_, j) => maskedScore(spec, { q, k }, { b, h, row, j }, round))
    const { weights, lse } = softmax(masked, spec.sinks?.[h], round)
    result.masked.set(masked, n * S)
    result.weights.set(weights, n * S)
    masked.forEach((s, j) => {
      result.byLse[n * S + j] = s === Number.NEGATIVE_INFINITY ? 0 : round(Math.exp(round(s - lse)))
    })
    result.lse[n] = lse
    result.output.set(blend(spec, dropped(spec, weights, { b, h, row }, round), v, b, h, round), n * Dv)
  }
  return result
}

interface Place {
  readonly b: number
  readonly h: number
  readonly row: number
  readonly j: number
}

const batchOf = (x: Numbers, b: number): number => (x.shape[0] === 1 ? 0 : b)

function maskedScore(spec: Spec, { q, k }: { q: Numbers; k: Numbers }, at: Place, round: Round): number {
  const { H, K, L, S, D } = spec
  const { b, h, row, j } = at
  const i = row + (typeof spec.offset === 'object' ? spec.offset[b]! : (spec.offset ?? 0))
  if (!allowed(spec, at, i)) return Number.NEGATIVE_INFINITY
  let s = 0
  const [from, to] = [((b * H + h) * L + row) * D, ((batchOf(k, b) * K + Math.floor(h / (H / K))) * S + j) * D]
  for (let d = 0; d < D; d++) s = round(s + round(q.data[from + d]! * k.data[to + d]!))
  s = round(round(spec.scale ?? 1 / Math.sqrt(D)) * s)
  if (spec.softcap) s = round(spec.softcap * round(Math.tanh(round(s / spec.softcap))))
  for (const added of [spec.bias, spec.floatMask])
    if (added) {
      const x = entry(added, at)
      if (x === undefined || x === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY
      s = round(s + x)
    }
  const score = plainScore(spec)
  return score ? round(score(s, b, h, i, j)) : s
}

function allowed(spec: Spec, at: Place, i: number): boolean {
  const { b, h, j } = at
  if (spec.causal && j > i) return false
  if (spec.window && (j < i - spec.window[0] || j > i + spec.window[1])) return false
  if (spec.lengths && j >= spec.lengths[b]!) return false
  if (spec.boolMask && !entry(spec.boolMask, at)) return false
  return spec.mask ? spec.mask.allows(b, h, i, j) : true
}

/** The entry that broadcasts to this place; undefined beyond a short last axis. */
function entry({ shape, data }: Numbers, { b, h, row, j }: Place): number | undefined {
  const index = [b, h, row, j].slice(4 - shape.length)
  if (j >= shape.at(-1)! && shape.at(-1) !== 1) return undefined
  let n = 0
  shape.forEach((d, axis) => {
    n = n * d + (d === 1 ? 0 : index[axis]!)
  })
  return data[n]
}

function softmax(masked: readonly number[], sink: number | undefined, round: Round): { weights: number[]; lse: number } {
  const all = sink === undefined ? masked : [...masked, sink]
  const greatest = all.reduce((a, s) => Math.max(a, s), Number.NEGATIVE_INFINITY)
  if (greatest === Number.NEGATIVE_INFINITY) return { weights: masked.map(() => 0), lse: greatest }
  const powers = all.map((s) => (s === Number.NEGATIVE_INFINITY ? 0 : round(Math.exp(round(s - greatest)))))
  const total = powers.reduce((sum, p) => round(sum + p), 0)
  return { weights: masked.map((_, j) => round(powers[j]! / total)), lse: round(greatest + round(Math.log(total))) }
}

function dropped(
  { H, dropout }: Spec,
  weights: readonly number[],
  { b, h, row }: Omit<Place, 'j'>,
  round: Round,
): readonly number[] {
  if (!dropout) return weights
  const key = rowKey(dropout.seed, b * H + h, row)
  return weights.map((w, j) => (isKept(key, j, dropout.p) ? round(w / round(1 - dropout.p)) : 0))
}

function blend({ H, K, S, Dv }: Spec, weights: readonly number[], v: Numbers, b: number, h: number, round: Round): Float64Array {
  const out = new Float64Array(Dv)
  const from = (batchOf(v, b) * K + Math.floor(h / (H / K))) * S
  weights.forEach((w, j) => {
    if (w !== 0) for (let d = 0; d < Dv; d++) out[d] = round(out[d]! + round(w * v.data[(from + j) * Dv + d]!))
  })
  return out
}

export const exactly = (x: number): number => x
export const inFloat32 = Math.fround

/**
 * The gradients of attention, by definition. With P the weights, Z dropout's factors (0 or 1/(1 − p)) and s′ the score after softcap,
 * bias and score functions:
 *
 *     Δᵢ    = Σ dOᵢ·Oᵢ − dlseᵢ
 *     dPᵢⱼ  = Zᵢⱼ · (dOᵢ · vⱼ)               dVⱼ += Zᵢⱼ Pᵢⱼ dOᵢ
 *     ds′ᵢⱼ = Pᵢⱼ (dPᵢⱼ − Δᵢ)                dtable[at] += ds′ · ∂s′/∂table[at]
 *     dsᵢⱼ  = ds′ᵢⱼ · ∂s′/∂s
 *     dQᵢ  += scale · dsᵢⱼ kⱼ                dKⱼ += scale · dsᵢⱼ qᵢ
 *     dsinkₕ = − Σ exp(sinkₕ − lseᵢ) Δᵢ
 *
 * A link without weight is not read at all, so nothing in its key or value can leak into a gradient.
 */

import { build, type Compiled, compile, derive, substituteScore, tableIndex } from '../../expression/index.ts'
import { sizeOf } from '../../tensor/index.ts'
import { isKept, rowKey } from '../dropout.ts'
import type { AttentionGradientCall, Dropout } from '../kernels.ts'
import { kvHead, rowReader, tableData } from './attention.ts'
import { load, store } from './numbers.ts'

export function attentionGradient(call: AttentionGradientCall): void {
  const [batch, heads, length, depth] = call.q.shape as [number, number, number, number]
  const [, kvHeads, keys, width] = call.v.shape as [number, number, number, number]
  const [q, k, v, out, dOut] = [call.q, call.k, call.v, call.out, call.dOut].map(load) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const lse = load(call.lse)
  const dLse = call.dLse && load(call.dLse)
  const sinks = call.sinks && load(call.sinks)
  const dq = new Float64Array(q.length)
  const dk = new Float64Array(sizeOf(call.dk.shape))
  const dv = new Float64Array(sizeOf(call.dv.shape))
  const dSinks = new Float64Array(heads)
  const rowOf = rowReader(call)
  const slopes = slopesOf(call)
  for (let n = 0; n < batch * heads * length; n++) {
    const at = { b: Math.floor(n / (heads * length)), h: Math.floor(n / length) % heads, row: n % length }
    const i = at.row + (call.band.offset[at.b] ?? call.band.offset[0]!)
    const row = rowOf(at)
    const delta = dot(dOut, n * width, out, n * width, width) - (dLse ? dLse[n]! : 0)
    const sink = sinks?.[at.h] ?? Number.NEGATIVE_INFINITY
    if (sink !== Number.NEGATIVE_INFINITY) dSinks[at.h]! -= Math.exp(sink - lse[n]!) * delta
    const factor = dropoutFactors(call.dropout, at.b * heads + at.h, at.row)
    const head = (at.b * kvHeads + kvHead(at.h, heads, kvHeads)) * keys
    row.masked.forEach((score, j) => {
      const weight = score === Number.NEGATIVE_INFINITY ? 0 : Math.exp(score - lse[n]!)
      if (weight === 0) return
      const z = factor(j)
      const value = (head + j) * width
      if (z !== 0) for (let d = 0; d < width; d++) dv[value + d]! += z * weight * dOut[n * width + d]!
      const dScore = weight * ((z === 0 ? 0 : z * dot(dOut, n * width, v, value, width)) - delta)
      const ds = call.scale * dScore * slopes.score(row.scaled[j]!, at.b, at.h, i, j)
      slopes.addToTables(dScore, row.scaled[j]!, at.b, at.h, i, j)
      for (let d = 0; d < depth; d++) {
        dq[n * depth + d]! += ds * k[(head + j) * depth + d]!
        dk[(head + j) * depth + d]! += ds * q[n * depth + d]!
      }
    })
  }
  store(call.dq, dq)
  store(call.dk, dk)
  store(call.dv, dv)
  if (call.dSinks) store(call.dSinks, dSinks)
  slopes.storeTables()
}

function dot(a: Float64Array, from: number, b: Float64Array, at: number, n: number): number {
  let sum = 0
  for (let d = 0; d < n; d++) sum += a[from + d]! * b[at + d]!
  return sum
}

function dropoutFactors(dropout: Dropout | undefined, headOrdinal: number, row: number): (j: number) => number {
  if (!dropout) return () => 1
  const key = rowKey(dropout.seed, headOrdinal, row)
  return (j) => (isKept(key, j, dropout.p) ? 1 / (1 - dropout.p) : 0)
}

interface Slopes {
  /** ∂s′/∂s at a scaled score. */
  readonly score: Compiled
  addToTables(dScore: number, ...at: Parameters<Compiled>): void
  storeTables(): void
}

function slopesOf({ program, dTables }: AttentionGradientCall): Slopes {
  const tables = program?.tables.map(tableData) ?? []
  const capped = program?.capped ?? build.s
  const { score, tables: lookups } = derive(program?.score ? substituteScore(program.score, capped) : capped)
  const sums = dTables.map((view) => view && new Float64Array(sizeOf(view.shape)))
  const wanted = lookups.flatMap(({ table, at, slope }) => {
    const sum = sums[table]
    if (!sum) return []
    return [{ sum, shape: dTables[table]!.shape, at: at.map((x) => compile(x, tables)), slope: compile(slope, tables) }]
  })
  return {
    score: compile(score, tables),
    addToTables: (dScore, ...place) => {
      for (const { sum, shape, at, slope } of wanted)
        sum[at.reduce((n, x, axis) => n * shape[axis]! + tableIndex(x(...place), shape[axis]!), 0)]! += dScore * slope(...place)
    },
    storeTables: () => {
      for (const [n, view] of dTables.entries()) if (view) store(view, sums[n]!)
    },
  }
}

/** Attention by its definition, one query row at a time. */

import { sizeOf, type View } from '../../tensor/index.ts'
import type { AttentionCall, Scores, WeightsCall } from '../kernels.ts'
import { load, store } from './numbers.ts'

/** Masked scores of one query row, and the logarithm of the sum of their exponentials (with the sink). */
function scoresOf(call: Scores, at: readonly [b: number, h: number, row: number]): { scores: Float64Array; lse: number } {
  if (call.program) throw new Error('attention: the reference does not evaluate expressions here')
  const [b, h, row] = at
  const [, heads, length, depth] = call.q.shape as [number, number, number, number]
  const [, kvHeads, keys] = call.k.shape as [number, number, number]
  const q = load(call.q)
  const k = load(call.k)
  const { left, right, offset, lengths } = call.band
  const i = row + (offset[b] ?? offset[0] ?? 0)
  const scores = new Float64Array(keys).map((_, j) => {
    if (j < i - left || j > i + right || j >= (lengths?.[b] ?? keys)) return Number.NEGATIVE_INFINITY
    const head = b * kvHeads + Math.floor((h * kvHeads) / heads)
    let dot = 0
    for (let d = 0; d < depth; d++) dot += q[((b * heads + h) * length + row) * depth + d]! * k[(head * keys + j) * depth + d]!
    return dot * call.scale
  })
  const sink = call.sinks ? load(call.sinks)[h]! : Number.NEGATIVE_INFINITY
  const max = scores.reduce((a, s) => Math.max(a, s), sink)
  if (max === Number.NEGATIVE_INFINITY) return { scores, lse: max }
  return { scores, lse: max + Math.log(scores.reduce((sum, s) => sum + Math.exp(s - max), Math.exp(sink - max))) }
}

const weight = (score: number, lse: number): number => (score === Number.NEGATIVE_INFINITY ? 0 : Math.exp(score - lse))

export function attention(call: AttentionCall): string {
  if (call.dropout) throw new Error('attention: the reference does not drop weights here')
  const [batch, heads, length] = call.q.shape as [number, number, number]
  const [, kvHeads, keys, width] = call.v.shape as [number, number, number, number]
  const v = load(call.v)
  const out = new Float64Array(sizeOf(call.out.shape))
  const lses = new Float64Array(batch * heads * length)
  for (let n = 0; n < lses.length; n++) {
    const b = Math.floor(n / (heads * length))
    const h = Math.floor(n / length) % heads
    const { scores, lse } = scoresOf(call, [b, h, n % length])
    lses[n] = lse
    const values = (b * kvHeads + Math.floor((h * kvHeads) / heads)) * keys
    scores.forEach((s, j) => {
      if (s === Number.NEGATIVE_INFINITY) return
      for (let d = 0; d < width; d++) out[n * width + d]! += weight(s, lse) * v[(values + j) * width + d]!
    })
  }
  store(call.out, out)
  store(call.lse, lses)
  return 'reference, dense'
}

export function attentionWeights(call: WeightsCall): void {
  const [batch] = call.q.shape as [number]
  const results = new Float64Array(sizeOf(call.out.shape))
  let n = 0
  for (let b = 0; b < batch; b++)
    for (const h of call.heads)
      for (let row = call.rows[0]; row < call.rows[1]; row++) {
        const { scores, lse } = scoresOf(call, [b, h, row])
        for (let j = call.cols[0]; j < call.cols[1]; j++)
          results[n++] = call.stage === 'weights' ? weight(scores[j]!, lse) : scores[j]!
      }
  store(call.out as View, results)
}

/** Any tile of the attention matrix, at any stage of the pipeline in `attention.ts`, recomputed from Q and K. A known lse stands for m with Z = 1. */

import { sizeOf } from '../../tensor/index.ts'
import type { WeightsCall } from '../kernels.ts'
import { rowReader, softmax } from './attention.ts'
import { load, store } from './numbers.ts'

export function attentionWeights(call: WeightsCall): void {
  const [batch, heads, length] = call.q.shape as [number, number, number]
  const [from, to] = call.cols
  const rowOf = rowReader(call)
  const lse = call.lse && load(call.lse)
  const out = new Float64Array(sizeOf(call.out.shape))
  let at = 0
  for (let b = 0; b < batch; b++)
    for (const h of call.heads)
      for (let row = call.rows[0]; row < call.rows[1]; row++, at += to - from) {
        const found = rowOf({ b, h, row })
        const known = lse ? { ...found, greatest: lse[(b * heads + h) * length + row]!, total: 1 } : found
        const numbers = call.stage === 'weights' ? softmax(known) : found[call.stage]
        out.set(numbers.subarray(from, to), at)
      }
  store(call.out, out)
}

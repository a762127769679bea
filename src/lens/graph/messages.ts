/**
 * Attention as message passing: along its edge to j, token i gathers the message w_ij · v_j, and what it makes of all of them is their sum. That
 * is all a head does before its output projection: o_i = Σ_j w_ij v_j.
 */

import type { AttentionKind } from '../../model/index.ts'
import { slice } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Reading } from '../reading.ts'

/** What a reading must know for it: a `Trace` does. */
export interface Valued extends Pick<Reading, 'attention'> {
  /** [B,K,S,Dv] */
  v(layer: number, options?: { kind?: AttentionKind }): Tensor
  /** [B,H,L,Dv] */
  headOutputs(layer: number, options?: { kind?: AttentionKind }): Tensor
}

export interface MessagesOptions {
  readonly layer: number
  readonly head: number
  /** The token that gathers. */
  readonly token: number
  /** Of an encoder–decoder; of 'cross', messages come from the tokens that were read. Default 'encoder'. */
  readonly kind?: AttentionKind | undefined
  readonly batch?: number | undefined
}

export interface Message {
  /** The token that it comes from: the one looked at. */
  readonly from: number
  readonly weight: number
  /** weight · v, of the width of a value. */
  readonly message: Float64Array
  /** ‖weight · v‖ */
  readonly size: number
}

export interface Messages {
  /** From every token that has weight, in order. */
  readonly messages: readonly Message[]
  /** Their sum. */
  readonly sum: Float64Array
  /** What the model itself made: the head's row of the blend. */
  readonly blend: Float64Array
  /** The largest difference between the two: rounding. */
  readonly error: number
}

/** One step of message passing by hand, for one token of one head, and what the layer itself made of it. */
export async function messages(trace: Valued, options: MessagesOptions): Promise<Messages> {
  const { layer, head, token, kind, batch = 0 } = options
  const of = kind && { kind }
  const weights = await trace.attention(layer, head, { batch, ...of }).row(token)
  const [values, outputs] = [trace.v(layer, of), trace.headOutputs(layer, of)]
  const shared = outputs.shape[1]! / values.shape[1]!
  const width = values.shape[3]!
  const v = await numbers(values, batch, Math.floor(head / shared))
  const blend = (await numbers(outputs, batch, head)).slice(token * width, (token + 1) * width)
  const list: Message[] = []
  for (const [from, weight] of weights.entries()) {
    if (weight === 0) continue
    const message = v.slice(from * width, (from + 1) * width).map((x) => weight * x)
    list.push({ from, weight, message, size: Math.hypot(...message) })
  }
  const sum = new Float64Array(width)
  for (const { message } of list) for (let d = 0; d < width; d++) sum[d]! += message[d]!
  return { messages: list, sum, blend, error: Math.max(...sum.map((x, d) => Math.abs(x - blend[d]!))) }
}

/** One text's and one head's part of [B,H,L,D]. */
async function numbers(x: Tensor, batch: number, head: number): Promise<Float64Array> {
  const part = (() => {
    using s = scope()
    return s.keep(slice(slice(x, 0, batch, batch + 1), 1, head, head + 1))
  })()
  try {
    return Float64Array.from((await part.read()) as Float32Array)
  } finally {
    part.dispose()
  }
}

/** One step along the edges of any weighted graph: out_i = Σ over edges (i → j) of weight · values_j. values: nodes × width, row-major. */
export function passMessages(
  edges: readonly { readonly from: number; readonly to: number; readonly weight: number }[],
  values: ArrayLike<number>,
  width: number,
): Float64Array {
  const out = new Float64Array(values.length)
  for (const { from, to, weight } of edges)
    for (let d = 0; d < width; d++) out[from * width + d]! += weight * values[to * width + d]!
  return out
}

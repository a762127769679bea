/** Sequences of different lengths packed one after another, without padding. */

import { concat, reshape, slice, transpose } from '../ops/index.ts'
import { scope, show, type Tensor } from '../tensor/index.ts'
import { type AttentionResult, attention } from './attention.ts'
import type { Mask } from './mask.ts'
import type { AttentionOptions } from './options.ts'
import type { MaskFunction } from './trace.ts'

export interface PackedOptions extends Omit<AttentionOptions, 'offset' | 'lengths' | 'order' | 'bias' | 'mask'> {
  /** Where each sequence of queries begins, and last where all end: N + 1 positions (`cu_seqlens`). */
  starts: readonly number[]
  /** The same for keys. Default: as the queries. */
  keyStarts?: readonly number[] | undefined
  /** Where queries stand among more keys: at their end (default, as flash-attention does) or at their start. */
  align?: 'start' | 'end' | undefined
  /** Positions start at 0 in every sequence. */
  mask?: Mask | MaskFunction | readonly (Mask | MaskFunction)[] | undefined
}

/**
 * Attention within each sequence of a packed batch: q [T, H, D], k [U, K, D], v [U, K, Dv] → output [T, H, Dv], lse [H, T]. Every option
 * sees a sequence as if it were alone.
 */
export function attentionPacked(q: Tensor, k: Tensor, v: Tensor, options: PackedOptions): AttentionResult {
  using s = scope()
  const { starts, keyStarts = starts, align = 'end', ...rest } = options
  for (const [name, x] of Object.entries({ q, k, v }))
    if (x.rank !== 3)
      throw new RangeError(`attentionPacked: ${name} must have rank 3, [tokens, heads, width], got ${show(x.shape)}`)
  if (align !== 'start' && align !== 'end')
    throw new TypeError(`attentionPacked: align must be 'start' or 'end', got ${JSON.stringify(align)}`)
  checkStarts('starts', starts, q.shape[0]!)
  checkStarts('keyStarts', keyStarts, k.shape[0]!)
  if (starts.length !== keyStarts.length)
    throw new RangeError(
      `attentionPacked: queries and keys must hold the same number of sequences, got ${starts.length - 1} and ${keyStarts.length - 1}`,
    )
  const parts = starts.slice(1).map((end, n) => {
    const [L, S] = [end - starts[n]!, keyStarts[n + 1]! - keyStarts[n]!]
    const [Q, K, V] = [part(q, starts, n), part(k, keyStarts, n), part(v, keyStarts, n)]
    return attention(Q, K, V, { ...rest, offset: align === 'end' ? S - L : 0, order: 'tokens' })
  })
  const [H, Dv] = [q.shape[1]!, v.shape[2]!]
  const outputs = parts.map(({ output }) => reshape(transpose(output, 1, 2), [output.shape[2]!, H, Dv]))
  const lses = parts.map(({ lse }) => reshape(lse, [H, lse.shape[2]!]))
  return { output: s.keep(concat(outputs, 0)), lse: s.keep(concat(lses, 1)), ran: `${parts[0]!.ran}, ${parts.length} sequences` }
}

/** Sequence n as [1, heads, length, width], over the same memory. */
function part(x: Tensor, starts: readonly number[], n: number): Tensor {
  const one = slice(x, 0, starts[n]!, starts[n + 1]!)
  return transpose(reshape(one, [1, ...one.shape]), 1, 2)
}

function checkStarts(name: string, starts: readonly number[], total: number): void {
  const rising = starts.every((at, n) => Number.isInteger(at) && at >= (starts[n - 1] ?? 0))
  if (starts.length < 2 || !rising || starts[0] !== 0 || starts.at(-1) !== total)
    throw new RangeError(`attentionPacked: ${name} must rise from 0 to the number of tokens, ${total}, got ${show(starts)}`)
}

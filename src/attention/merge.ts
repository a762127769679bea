/** Joining attention over parts of the keys into attention over all of them. */

import { add, exp, log, max, maximum, mul, reshape, slice, softmax, stack, sub, sum } from '../ops/index.ts'
import { scope, show, type Tensor } from '../tensor/index.ts'

/** What `attention` returned for some of the keys. */
export interface Part {
  /** [B, H, L, Dv] */
  readonly output: Tensor
  /** [B, H, L] */
  readonly lse: Tensor
}

/** Below any lse of use in float32; stands in for −∞ where a difference with −∞ would be NaN. */
const LOWEST = -3e38

/**
 * The attention over all keys, from its parts over disjoint sets of them:
 *
 *     lse = log Σ exp(lseₙ)        output = Σ exp(lseₙ − lse) · outputₙ
 *
 * The order of the parts does not matter, and merged parts can be merged again. Where every part saw nothing: 0 and −∞. A sink counts
 * once, so pass it to one part only.
 */
export function merge(parts: readonly Part[]): Part {
  using s = scope()
  const first = parts[0]
  if (!first) throw new RangeError('merge: needs at least one part, got an empty list')
  for (const { output, lse } of parts) {
    if (show(output.shape) !== show(first.output.shape) || show(lse.shape) !== show(first.lse.shape))
      throw new RangeError(`merge: parts must have one shape, got ${show(first.output.shape)} and ${show(output.shape)}`)
    if (show(output.shape.slice(0, 3)) !== show(lse.shape))
      throw new RangeError(`merge: output [B,H,L,Dv] and lse [B,H,L] differ, got ${show(output.shape)} and ${show(lse.shape)}`)
  }
  const all = stack(
    parts.map(({ lse }) => lse),
    3,
  )
  const greatest = maximum(max(all, [3], { keepDims: true }), LOWEST)
  const lse = add(reshape(greatest, first.lse.shape), log(sum(exp(sub(all, greatest)), [3])))
  const shares = softmax(all, 3)
  const output = parts.map((part, n) => mul(part.output, slice(shares, 3, n, n + 1))).reduce((a, b) => add(a, b))
  return { output: s.keep(output), lse: s.keep(lse) }
}

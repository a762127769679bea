/** Sums, means and maxima along the axes where the output has length 1. */

import { broadcastStrides, rowMajor, sizeOf, type View } from '../../tensor/index.ts'
import type { Reduction } from '../kernels.ts'
import { load, store } from './numbers.ts'

export function reduce(kind: Reduction, x: View, out: View): void {
  const numbers = load(x)
  const results = new Float64Array(sizeOf(out.shape)).fill(kind === 'max' ? Number.NEGATIVE_INFINITY : 0)
  const target = broadcastStrides(out.shape, rowMajor(out.shape), x.shape)
  let n = 0
  const walk = (axis: number, at: number): void => {
    if (axis === x.shape.length) {
      const value = numbers[n++]!
      results[at] = kind === 'max' ? Math.max(results[at]!, value) : results[at]! + value
      return
    }
    for (let k = 0; k < x.shape[axis]!; k++) walk(axis + 1, at + k * target[axis]!)
  }
  if (numbers.length > 0) walk(0, 0)
  const count = numbers.length / results.length
  store(out, kind === 'mean' ? results.map((sum) => sum / count) : results)
}

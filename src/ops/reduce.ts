/** Sums, means and maxima along axes. */

import type { Reduction } from '../backend/index.ts'
import { rowMajor, scope, type Tensor } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { axisOf, floats } from './operands.ts'

export interface ReduceOptions {
  /** true: reduced axes stay, with length 1. Default false: they go. */
  keepDims?: boolean
}

type Axes = number | readonly number[]

/** Σ x; the sum of nothing is 0. Without `axes`, over all. */
export const sum = (x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor => reduced('sum', x, axes, options)
/** The mean; of nothing, NaN. Without `axes`, over all. */
export const mean = (x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor => reduced('mean', x, axes, options)
/** The largest; of nothing, −∞; NaN if one is. Without `axes`, over all. */
export const max = (x: Tensor, axes?: Axes, options?: ReduceOptions): Tensor => reduced('max', x, axes, options)

function reduced(kind: Reduction, input: Tensor, axes: Axes | undefined, { keepDims = false }: ReduceOptions = {}): Tensor {
  using s = scope()
  const [x] = floats(kind, [input] as const)
  const gone = axesOf(kind, x, axes)
  const kept = x.shape.map((d, axis) => (gone.includes(axis) ? 1 : d))
  const shape = keepDims ? kept : x.shape.filter((_, axis) => !gone.includes(axis))
  const [out] = apply(kind, [x], [{ shape, dtype: x.dtype }], { axes: gone }, (kernels, [y]) =>
    kernels.reduce(kind, x.view(kind), { ...y!.view(kind), shape: kept, strides: rowMajor(kept) }),
  )
  return s.keep(out!)
}

function axesOf(operation: string, x: Tensor, axes: Axes | undefined): number[] {
  if (axes === undefined) return x.shape.map((_, axis) => axis)
  const list = typeof axes === 'number' ? [axes] : axes
  return [...new Set(list.map((axis) => axisOf(operation, axis, x.shape)))].sort((a, b) => a - b)
}

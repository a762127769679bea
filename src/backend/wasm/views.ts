/** Turning views into addresses and byte strides. */

import { bytesPerElement, isContiguous, packedSize, rowMajor, sizeOf, type View } from '../../tensor/index.ts'
import { copy } from './calls/elementwise.ts'
import type { Machine } from './machine.ts'

export function addressOf(view: View): number {
  return view.handle + view.offset * bytesPerElement(view.dtype)
}

export function byteStride(view: View, axis: number): number {
  return view.strides[axis]! * bytesPerElement(view.dtype)
}

/** Where the scales of an int8 weight [N,K] begin: behind its panels. */
export function scalesOf(view: View): number {
  return addressOf(view) + packedSize(view.shape, view.panels ?? 1)
}

/** Is the last axis adjacent in memory? */
export function hasRuns(view: View): boolean {
  const last = view.shape.length - 1
  return last < 0 || view.shape[last]! <= 1 || view.strides[last] === 1
}

/** Calls `use` with a view of the same numbers that satisfies `fits`: the view itself, or a contiguous copy that lives as long as the call. */
export function withLayout<T>(machine: Machine, view: View, fits: (view: View) => boolean, use: (view: View) => T): T {
  if (fits(view)) return use(view)
  return machine.borrow(sizeOf(view.shape) * bytesPerElement(view.dtype), (handle) => {
    const packed: View = { handle, offset: 0, shape: view.shape, strides: rowMajor(view.shape), dtype: view.dtype }
    copy(machine, view, packed)
    return use(packed)
  })
}

export function withContiguous<T>(machine: Machine, view: View, use: (view: View) => T): T {
  return withLayout(machine, view, ({ shape, strides }) => isContiguous(shape, strides), use)
}

/** Reading views as float64, and writing float64 back as whatever a view holds. */

import {
  arrayOver,
  bfloat16ToNumber,
  type DType,
  float16ToNumber,
  isContiguous,
  numberToBfloat16,
  numberToFloat16,
  sizeOf,
  type View,
} from '../../tensor/index.ts'
import { bufferOf } from './memory.ts'

/** The numbers of a view, row-major, widened exactly. Not to be written to: it may be the view's own memory. */
export function load(view: View): Float64Array {
  const source = arrayOver(view.dtype, bufferOf(view.handle))
  const size = sizeOf(view.shape)
  if (isEven(view)) {
    const part = source.subarray(view.offset, view.offset + size)
    return part instanceof Float64Array ? part : new Float64Array(part)
  }
  const out = new Float64Array(size)
  const widen = widening(view.dtype)
  let n = 0
  forEachElement(view, (at) => {
    out[n++] = widen(source[at]!)
  })
  return out
}

/** Writes row-major numbers into a view, each rounded once to its dtype. */
export function store(view: View, numbers: Float64Array): void {
  const target = arrayOver(view.dtype, bufferOf(view.handle))
  if (isEven(view)) {
    target.set(numbers, view.offset)
    return
  }
  const round = rounding(view.dtype)
  let n = 0
  forEachElement(view, (at) => {
    target[at] = round(numbers[n++]!)
  })
}

/** Lies in one piece, as floats that a typed array converts by itself. */
function isEven({ dtype, shape, strides }: View): boolean {
  return (dtype === 'float32' || dtype === 'float64') && isContiguous(shape, strides)
}

const asIs = (x: number): number => x

function widening(dtype: DType): (stored: number) => number {
  if (dtype === 'float16') return float16ToNumber
  if (dtype === 'bfloat16') return bfloat16ToNumber
  return asIs
}

/** What is stored for a number: int32 truncates towards 0 and saturates (NaN: 0); bool is 1 for everything but 0. */
function rounding(dtype: DType): (x: number) => number {
  if (dtype === 'float16') return numberToFloat16
  if (dtype === 'bfloat16') return numberToBfloat16
  if (dtype === 'bool') return (x) => (x === 0 ? 0 : 1)
  if (dtype === 'int32') return (x) => Math.max(-2147483648, Math.min(2147483647, Math.trunc(x)))
  return asIs
}

/** Calls `visit` with the place of each element, row-major. */
function forEachElement({ shape, strides, offset }: View, visit: (at: number) => void): void {
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) visit(at)
    else for (let n = 0; n < shape[axis]!; n++) walk(axis + 1, at + n * strides[axis]!)
  }
  walk(0, offset)
}

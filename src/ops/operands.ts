/** What operations ask of their inputs. The rule about number types is here and nowhere else. */

import { type DType, isFloat, type Shape, show, type Tensor } from '../tensor/index.ts'
import { cast } from './cast.ts'

/**
 * The inputs of an operation that computes: all float32 or all float64. 16-bit floats are storage, so they are widened to float32
 * here, in temporaries that belong to the open scope (every caller opens one). Anything else is refused with the way out.
 */
export function floats<T extends readonly (Tensor | undefined)[]>(operation: string, inputs: T): T {
  if (inputs.every((x) => x === undefined || x.panels > 0 || x.dtype === 'float32')) return inputs
  const widened = inputs.map((x) => x && widen(operation, x))
  const [first, other] = new Set(widened.flatMap((x) => (x && !x.panels ? [x.dtype] : [])))
  if (other)
    throw new TypeError(`${operation}: inputs must be of one dtype, got ${describe(inputs)}; cast ${first} to ${other} or back`)
  return widened as unknown as T
}

function widen(operation: string, x: Tensor): Tensor {
  // A packed weight is widened by the kernel that multiplies with it.
  if (x.panels) return x
  if (!isFloat(x.dtype)) throw new TypeError(`${operation}: needs floats, got ${x}; cast it first, as in cast(x, 'float32')`)
  return x.dtype === 'float32' || x.dtype === 'float64' ? x : cast(x, 'float32')
}

function describe(inputs: readonly (Tensor | undefined)[]): string {
  return inputs.flatMap((x) => (x ? [`${show(x.shape)} ${x.dtype}`] : [])).join(' and ')
}

/** The dtype that all inputs share, for operations that move numbers without computing. */
export function sameDtype(operation: string, inputs: readonly Tensor[]): DType {
  const dtype = inputs[0]!.dtype
  if (inputs.some((x) => x.dtype !== dtype))
    throw new TypeError(`${operation}: inputs must be of one dtype, got ${describe(inputs)}; cast them first`)
  return dtype
}

/** An axis counted from 0, given one that may count back from the end (−1 is the last). */
export function axisOf(operation: string, axis: number, shape: Shape): number {
  const found = axis < 0 ? axis + shape.length : axis
  if (!Number.isInteger(axis) || found < 0 || found >= shape.length)
    throw new RangeError(`${operation}: axis ${axis} does not exist in shape ${show(shape)}, which has ${shape.length} axes`)
  return found
}

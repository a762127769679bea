/** Other ways to look at the same memory. Nothing is copied, except by `reshape` where no strides can express the new shape. */

import {
  broadcastStrides,
  checkShape,
  isContiguous,
  rowMajor,
  type Shape,
  scope,
  show,
  sizeOf,
  type Tensor,
} from '../tensor/index.ts'
import { tell } from './apply.ts'
import { contiguous } from './cast.ts'
import { axisOf } from './operands.ts'

/** The same numbers in row-major order under another shape. One dimension may be −1: what is left. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const target = resolve(x, shape)
  const strides = viewStrides(x.shape, x.strides, target)
  if (strides) return viewed('reshape', x, target, strides, x.offset, {})
  using s = scope()
  const copy = contiguous(x)
  return s.keep(viewed('reshape', copy, target, rowMajor(target), 0, {}))
}

/** Exchanges two axes. */
export function transpose(x: Tensor, a = -2, b = -1): Tensor {
  const axes = x.shape.map((_, axis) => axis)
  const from = axisOf('transpose', a, x.shape)
  const to = axisOf('transpose', b, x.shape)
  axes[from] = to
  axes[to] = from
  return permute(x, axes)
}

/** Axis n of the result is axis `axes[n]` of x. */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  const order = axes.map((axis) => axisOf('permute', axis, x.shape))
  if (order.length !== x.rank || new Set(order).size !== x.rank)
    throw new RangeError(`permute: axes must name each axis of ${show(x.shape)} once, got ${show(axes)}`)
  const pick = (list: readonly number[]): number[] => order.map((axis) => list[axis]!)
  return viewed('permute', x, pick(x.shape), pick(x.strides), x.offset, { axes: order })
}

/** Positions from … to−1 along one axis; both may count back from the end, and `to` defaults to the end. */
export function slice(x: Tensor, axis: number, from: number, to?: number): Tensor {
  const along = axisOf('slice', axis, x.shape)
  const length = x.shape[along]!
  const start = from < 0 ? from + length : from
  const end = to === undefined ? length : to < 0 ? to + length : to
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > length || start > end)
    throw new RangeError(
      `slice: ${from} to ${to ?? 'the end'} does not lie within axis ${axis} of ${show(x.shape)}, which has ${length} positions`,
    )
  const shape = x.shape.map((d, n) => (n === along ? end - start : d))
  return viewed('slice', x, shape, x.strides, x.offset + start * x.strides[along]!, { axis: along, from: start, to: end })
}

/** Repeats axes of length 1, and new leading axes, up to `shape`. */
export function expand(x: Tensor, shape: Shape): Tensor {
  checkShape('expand', shape)
  const lead = shape.length - x.rank
  if (lead < 0 || x.shape.some((d, axis) => d !== 1 && d !== shape[lead + axis]))
    throw new RangeError(`expand: ${show(x.shape)} cannot be repeated up to ${show(shape)}; only axes of length 1 stretch`)
  return viewed('expand', x, [...shape], broadcastStrides(x.shape, x.strides, shape), x.offset, {})
}

function viewed(
  operation: string,
  x: Tensor,
  shape: Shape,
  strides: readonly number[],
  offset: number,
  attributes: unknown,
): Tensor {
  x.view(operation)
  const out = x.restride(shape, strides, offset)
  tell(operation, [x], [out], attributes)
  return out
}

function resolve(x: Tensor, shape: Shape): number[] {
  const open = shape.indexOf(-1)
  const known = sizeOf(shape.filter((_, axis) => axis !== open))
  const target = shape.map((d, axis) => (axis === open && known > 0 ? x.size / known : d))
  if (target.some((d) => !Number.isInteger(d) || d < 0) || sizeOf(target) !== x.size)
    throw new RangeError(`reshape: ${show(x.shape)} has ${x.size} elements, which do not fill ${show(shape)}`)
  return target
}

/**
 * Strides under which memory laid out as (shape, strides) reads as `target` in the same order, or undefined if there are none.
 * Both shapes fall into smallest groups of axes with equal products; a group can be regrouped only if it is one even walk.
 */
function viewStrides(shape: Shape, strides: readonly number[], target: Shape): number[] | undefined {
  if (sizeOf(shape) === 0 || isContiguous(shape, strides)) return rowMajor(target)
  const from = shape.flatMap((d, axis) => (d === 1 ? [] : [{ d, stride: strides[axis]! }]))
  const result = new Array<number>(target.length).fill(1)
  let done = 0
  for (let axis = 0; axis < target.length; ) {
    if (target[axis] === 1) {
      axis++
      continue
    }
    let group = from[done]!.d
    let wanted = target[axis]!
    let end = axis + 1
    while (group !== wanted) {
      if (group > wanted) wanted *= target[end++]!
      else {
        if (from[done]!.stride !== from[done + 1]!.stride * from[done + 1]!.d) return undefined
        group *= from[++done]!.d
      }
    }
    let step = from[done++]!.stride
    for (let n = end - 1; n >= axis; n--) {
      result[n] = step
      step *= target[n]!
    }
    axis = end
  }
  return result
}

/** Shapes on the way back: what was repeated is summed. */

import { expand, full, reshape, sum } from '../ops/index.ts'
import { type Shape, sameShape, type Tensor } from '../tensor/index.ts'

/** The gradient of a tensor of `shape` that was broadcast to the gradient's shape: summed over the axes that were stretched. */
export function unbroadcast(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient
  const lead = gradient.rank - shape.length
  const stretched = gradient.shape.flatMap((d, axis) => (axis < lead || (shape[axis - lead] === 1 && d !== 1) ? [axis] : []))
  return reshape(stretched.length > 0 ? sum(gradient, stretched) : gradient, shape)
}

/** Zeros that take no memory. */
export function zeros(shape: Shape, near: Tensor): Tensor {
  const dtype = near.dtype === 'float64' ? 'float64' : 'float32'
  return expand(full([], 0, { dtype, near }), shape)
}

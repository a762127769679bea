/** Numbers turned into shares of 1. */

import { scope, type Tensor } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { axisOf, floats } from './operands.ts'
import { transpose } from './views.ts'

/** exp(x − max) / Σ exp(x − max) along `axis` (default: the last). All −∞ gives 0. */
export const softmax = (x: Tensor, axis = -1): Tensor => along('softmax', x, axis)

/** x − max − log Σ exp(x − max) along `axis` (default: the last). All −∞ gives −∞. */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => along('logSoftmax', x, axis)

type Name = 'softmax' | 'logSoftmax'

/** The tape and the kernels know the last axis only; another axis is brought there and back by views. */
function along(operation: Name, input: Tensor, axis: number): Tensor {
  using s = scope()
  const [x] = floats(operation, [input] as const)
  const at = axisOf(operation, axis, x.shape)
  if (at === x.rank - 1) return s.keep(overLast(operation, x))
  return s.keep(transpose(overLast(operation, transpose(x, at, -1)), at, -1))
}

function overLast(operation: Name, x: Tensor): Tensor {
  const [out] = apply(operation, [x], [{ shape: x.shape, dtype: x.dtype }], {}, (kernels, [y]) =>
    kernels.softmax(x.view(operation), y!.view(operation), operation === 'logSoftmax'),
  )
  return out!
}

/** Numbers turned into shares of 1. */

import { scope, sizeOf, type Tensor, type View } from '../tensor/index.ts'
import { apply, type Output } from './apply.ts'
import { tensor } from './create.ts'
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

/**
 * log softmax(x) at one column of each row: x [N,V], N columns → [N]. As looking it up in logSoftmax(x), with one table of x's size on the
 * way back instead of four.
 */
export function logSoftmaxAt(input: Tensor, columns: readonly number[]): Tensor {
  const name = 'logSoftmaxAt'
  using s = scope()
  const [x] = floats(name, [input] as const)
  const [rows, width] = x.shape as [number, number]
  const places = tensor(
    Int32Array.from(columns, (column, row) => row * width + column),
    [rows],
    { near: x },
  )
  const outputs = [[rows], x.shape].map((shape): Output => ({ shape, dtype: x.dtype }))
  const [picked] = apply(name, [x, places], outputs, {}, (kernels, [picked, logs]) => {
    const view = logs!.view(name)
    kernels.softmax(x.view(name), view, true)
    kernels.gather(oneByOne(view), places.view(name), oneByOne(picked!.view(name)))
  })
  return s.keep(picked!)
}

/** The numbers of a contiguous view as rows of one. */
export const oneByOne = (view: View): View => ({ ...view, shape: [sizeOf(view.shape), 1], strides: [1, 1] })

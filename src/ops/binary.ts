/** Functions of two numbers, element by element; shapes broadcast, aligned at the last axis. A plain number stands for a tensor of it. */

import type { Binary } from '../backend/index.ts'
import { broadcast, broadcastStrides, type Shape, scope, type Tensor, type View } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { full } from './create.ts'
import { floats } from './operands.ts'

function pairwise(kind: Binary, operation: string, left: Tensor | number, right: Tensor | number): Tensor {
  using s = scope()
  const [a, b] = floats(operation, tensors(operation, left, right))
  const shape = broadcast(operation, a.shape, b.shape)
  const [out] = apply(operation, [a, b], [{ shape, dtype: a.dtype }], {}, (kernels, [y]) =>
    kernels.binary(kind, stretched(a.view(operation), shape), stretched(b.view(operation), shape), y!.view(operation)),
  )
  return s.keep(out!)
}

function tensors(operation: string, a: Tensor | number, b: Tensor | number): readonly [Tensor, Tensor] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? constant(b, a) : b]
  if (typeof b !== 'number') return [constant(a, b), b]
  throw new TypeError(`${operation}: at least one side must be a tensor, got ${a} and ${b}`)
}

function constant(value: number, beside: Tensor): Tensor {
  return full([], value, { dtype: beside.dtype === 'float64' ? 'float64' : 'float32', near: beside })
}

/** The view as if it had been repeated up to `shape`. */
export function stretched(view: View, shape: Shape): View {
  return { ...view, shape, strides: broadcastStrides(view.shape, view.strides, shape) }
}

type Operand = Tensor | number

export const add = (a: Operand, b: Operand): Tensor => pairwise('add', 'add', a, b)
export const sub = (a: Operand, b: Operand): Tensor => pairwise('sub', 'sub', a, b)
export const mul = (a: Operand, b: Operand): Tensor => pairwise('mul', 'mul', a, b)
export const div = (a: Operand, b: Operand): Tensor => pairwise('div', 'div', a, b)
/** The smaller of each pair; NaN if either is. */
export const minimum = (a: Operand, b: Operand): Tensor => pairwise('min', 'minimum', a, b)
/** The larger of each pair; NaN if either is. */
export const maximum = (a: Operand, b: Operand): Tensor => pairwise('max', 'maximum', a, b)

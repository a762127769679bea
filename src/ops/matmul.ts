/** The product of matrices. */

import { broadcast, scope, show, type Tensor } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { stretched } from './binary.ts'
import { floats } from './operands.ts'

export interface MatmulOptions {
  /** Multiplies the product. Default 1. */
  scale?: number
}

/** scale · a[…,M,K] · b[…,K,N] → […,M,N]; the leading axes broadcast. A transpose is free: transpose(b) costs no copy. */
export function matmul(left: Tensor, right: Tensor, { scale = 1 }: MatmulOptions = {}): Tensor {
  using s = scope()
  const [a, b] = floats('matmul', [left, right] as const)
  const sides = `got a=${show(a.shape)} b=${show(b.shape)}`
  if (a.rank < 2 || b.rank < 2) throw new RangeError(`matmul: needs matrices, ${sides}; reshape a vector to [1,n] or [n,1]`)
  if (a.shape.at(-1) !== b.shape.at(-2))
    throw new RangeError(`matmul: the last axis of a must be as long as the last but one of b, ${sides}`)
  const batch = broadcast('matmul', a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...batch, a.shape.at(-2)!, b.shape.at(-1)!]
  const [out] = apply('matmul', [a, b], [{ shape, dtype: a.dtype }], { scale }, (kernels, [y]) =>
    kernels.matmul({
      a: stretched(a.view('matmul'), [...batch, ...a.shape.slice(-2)]),
      b: stretched(b.view('matmul'), [...batch, ...b.shape.slice(-2)]),
      out: y!.view('matmul'),
      scale,
      activation: 'none',
    }),
  )
  return s.keep(out!)
}

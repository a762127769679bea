/** Products of matrices. */

import { cast, matmul, sum, transpose, unpack } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { input, type Rules, wants } from '../rule.ts'
import { unbroadcast } from '../shapes.ts'

export const products: Rules = {
  /** scale · a·b: dA = scale · g·bᵀ, dB = scale · aᵀ·g */
  matmul: {
    keeps: 'inputs',
    vjp: ([g], step) => {
      const { scale } = step.attributes as { scale: number }
      return [
        wants(step, 0) ? unbroadcast(matmul(g!, transpose(input(step, 1)), { scale }), step.inputs[0]!.shape) : undefined,
        wants(step, 1) ? unbroadcast(matmul(transpose(input(step, 0)), g!, { scale }), step.inputs[1]!.shape) : undefined,
      ]
    },
  },
  /** x[M,in] · weight[out,in]ᵀ + bias: dx = g·weight, dWeight = gᵀ·x, dBias = Σ g */
  linear: {
    keeps: 'inputs',
    vjp: ([g], step) => [
      wants(step, 0) ? matmul(g!, rows(input(step, 1))) : undefined,
      wants(step, 1) ? matmul(transpose(g!), input(step, 0)) : undefined,
      wants(step, 2) ? sum(g!, 0) : undefined,
    ],
  },
}

/** A weight as rows of float32 or float64. One that was rounded to int8 says that it cannot. */
function rows(weight: Tensor): Tensor {
  const unpacked = weight.panels ? unpack(weight) : weight
  return unpacked.dtype.endsWith('16') ? cast(unpacked, 'float32') : unpacked
}

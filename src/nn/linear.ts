import type { Activation } from '../backend/index.ts'
import { linear } from '../ops/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { Module } from './module.ts'

/** y = activation(x · weightᵀ + bias) + residual. weight [out,in], bias [out] */
export class Linear extends Module {
  readonly weight: Tensor
  readonly bias: Tensor | undefined

  constructor({ weight, bias }: { weight: Tensor; bias?: Tensor | undefined }) {
    super()
    this.weight = weight
    this.bias = bias
  }

  /** x […,in] → […,out] */
  forward(x: Tensor, options: { activation?: Activation; residual?: Tensor | undefined } = {}): Tensor {
    return linear(x, this.weight, { bias: this.bias, ...options })
  }
}

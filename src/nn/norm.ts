import { layerNorm, rmsNorm } from '../ops/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { Module } from './module.ts'

/** Brings rows to one scale, over the last axis. */
export abstract class Norm extends Module {
  abstract forward(x: Tensor): Tensor
}

/** (x − mean) / √(variance + eps) · weight + bias. weight, bias [width] */
export class LayerNorm extends Norm {
  readonly weight: Tensor | undefined
  readonly bias: Tensor | undefined
  readonly eps: number

  constructor({ weight, bias, eps = 1e-5 }: { weight?: Tensor | undefined; bias?: Tensor | undefined; eps?: number }) {
    super()
    this.weight = weight
    this.bias = bias
    this.eps = eps
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, { eps: this.eps })
  }
}

/** x / √(mean(x²) + eps) · (offset + weight). weight [width]; offset 1 for Gemma, else 0. */
export class RMSNorm extends Norm {
  readonly weight: Tensor | undefined
  readonly eps: number
  readonly offset: number

  constructor({ weight, eps = 1e-6, offset = 0 }: { weight?: Tensor | undefined; eps?: number; offset?: number }) {
    super()
    this.weight = weight
    this.eps = eps
    this.offset = offset
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, { eps: this.eps, offset: this.offset })
  }
}

import type { Activation } from '../backend/index.ts'
import { mul } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import type { Linear } from './linear.ts'
import { Module } from './module.ts'

/** down(activation(up(x))), or with a gate down(activation(gate(x)) · up(x)). Every position by itself. */
export class FeedForward extends Module {
  readonly gate: Linear | undefined
  readonly up: Linear
  readonly down: Linear
  readonly activation: Activation

  constructor({ gate, up, down, activation }: { gate?: Linear | undefined; up: Linear; down: Linear; activation: Activation }) {
    super()
    this.gate = gate
    this.up = up
    this.down = down
    this.activation = activation
  }

  /** x […,width] → […,width]; `residual` is added last. */
  forward(x: Tensor, { residual }: { residual?: Tensor | undefined } = {}): Tensor {
    using s = scope()
    const { gate, up, down, activation } = this
    const inner = gate ? mul(gate.forward(x, { activation }), up.forward(x)) : up.forward(x, { activation })
    return s.keep(down.forward(inner, { residual }))
  }
}

import type { Activation } from '../backend/index.ts'
import { add, maximum, minimum, mul, sigmoid } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import type { Linear } from './linear.ts'
import { Module } from './module.ts'

/** gpt-oss: the gate is held below `limit`, what goes up within ±limit; gate · σ(slope · gate) · (up + 1) goes on. */
export interface ClampedGate {
  readonly limit: number
  readonly slope: number
}

/** down(activation(up(x))), or with a gate down(activation(gate(x)) · up(x)). Every position by itself. */
export class FeedForward extends Module {
  readonly gate: Linear | undefined
  readonly up: Linear
  readonly down: Linear
  /** How gate and up are joined: by an activation of the gate, or as gpt-oss does. */
  readonly activation: Activation | ClampedGate

  constructor(parts: { gate?: Linear | undefined; up: Linear; down: Linear; activation: Activation | ClampedGate }) {
    super()
    this.gate = parts.gate
    this.up = parts.up
    this.down = parts.down
    this.activation = parts.activation
    if (typeof this.activation === 'object' && !this.gate) throw new TypeError('FeedForward: a clamped gate needs a gate')
  }

  /** x […,width] → […,width]; `residual` is added last. */
  forward(x: Tensor, { residual }: { residual?: Tensor | undefined } = {}): Tensor {
    using s = scope()
    return s.keep(this.down.forward(this.inner(x), { residual }))
  }

  /** What goes down: x […,width] → […,inner]. */
  inner(x: Tensor): Tensor {
    using s = scope()
    const { gate, up, activation } = this
    if (typeof activation === 'object') return s.keep(clamped(gate!.forward(x), up.forward(x), activation))
    return s.keep(gate ? mul(gate.forward(x, { activation }), up.forward(x)) : up.forward(x, { activation }))
  }
}

function clamped(gate: Tensor, up: Tensor, { limit, slope }: ClampedGate): Tensor {
  const held = minimum(gate, limit)
  const kept = minimum(maximum(up, -limit), limit)
  return mul(mul(held, sigmoid(mul(held, slope))), add(kept, 1))
}

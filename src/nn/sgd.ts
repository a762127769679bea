import { add, mul, sub } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import { assign, Optimizer, type OptimizerOptions } from './optimizer.ts'

export interface SGDOptions extends OptimizerOptions {
  /** How much of the last step's direction is kept. Default 0. */
  momentum?: number
  /** Looks ahead along the direction kept. Default false. */
  nesterov?: boolean
}

/**
 * Gradient descent: g ← gradient + decay · p; v ← momentum · v + g; p ← p − rate · v, or p − rate · (g + momentum · v) with `nesterov`.
 * Without momentum, p − rate · g.
 */
export class SGD extends Optimizer {
  readonly momentum: number
  readonly nesterov: boolean

  constructor(
    parameters: Iterable<readonly [name: string, parameter: Tensor]>,
    { momentum = 0, nesterov = false, ...rest }: SGDOptions,
  ) {
    super(parameters, rest)
    if (nesterov && !(momentum > 0)) throw new RangeError(`SGD: nesterov needs momentum, got ${momentum}`)
    this.momentum = momentum
    this.nesterov = nesterov
  }

  protected override update(name: string, parameter: Tensor, gradient: Tensor, decay: number): void {
    using _ = scope()
    const g = decay === 0 ? gradient : add(gradient, mul(parameter, decay))
    assign(parameter, sub(parameter, mul(this.#direction(name, parameter, g), this.rate)))
  }

  #direction(name: string, parameter: Tensor, g: Tensor): Tensor {
    if (this.momentum === 0) return g
    const v = this.remembered(name, 'velocity', parameter)
    assign(v, add(mul(v, this.momentum), g))
    return this.nesterov ? add(g, mul(v, this.momentum)) : v
  }
}

import { backendOf } from '../backend/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { Optimizer, type OptimizerOptions } from './optimizer.ts'

export interface AdamOptions extends OptimizerOptions {
  /** How much of the mean, and of the mean square, of past gradients is kept. Default [0.9, 0.999]. */
  betas?: readonly [number, number]
  /** Added to the root of the mean square. Default 1e-8. */
  eps?: number
  /** Divides by the largest mean square so far (Reddi et al. 2018). Default false. */
  amsgrad?: boolean
}

/**
 * Adam (Kingma & Ba 2015): steps along the mean of past gradients over the root of their mean square, both corrected for their start
 * at 0. Weight decay is added to the gradient.
 */
export class Adam extends Optimizer {
  readonly betas: readonly [number, number]
  readonly eps: number
  readonly amsgrad: boolean
  protected readonly decoupled: boolean = false

  constructor(
    parameters: Iterable<readonly [name: string, parameter: Tensor]>,
    { betas = [0.9, 0.999], eps = 1e-8, amsgrad = false, ...rest }: AdamOptions,
  ) {
    super(parameters, rest)
    for (const beta of betas)
      if (!(beta >= 0 && beta < 1)) throw new RangeError(`${new.target.name}: betas must be at least 0 and below 1, got ${betas}`)
    this.betas = betas
    this.eps = eps
    this.amsgrad = amsgrad
  }

  protected override update(name: string, parameter: Tensor, gradient: Tensor, decay: number): void {
    const operation = this.constructor.name
    const view = (tensor: Tensor) => tensor.view(operation)
    const remembered = (what: string) => view(this.remembered(name, what, parameter))
    backendOf(operation, [parameter, gradient]).kernels.adam({
      parameter: view(parameter),
      gradient: view(gradient),
      m: remembered('mean'),
      v: remembered('square'),
      ...(this.amsgrad && { vmax: remembered('largest') }),
      rate: this.rate,
      betas: this.betas,
      eps: this.eps,
      decay,
      decoupled: this.decoupled,
      step: this.steps,
    })
  }
}

/** Adam with decoupled weight decay (Loshchilov & Hutter 2019): parameters shrink by rate · decay before each step. Default decay 0.01. */
export class AdamW extends Adam {
  protected override readonly decoupled = true

  constructor(parameters: Iterable<readonly [name: string, parameter: Tensor]>, options: AdamOptions) {
    super(parameters, { decay: 0.01, ...options })
  }
}

/** What optimisers have in common: parameters by name, the rate, and what they remember. */

import { backendOf } from '../backend/index.ts'
import { disown, fromData, rowMajor, sameShape, type Tensor } from '../tensor/index.ts'

export interface OptimizerOptions {
  /** The learning rate; it may be set between steps (see `schedules`). */
  rate: number
  /** Weight decay, for all parameters or for each by name. Default 0, unless the optimiser says otherwise. */
  decay?: number | ((name: string, parameter: Tensor) => number)
}

/** A gradient for each parameter: what `grad(…)(…).parameters` is. */
export type ParameterGradients = ReadonlyMap<Tensor, Tensor>

/**
 * Changes parameters in place, step by step. Parameters are given with their names, as `Module.parameters()` yields them; they must be
 * contiguous and float32 or float64. A parameter without a gradient stays as it is, and so does what is remembered of it.
 */
export abstract class Optimizer {
  rate: number
  /** Steps taken. */
  steps = 0
  readonly #parameters: readonly (readonly [name: string, parameter: Tensor])[]
  readonly #decay: Map<Tensor, number>
  readonly #memory = new Map<string, Tensor>()

  constructor(parameters: Iterable<readonly [name: string, parameter: Tensor]>, { rate, decay = 0 }: OptimizerOptions) {
    if (!(rate >= 0)) throw new RangeError(`${new.target.name}: rate must be a number ≥ 0, got ${rate}`)
    const seen = new Set<Tensor>()
    this.#parameters = [...parameters].filter(([, each]) => !seen.has(each) && seen.add(each))
    for (const [name, each] of this.#parameters)
      if ((each.dtype !== 'float32' && each.dtype !== 'float64') || !each.contiguous)
        throw new TypeError(`${new.target.name}: ${name} must be a contiguous float32 or float64 tensor, got ${each}`)
    this.rate = rate
    this.#decay = new Map(this.#parameters.map(([name, each]) => [each, typeof decay === 'number' ? decay : decay(name, each)]))
  }

  /** Changes every parameter that has a gradient. */
  step(gradients: ParameterGradients): void {
    this.steps++
    for (const [name, parameter] of this.#parameters) {
      const gradient = gradients.get(parameter)
      if (!gradient) continue
      if (!sameShape(gradient.shape, parameter.shape))
        throw new RangeError(`${this.constructor.name}: the gradient of ${name} is ${gradient}, the parameter ${parameter}`)
      this.update(name, parameter, gradient, this.#decay.get(parameter)!)
    }
  }

  protected abstract update(name: string, parameter: Tensor, gradient: Tensor, decay: number): void

  /** What is remembered of a parameter under `what`, zeros at first: a tensor that `update` writes to. */
  protected remembered(name: string, what: string, parameter: Tensor): Tensor {
    const key = `${name}.${what}`
    let tensor = this.#memory.get(key)
    if (!tensor) {
      const zeros = parameter.dtype === 'float64' ? new Float64Array(parameter.size) : new Float32Array(parameter.size)
      tensor = fromData(parameter.memory, zeros, parameter.shape, parameter.dtype)
      disown(tensor)
      this.#memory.set(key, tensor)
    }
    return tensor
  }

  /** All that is remembered, by name: with `steps`, what a checkpoint needs to go on with the same bits. */
  state(): ReadonlyMap<string, Tensor> {
    return this.#memory
  }

  /** Takes up what `state` gave, copied. */
  restore(steps: number, state: ReadonlyMap<string, Tensor>): void {
    const parameters = new Map(this.#parameters)
    for (const [key, from] of state) {
      const at = key.lastIndexOf('.')
      const parameter = parameters.get(key.slice(0, at))
      if (!parameter || !sameShape(parameter.shape, from.shape))
        throw new RangeError(`${this.constructor.name}: ${key} ${from} belongs to no parameter here`)
      assign(this.remembered(key.slice(0, at), key.slice(at + 1), parameter), from)
    }
    this.steps = steps
  }

  /** Frees what is remembered; the parameters stay. */
  dispose(): void {
    for (const tensor of this.#memory.values()) tensor.dispose()
    this.#memory.clear()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

/** target ← source, in place. */
export function assign(target: Tensor, source: Tensor): void {
  const view = target.view('assign')
  backendOf('assign', [target, source]).kernels.copy(source.view('assign'), { ...view, strides: rowMajor(view.shape) })
}

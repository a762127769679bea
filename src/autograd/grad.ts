/** Gradients of functions of tensors. */

import { full } from '../ops/index.ts'
import { isFloat, scope, show, Tensor } from '../tensor/index.ts'
import { during, following, isRecording, mark, newRecording, type Recording } from './tape.ts'

/** One tensor for each input. */
export type Each<T extends readonly Tensor[]> = { readonly [K in keyof T]: Tensor }

/**
 * The gradients of one number: `const [dx, dw] = grad(f)(x, w).inputs`. Each has the shape of its tensor and its dtype; that of a 16-bit tensor is float32. They belong to the open scope, if any.
 */
export class Gradients<T extends readonly Tensor[] = readonly Tensor[]> {
  /** One for each input; zeros where the number does not depend on it. */
  readonly inputs: Each<T>
  /** Those of the parameters that were read on the way to the number. */
  readonly parameters: ReadonlyMap<Tensor, Tensor>
  readonly #of: ReadonlyMap<Tensor, Tensor>

  constructor(of: ReadonlyMap<Tensor, Tensor>, inputs: Each<T>, parameters: ReadonlyMap<Tensor, Tensor>) {
    this.#of = of
    this.inputs = inputs
    this.parameters = parameters
  }

  /** The gradient of an input or a parameter; undefined if it is neither, or was not read. */
  of(tensor: Tensor): Tensor | undefined {
    return this.#of.get(tensor)
  }

  dispose(): void {
    for (const gradient of [...this.inputs, ...this.parameters.values()]) gradient.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }
}

export interface ValueAndGradients<T extends readonly Tensor[] = readonly Tensor[]> {
  /** What the function returned. */
  readonly value: Tensor
  readonly gradients: Gradients<T>
}

/**
 * Marks a tensor as a parameter: `grad` gives its gradient wherever a function under it reads the tensor. Outside of `grad` the mark
 * changes nothing and costs nothing. → the same tensor.
 */
export function parameter(tensor: Tensor): Tensor {
  if (!isFloat(tensor.dtype) || tensor.panels)
    throw new TypeError(`parameter: needs a tensor of floats that is not packed, got ${tensor}`)
  mark(tensor)
  return tensor
}

/** Runs `f` without recording anything: no gradient passes through what it computes. */
export function noGrad<T>(f: () => T): T {
  return during(undefined, f)
}

/**
 * → a function that calls `f` and gives the gradients of the one number it returns, with regard to all inputs and to every
 * `parameter` that it reads. `f` must return a tensor of one number, at once: no `await` inside.
 *
 *     const [dx, dw] = grad((x, w) => mean(square(linear(x, w))))(x, w).inputs
 *     const gradients = grad(() => crossEntropy(model.forward(ids), labels))()     // gradients.parameters
 */
export function grad<T extends readonly Tensor[]>(f: (...inputs: T) => Tensor): (...inputs: T) => Gradients<T> {
  return (...inputs) => {
    const { value, gradients } = valueAndGrad(f)(...inputs)
    value.dispose()
    return gradients
  }
}

/** As `grad`, and gives the number as well. Everything else that `f` makes is freed. */
export function valueAndGrad<T extends readonly Tensor[]>(f: (...inputs: T) => Tensor): (...inputs: T) => ValueAndGradients<T> {
  return (...inputs) => {
    if (isRecording())
      throw new Error(
        'grad: called inside another grad; second derivatives are not supported. Use noGrad(() => …) around the inner one',
      )
    for (const [n, x] of inputs.entries())
      if (!(x instanceof Tensor) || !isFloat(x.dtype) || x.panels)
        throw new TypeError(`grad: input ${n} must be a tensor of floats, got ${x}; anything else can be captured by the function`)
    using s = scope()
    using recording = newRecording()
    for (const x of inputs) recording.follow(x)
    const value = during(recording, () => following(inputs, () => f(...inputs)))
    checkValue(value)
    const found = during(undefined, () => recording.backward(value))
    const gradients = collect(recording, found, inputs)
    for (const gradient of [...gradients.inputs, ...gradients.parameters.values()]) s.keep(gradient)
    return { value: s.keep(value.restride(value.shape, value.strides)), gradients }
  }
}

function checkValue(value: unknown): asserts value is Tensor {
  if (value instanceof Promise) throw new TypeError('grad: the function returned a promise; it must return its tensor at once')
  if (!(value instanceof Tensor)) throw new TypeError(`grad: the function must return a tensor, got ${typeof value}`)
  if (value.size !== 1 || !isFloat(value.dtype))
    throw new RangeError(`grad: the function must return one number, got ${value} of shape ${show(value.shape)}; sum or mean it`)
}

function collect<T extends readonly Tensor[]>(recording: Recording, found: ReadonlyMap<number, Tensor>, inputs: T): Gradients<T> {
  const of = new Map<Tensor, Tensor>()
  const take = (tensor: Tensor, id: number): Tensor => {
    const known = of.get(tensor)
    const gradient = found.get(id)
    const made = known ?? (gradient ? gradient.restride(gradient.shape, gradient.strides) : zeroFor(tensor))
    if (!known) gradient?.dispose()
    of.set(tensor, made)
    return made
  }
  const ofInputs = inputs.map((tensor) => take(tensor, recording.idOf(tensor)!)) as unknown as Each<T>
  const parameters = new Map([...recording.parameters].map(([tensor, id]) => [tensor, take(tensor, id)]))
  return new Gradients(of, ofInputs, parameters)
}

function zeroFor(tensor: Tensor): Tensor {
  return full(tensor.shape, 0, { dtype: tensor.dtype === 'float64' ? 'float64' : 'float32', near: tensor })
}

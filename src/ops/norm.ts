/** Rows brought to one scale: the normalisations of transformers, over the last axis. */

import { sameShape, scope, show, type Tensor } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { floats } from './operands.ts'

export interface LayerNormOptions {
  /** Added to the variance under the root. Default 1e-5. */
  eps?: number
}

export interface RmsNormOptions {
  /** Added to the mean square under the root. Default 1e-6. */
  eps?: number
  /** Added to the weight: 1 for Gemma, whose weights are stored less 1. Default 0. */
  offset?: number
}

/** (x − mean) / √(variance + eps) · weight + bias over the last axis; the variance divides by its length. weight, bias: [width] */
export function layerNorm(input: Tensor, weight?: Tensor, bias?: Tensor, { eps = 1e-5 }: LayerNormOptions = {}): Tensor {
  using s = scope()
  const [x, w, b] = floats('layerNorm', [input, weight, bias] as const)
  check('layerNorm', x, { weight: w, bias: b }, eps)
  const [out] = apply('layerNorm', [x, w, b], [{ shape: x.shape, dtype: x.dtype }], { eps }, (kernels, [y]) =>
    kernels.layerNorm(x.view('layerNorm'), w?.view('layerNorm'), b?.view('layerNorm'), eps, y!.view('layerNorm')),
  )
  return s.keep(out!)
}

/** x / √(mean(x²) + eps) · (offset + weight) over the last axis; without a weight the last factor is 1. weight: [width] */
export function rmsNorm(input: Tensor, weight?: Tensor, { eps = 1e-6, offset = 0 }: RmsNormOptions = {}): Tensor {
  using s = scope()
  const [x, w] = floats('rmsNorm', [input, weight] as const)
  check('rmsNorm', x, { weight: w }, eps)
  const [out] = apply('rmsNorm', [x, w], [{ shape: x.shape, dtype: x.dtype }], { eps, offset }, (kernels, [y]) =>
    kernels.rmsNorm(x.view('rmsNorm'), w?.view('rmsNorm'), eps, offset, y!.view('rmsNorm')),
  )
  return s.keep(out!)
}

function check(operation: string, x: Tensor, parameters: Record<string, Tensor | undefined>, eps: number): void {
  const width = x.shape.at(-1)
  if (width === undefined) throw new RangeError(`${operation}: needs at least one axis, got a scalar`)
  for (const [name, parameter] of Object.entries(parameters))
    if (parameter && !sameShape(parameter.shape, [width]))
      throw new RangeError(
        `${operation}: ${name} must be [${width}], as long as the last axis of x=${show(x.shape)}, got ${show(parameter.shape)}`,
      )
  if (!(eps >= 0)) throw new RangeError(`${operation}: eps must be a number ≥ 0, got ${eps}`)
}

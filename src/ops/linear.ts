/** The fully connected layer. */

import type { Activation } from '../backend/index.ts'
import { type Shape, sameShape, scope, show, sizeOf, type Tensor, type View } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { add } from './binary.ts'
import { floats } from './operands.ts'
import { elementwise } from './unary.ts'
import { reshape } from './views.ts'

export interface LinearOptions {
  /** [out] */
  bias?: Tensor | undefined
  /** Applied after the bias, before the residual. Default 'none'. */
  activation?: Activation
  /** […,out], added last. */
  residual?: Tensor | undefined
}

/**
 * activation(x[…,in] · weight[out,in]ᵀ + bias[out]) + residual […,out], in one pass over memory. Where a gradient is wanted, activation
 * and residual run as operations of their own, with the same meaning: the tape knows `linear` as x[M,in] · weightᵀ + bias alone.
 */
export function linear(input: Tensor, matrix: Tensor, options: LinearOptions = {}): Tensor {
  using s = scope()
  const { activation = 'none' } = options
  const [x, weight, bias, residual] = floats('linear', [input, matrix, options.bias, options.residual] as const)
  const shape = check(x, weight, bias, residual)
  if (![x, weight, bias, residual].some((each) => each?.tape))
    return s.keep(fused(x, weight, bias, { activation, residual }, shape))
  const rows = reshape(x, [sizeOf(shape.slice(0, -1)), weight.shape[1]!])
  const product = reshape(fused(rows, weight, bias, {}, [rows.shape[0]!, weight.shape[0]!]), shape)
  const activated = activation === 'none' ? product : elementwise(activation, product)
  return s.keep(residual ? add(activated, residual) : activated)
}

/** Temporaries belong to the open scope. */
function fused(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | undefined,
  { activation = 'none', residual }: LinearOptions,
  shape: Shape,
): Tensor {
  const [out] = apply('linear', [x, weight, bias], [{ shape, dtype: x.dtype }], {}, (kernels, [y]) =>
    kernels.matmul({
      a: asMatrix(x),
      b: turned(weight.packedView('linear')),
      out: asMatrix(y!),
      scale: 1,
      activation,
      ...(bias && { bias: bias.view('linear') }),
      ...(residual && { residual: asMatrix(residual) }),
    }),
  )
  return out!
}

/** […,n] as [rows,n]: the same memory, or a copy where that cannot be. */
function asMatrix(x: Tensor): View {
  const shape = [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]
  if (!x.contiguous) return reshape(x, shape).view('linear')
  return { ...x.view('linear'), shape, strides: [shape[1]!, 1] }
}

function turned(matrix: View): View {
  return { ...matrix, shape: matrix.shape.toReversed(), strides: matrix.strides.toReversed() }
}

/** → the shape of the result. */
function check(x: Tensor, weight: Tensor, bias: Tensor | undefined, residual: Tensor | undefined): number[] {
  const refuse = (what: string, more = '') =>
    new RangeError(`linear: ${what}, got x=${show(x.shape)} weight=${show(weight.shape)}${more}`)
  if (weight.rank !== 2) throw refuse('weight must be [out,in]')
  if (x.shape.at(-1) !== weight.shape[1]) throw refuse("the last axis of x must be as long as weight's second")
  const shape = [...x.shape.slice(0, -1), weight.shape[0]!]
  if (bias && !(bias.rank === 1 && bias.shape[0] === weight.shape[0]))
    throw refuse(`bias must be [${weight.shape[0]}]`, ` bias=${show(bias.shape)}`)
  if (residual && !sameShape(residual.shape, shape))
    throw refuse(`residual must have the result's shape ${show(shape)}`, ` residual=${show(residual.shape)}`)
  return shape
}

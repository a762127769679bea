/** Functions of one number, applied to every element. */

import type { Unary } from '../backend/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { floats } from './operands.ts'

/** The name on the tape is the kernel's: 'geluTanh' for the tanh form. */
export function elementwise(kind: Unary, input: Tensor): Tensor {
  using s = scope()
  const [x] = floats(kind, [input] as const)
  const [out] = apply(kind, [x], [{ shape: x.shape, dtype: x.dtype }], {}, (kernels, [y]) =>
    kernels.unary(kind, x.view(kind), y!.view(kind)),
  )
  return s.keep(out!)
}

export const neg = (x: Tensor): Tensor => elementwise('neg', x)
export const abs = (x: Tensor): Tensor => elementwise('abs', x)
export const exp = (x: Tensor): Tensor => elementwise('exp', x)
/** The natural logarithm. */
export const log = (x: Tensor): Tensor => elementwise('log', x)
export const sqrt = (x: Tensor): Tensor => elementwise('sqrt', x)
/** 1 / √x */
export const rsqrt = (x: Tensor): Tensor => elementwise('rsqrt', x)
export const square = (x: Tensor): Tensor => elementwise('square', x)
/** 1 / x */
export const reciprocal = (x: Tensor): Tensor => elementwise('reciprocal', x)
export const tanh = (x: Tensor): Tensor => elementwise('tanh', x)
/** 1 / (1 + e^−x) */
export const sigmoid = (x: Tensor): Tensor => elementwise('sigmoid', x)
/** max(x, 0) */
export const relu = (x: Tensor): Tensor => elementwise('relu', x)
/** x · sigmoid(x) */
export const silu = (x: Tensor): Tensor => elementwise('silu', x)

export interface GeluOptions {
  /** 'none' (default): x · Φ(x). 'tanh': the approximation that GPT-2 was trained with. */
  approximate?: 'none' | 'tanh'
}

/** x · Φ(x), where Φ(x) is the chance that a standard normal number falls below x. */
export function gelu(x: Tensor, { approximate = 'none' }: GeluOptions = {}): Tensor {
  if (approximate !== 'none' && approximate !== 'tanh')
    throw new TypeError(`gelu: approximate must be 'none' or 'tanh', got ${JSON.stringify(approximate)}`)
  return elementwise(approximate === 'tanh' ? 'geluTanh' : 'gelu', x)
}

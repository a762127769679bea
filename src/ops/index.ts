/**
 * Operations on tensors. Each checks its input and throws at the call, returns at once (it may still be running), and can be followed
 * by a tape. 16-bit floats are widened to float32 wherever something is computed (`operands.ts`).
 */

export { apply, type Output, tell } from './apply.ts'
export { add, div, maximum, minimum, mul, sub } from './binary.ts'
export { cast, contiguous } from './cast.ts'
export { full, type TensorOptions, tensor } from './create.ts'
export { embedding } from './embedding.ts'
export { concat, stack } from './join.ts'
export { type LinearOptions, linear } from './linear.ts'
export { type MatmulOptions, matmul } from './matmul.ts'
export { type LayerNormOptions, layerNorm, type RmsNormOptions, rmsNorm } from './norm.ts'
export { axisOf, floats } from './operands.ts'
export { pack, quantize, unpack } from './pack.ts'
export { max, mean, type ReduceOptions, sum } from './reduce.ts'
export { logSoftmax, logSoftmaxAt, oneByOne, softmax } from './softmax.ts'
export {
  abs,
  exp,
  type GeluOptions,
  gelu,
  log,
  neg,
  reciprocal,
  relu,
  rsqrt,
  sigmoid,
  silu,
  sqrt,
  square,
  tanh,
} from './unary.ts'
export { expand, permute, reshape, slice, transpose } from './views.ts'

/** Copies that change the number type or the layout. */

import { memoryFor } from '../backend/index.ts'
import type { DType, Tensor } from '../tensor/index.ts'
import { apply, tell } from './apply.ts'

/**
 * The same numbers as another dtype: floats round to nearest even; to int32 truncates towards 0, saturates, and makes NaN 0; to bool
 * is 1 for everything but 0. Without a change of dtype it is another tensor over the same memory.
 *
 * float64 lives on the reference: a tensor that the WASM engine holds cannot be cast to it (that would have to wait); `read()` it and
 * make a new one.
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return alias('cast', x)
  if (dtype === 'float64' && x.memory !== memoryFor(dtype, 'cast'))
    throw new TypeError(
      `cast: float64 is computed by the reference and ${x} is on ${x.memory.name}; make it anew: tensor(await x.read(), x.shape, { dtype: 'float64' })`,
    )
  return copied(x, dtype)
}

/** The tensor with its numbers in row-major order without holes: a copy, or the same memory if it is so already. */
export function contiguous(x: Tensor): Tensor {
  return x.contiguous ? alias('contiguous', x) : copied(x, x.dtype)
}

function copied(x: Tensor, dtype: DType): Tensor {
  const [out] = apply('cast', [x], [{ shape: x.shape, dtype }], {}, (kernels, [y]) => kernels.copy(x.view('cast'), y!.view('cast')))
  return out!
}

/** Another tensor over the same memory, with a life of its own. On the tape it is a cast that changes nothing. */
function alias(operation: string, x: Tensor): Tensor {
  x.view(operation)
  const out = x.restride(x.shape, x.strides)
  tell('cast', [x], [out], {})
  return out
}

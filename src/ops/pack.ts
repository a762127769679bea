/** Weights in the layout that products read. Packing is paid once, when a weight is loaded, and not at every product. */

import { backendOf } from '../backend/index.ts'
import { empty, emptyPanels, show, type Tensor } from '../tensor/index.ts'

/**
 * weight[out,in] packed for `linear` and `embedding`, which give the same bits as with the weight itself; other operations refuse it.
 * Where the backend reads weights as they are (the reference), or the weight is followed by a tape, this is another tensor over the
 * same memory. Either way the result has a life of its own, and the weight may be disposed.
 */
export function pack(weight: Tensor): Tensor {
  if (weight.rank !== 2) throw new RangeError(`pack: weight must be [out,in], got ${show(weight.shape)}`)
  const backend = backendOf('pack', [weight])
  if (!backend.panels || weight.panels || weight.dtype !== 'float32' || weight.tape) return alias('pack', weight)
  const packed = emptyPanels(backend.memory, weight.shape, weight.dtype, backend.panels)
  backend.kernels.pack(weight.view('pack'), packed.packedView('pack'))
  return packed
}

/** A packed weight as rows again; any other tensor as it is. */
export function unpack(weight: Tensor): Tensor {
  if (!weight.panels) return alias('unpack', weight)
  const backend = backendOf('unpack', [weight])
  const rows = empty(backend.memory, weight.shape, weight.dtype, 'unpack')
  backend.kernels.pack(weight.packedView('unpack'), rows.view('unpack'))
  return rows
}

function alias(operation: string, x: Tensor): Tensor {
  x.packedView(operation)
  return x.restride(x.shape, x.strides)
}

/** Weights in the layout that products read. Packing is paid once, when a weight is loaded, and not at every product. */

import { backendOf } from '../backend/index.ts'
import { empty, emptyPanels, scope, show, type Tensor } from '../tensor/index.ts'
import { floats } from './operands.ts'

/**
 * weight[out,in] packed for `linear` and `embedding`, which give the same bits as with the weight itself; other operations refuse it.
 * It keeps its dtype: 16-bit floats stay 16-bit in memory and are widened, exactly, a panel at a time while they are multiplied.
 * Where the backend reads weights as they are (the reference), or the weight is followed by a tape, this is another tensor over the
 * same memory. Either way the result has a life of its own, and the weight may be disposed.
 */
export function pack(weight: Tensor): Tensor {
  if (weight.rank !== 2) throw new RangeError(`pack: weight must be [out,in], got ${show(weight.shape)}`)
  const backend = backendOf('pack', [weight])
  if (!backend.panels || weight.panels || weight.tape) return alias('pack', weight)
  const packed = emptyPanels(backend.memory, weight.shape, weight.dtype, backend.panels)
  backend.kernels.pack(weight.view('pack'), packed.packedView('pack'))
  return packed
}

/**
 * weight[out,in] as int8 with one scale per row, packed: q = x / (max|row| / 127) rounded to nearest even. A quarter of float32's
 * memory; each number is off by at most half a step of its row. The reference computes with the same rounded numbers, held as floats.
 */
export function quantize(weight: Tensor): Tensor {
  if (weight.rank !== 2) throw new RangeError(`quantize: weight must be [out,in], got ${show(weight.shape)}`)
  if (weight.dtype === 'int8') return alias('quantize', weight)
  using s = scope()
  const [floating] = floats('quantize', [weight.panels ? unpack(weight) : weight] as const)
  const backend = backendOf('quantize', [floating])
  const made = backend.panels
    ? emptyPanels(backend.memory, weight.shape, 'int8', backend.panels)
    : empty(backend.memory, weight.shape, floating.dtype, 'quantize')
  backend.kernels.quantise(floating.view('quantize'), made.packedView('quantize'))
  return s.keep(made)
}

/** A packed weight as rows again; any other tensor as it is. An int8 weight cannot: its scales would be lost. */
export function unpack(weight: Tensor): Tensor {
  if (!weight.panels) return alias('unpack', weight)
  if (weight.dtype === 'int8')
    throw new TypeError(`unpack: ${weight} was rounded to int8 and stays packed; keep the weight it was made from`)
  const backend = backendOf('unpack', [weight])
  const rows = empty(backend.memory, weight.shape, weight.dtype, 'unpack')
  backend.kernels.pack(weight.packedView('unpack'), rows.view('unpack'))
  return rows
}

function alias(operation: string, x: Tensor): Tensor {
  x.packedView(operation)
  return x.restride(x.shape, x.strides)
}

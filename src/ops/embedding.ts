/** Rows looked up by number. */

import { scope, show, type Tensor } from '../tensor/index.ts'
import { apply } from './apply.ts'
import { floats } from './operands.ts'

/**
 * table[V,width], ids int32 […] → […,width]. An id outside 0…V−1 gives a row of NaN (ids may still be in the making when this is
 * called, so they cannot be checked here). A float64 table lives on the reference: make its ids there, tensor(ids, shape, { near: table }).
 */
export function embedding(source: Tensor, ids: Tensor): Tensor {
  using s = scope()
  if (source.rank !== 2) throw new RangeError(`embedding: table must be [entries,width], got ${show(source.shape)}`)
  if (ids.dtype !== 'int32')
    throw new TypeError(`embedding: ids must be int32, got ${ids}; make them with tensor(Int32Array.of(…), shape)`)
  const [table] = floats('embedding', [source] as const)
  const shape = [...ids.shape, table.shape[1]!]
  const [out] = apply('embedding', [table, ids], [{ shape, dtype: table.panels ? 'float32' : table.dtype }], {}, (kernels, [y]) =>
    kernels.gather(table.packedView('embedding'), ids.view('embedding'), y!.view('embedding')),
  )
  return s.keep(out!)
}

/** out[…,:] = table[ids[…],:]; an id outside the table gives a row of NaN. */

import { sizeOf, type View } from '../../tensor/index.ts'
import { load, store } from './numbers.ts'

export function gather(table: View, ids: View, out: View): void {
  const [rows, width] = table.shape as [number, number]
  const results = new Float64Array(sizeOf(out.shape)).fill(Number.NaN)
  load(ids).forEach((id, n) => {
    if (id < 0 || id >= rows) return
    const row = { ...table, shape: [width], strides: [table.strides[1]!], offset: table.offset + id * table.strides[0]! }
    results.set(load(row), n * width)
  })
  store(out, results)
}

/** Part of a tensor in another's place. */

import { concat, expand, slice } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'

/** From … to − 1 along each axis; undefined: the whole of it. */
export type Box = readonly (readonly [number, number] | undefined)[]

/** x with `change(part)` where `box` lies; what comes is repeated along axes of length 1. The rest keeps its bits. */
export function changed(x: Tensor, box: Box, change: (part: Tensor) => Tensor, axis = 0): Tensor {
  if (axis === x.rank) {
    const made = change(x)
    return made.shape.every((d, n) => d === x.shape[n]) ? made : expand(made, x.shape)
  }
  const [from, to] = box[axis] ?? [0, x.shape[axis]!]
  if (from === 0 && to === x.shape[axis]) return changed(x, box, change, axis + 1)
  if (from >= to) return x
  using s = scope()
  const inside = changed(slice(x, axis, from, to), box, change, axis + 1)
  const parts = [slice(x, axis, 0, from), inside, slice(x, axis, to)].filter(({ shape }) => shape[axis]! > 0)
  return s.keep(concat(parts, axis))
}

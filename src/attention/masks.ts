/**
 * Masks that have a name. i is the query's position, j the key's; 1 where the query may look. Combine them with `and`, `or`, `not`, or
 * write your own with `from`.
 *
 *     causal()        window(1, 1)    prefix(2)       documents       globalTokens    dilated(2)
 *                                                     [0,0,1,1]       [0]
 *     1 0 0 0         1 1 0 0         1 1 0 0         1 1 0 0         1 1 1 1         1 0 1 0
 *     1 1 0 0         1 1 1 0         1 1 0 0         1 1 0 0         1 0 0 0         0 1 0 1
 *     1 1 1 0         0 1 1 1         1 1 0 0         0 0 1 1         1 0 0 0         1 0 1 0
 *     1 1 1 1         0 0 1 1         1 1 0 0         0 0 1 1         1 0 0 0         0 1 0 1
 */

import { build } from '../expression/index.ts'
import { OPEN } from './band.ts'
import { Mask } from './mask.ts'
import { flagged, perPosition, wholeNumbers } from './masks-support.ts'
import { NumberTable } from './table.ts'
import { type MaskFunction, traceMask } from './trace.ts'
import { Value } from './traced.ts'

export { blockDiffusion, neighbourhood, type Pair, slidingTiles } from './masks-grid.ts'
export {
  type BigBirdOptions,
  type BlockPattern,
  bigBird,
  blockSparse,
  graph,
  longformer,
  sharedPrefix,
  tree,
} from './masks-sparse.ts'

const I = new Value(build.i)
const J = new Value(build.j)

/** A function traced into a mask: `from((b, h, i, j) => i.sub(j).le(3).and(h.eq(0)))`. `name` is what pictures and `toString` call it. */
export function from(allows: MaskFunction, name = 'from(…)'): Mask {
  const { expr, tables } = traceMask('masks.from', allows)
  return Mask.of(name, expr, tables)
}

/** Everything is allowed. */
export function all(): Mask {
  return new Mask('all()', {})
}

/** No later key: j ≤ i. */
export function causal(): Mask {
  return new Mask('causal()', { band: { ...OPEN, right: 0 } })
}

/** i − left ≤ j ≤ i + right; Infinity is open. A causal window of W keys is window(W − 1, 0). */
export function window(left: number, right: number): Mask {
  for (const [name, n] of Object.entries({ left, right }))
    if (!(n === Number.POSITIVE_INFINITY || (Number.isInteger(n) && n >= 0)))
      throw new RangeError(`masks.window: ${name} must be an integer ≥ 0 or Infinity, got ${n}`)
  return new Mask(`window(${left}, ${right})`, { band: { ...OPEN, left, right } })
}

/** The first n keys: j < n. A prefix language model is or(prefix(n), causal()). */
export function prefix(n: number): Mask {
  wholeNumbers('masks.prefix', { n }, 0)
  return new Mask(`prefix(${n})`, { band: { ...OPEN, keys: n } })
}

/** Only keys of the same document: ids[i] = ids[j]. Ids may be any numbers; there must be one for every position. */
export function documents(ids: readonly number[] | Int32Array): Mask {
  const table = numbered('masks.documents', ids)
  return perPosition('documents', `${ids.length} positions`, ids.length, table.at(I).eq(table.at(J)))
}

/** Links from or to a listed position: tokens that see, and are seen by, all others. */
export function globalTokens(positions: readonly number[]): Mask {
  const listed = flagged('masks.globalTokens', positions)
  const { expr, tables } = listed(I).or(listed(J))
  return Mask.of(`globalTokens([${positions}])`, expr, tables)
}

/** Every n-th key, counted from the query's own position: (i − j) mod n = 0. */
export function dilated(n: number): Mask {
  wholeNumbers('masks.dilated', { n }, 1)
  return Mask.of(`dilated(${n})`, I.sub(J).mod(n).eq(0).expr)
}

/** Keys of the same chunk of n positions: ⌊i/n⌋ = ⌊j/n⌋. With causal() it is Llama 4's local attention. */
export function chunks(n: number): Mask {
  wholeNumbers('masks.chunks', { n }, 1)
  return Mask.of(`chunks(${n})`, I.div(n).floor().eq(J.div(n).floor()).expr)
}

/** Where both (all) agree. */
export function and(first: Mask, ...others: readonly Mask[]): Mask {
  return checked('masks.and', first).and(...others.map((mask) => checked('masks.and', mask)))
}

/** Where either (any) allows. */
export function or(first: Mask, ...others: readonly Mask[]): Mask {
  return checked('masks.or', first).or(...others.map((mask) => checked('masks.or', mask)))
}

/** Where the mask forbids. */
export function not(mask: Mask): Mask {
  return checked('masks.not', mask).not()
}

function checked(operation: string, mask: Mask): Mask {
  if (!(mask instanceof Mask))
    throw new TypeError(`${operation}: takes masks, got ${mask === null ? 'null' : typeof mask}; make one with masks.from`)
  return mask
}

/** Ids as a table of small numbers, exact in float32: only which of them are equal matters. */
function numbered(operation: string, ids: readonly number[] | Int32Array): NumberTable {
  const order = new Map<number, number>()
  for (const id of ids) {
    if (!Number.isFinite(id)) throw new RangeError(`${operation}: every id must be a finite number, got ${id}`)
    if (!order.has(id)) order.set(id, order.size)
  }
  return new NumberTable(
    Float64Array.from(ids, (id) => order.get(id)!),
    [Math.max(1, ids.length)],
  )
}

/** Masks over positions that lie on a grid (an image, row by row), or in two copies of a text. */

import { build } from '../expression/index.ts'
import type { Mask } from './mask.ts'
import { perPosition, wholeNumbers } from './masks-support.ts'
import { type Truth, Value } from './traced.ts'

const [I, J] = [build.i, build.j].map((expr) => new Value(expr)) as [Value, Value]

/** [rows, columns] */
export type Pair = readonly [number, number]

interface Cell {
  readonly row: Value
  readonly column: Value
}

/** Where a position lies: row by row, or tile by tile with the cells of a tile in a row. */
function cellOf(position: Value, [, columns]: Pair, tile: Pair | undefined): Cell {
  if (!tile) return { row: position.div(columns).floor(), column: position.mod(columns) }
  const [high, wide] = tile
  const across = columns / wide
  const number = position.div(high * wide).floor()
  const within = position.mod(high * wide)
  return {
    row: number.div(across).floor().mul(high).add(within.div(wide).floor()),
    column: number.mod(across).mul(wide).add(within.mod(wide)),
  }
}

/** Keys within `size` of the query along one axis of n cells; near an edge the neighbourhood is moved inward, so that it keeps its size. */
function around(query: Value, key: Value, n: number, size: number): Truth {
  const [before, after] = [Math.floor(size / 2), Math.floor(size / 2) + (size % 2) - 1]
  const centre = query.max(before).min(n - 1 - after)
  return key.ge(centre.sub(before)).and(key.le(centre.add(after)))
}

/**
 * Neighbourhood attention (NATTEN, Hassani et al. 2023) on a canvas of [rows, columns]: the `kernel` cells around the query. With `tile`,
 * positions run tile by tile instead of row by row.
 */
export function neighbourhood({ canvas, kernel, tile }: { canvas: Pair; kernel: Pair; tile?: Pair }): Mask {
  checkPairs('masks.neighbourhood', { canvas, kernel, ...(tile && { tile }) })
  if (kernel.some((size) => size % 2 === 0)) throw new RangeError(`masks.neighbourhood: a kernel has odd sides, got [${kernel}]`)
  fits('masks.neighbourhood', canvas, kernel)
  if (tile) divides('masks.neighbourhood', canvas, tile)
  const [query, key] = [cellOf(I, canvas, tile), cellOf(J, canvas, tile)]
  const allows = around(query.row, key.row, canvas[0], kernel[0]).and(around(query.column, key.column, canvas[1], kernel[1]))
  return perPosition('neighbourhood', `${canvas.join('×')}, ${kernel.join('×')}`, canvas[0] * canvas[1], allows)
}

/**
 * Sliding tile attention (Zhang et al. 2025): positions run tile by tile, and a query sees whole tiles around its own. `text` tokens after
 * the image see, and are seen by, all.
 */
export function slidingTiles({ canvas, kernel, tile, text = 0 }: { canvas: Pair; kernel: Pair; tile: Pair; text?: number }): Mask {
  checkPairs('masks.slidingTiles', { canvas, kernel, tile })
  wholeNumbers('masks.slidingTiles', { text }, 0)
  fits('masks.slidingTiles', canvas, kernel)
  divides('masks.slidingTiles', canvas, tile)
  divides('masks.slidingTiles', kernel, tile)
  const [rows, columns] = [canvas[0] / tile[0], canvas[1] / tile[1]]
  const image = canvas[0] * canvas[1]
  const tileOf = (position: Value): Cell => cellOf(position.div(tile[0] * tile[1]).floor(), [rows, columns], undefined)
  const [query, key] = [tileOf(I), tileOf(J)]
  const near = around(query.row, key.row, rows, kernel[0] / tile[0]).and(
    around(query.column, key.column, columns, kernel[1] / tile[1]),
  )
  const allows = near.or(I.ge(image)).or(J.ge(image))
  return perPosition('slidingTiles', `${canvas.join('×')}, ${kernel.join('×')}`, image + text, allows)
}

/**
 * Block diffusion (Arriola et al. 2025): `length` noised tokens, then the same tokens clean. A noised token sees the noised tokens of its own
 * block and the clean tokens of earlier blocks; a clean token sees the clean tokens of its own and earlier blocks.
 */
export function blockDiffusion(length: number, block: number): Mask {
  wholeNumbers('masks.blockDiffusion', { length, block }, 1)
  const [queryNoised, keyNoised] = [I.lt(length), J.lt(length)]
  const [query, key] = [I.mod(length).div(block).floor(), J.mod(length).div(block).floor()]
  const noised = queryNoised.and(keyNoised).and(query.eq(key))
  const noisedToClean = queryNoised.and(keyNoised.not()).and(query.gt(key))
  const clean = queryNoised.or(keyNoised).not().and(query.ge(key))
  return perPosition('blockDiffusion', `${length}, ${block}`, 2 * length, noised.or(noisedToClean).or(clean))
}

function checkPairs(operation: string, pairs: Record<string, Pair>): void {
  for (const [name, pair] of Object.entries(pairs)) wholeNumbers(operation, { [`${name}[0]`]: pair[0], [`${name}[1]`]: pair[1] }, 1)
}

function fits(operation: string, canvas: Pair, kernel: Pair): void {
  if (kernel[0] > canvas[0] || kernel[1] > canvas[1])
    throw new RangeError(`${operation}: a kernel of [${kernel}] does not fit on a canvas of [${canvas}]`)
}

function divides(operation: string, whole: Pair, tile: Pair): void {
  if (whole[0] % tile[0] !== 0 || whole[1] % tile[1] !== 0)
    throw new RangeError(`${operation}: tiles of [${tile}] do not divide [${whole}]`)
}

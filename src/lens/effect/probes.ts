/** Directions along which a change is felt, where feeling along all of them would cost too much. */

import { uniform } from '../../model/generate/random.ts'
import { lengthOf } from '../vectors.ts'
import type { Vector } from './formulas.ts'

/**
 * `count` directions r of a space of `size` dimensions with E[Σ (r·y)²] = |y|² for every y: orthogonal, turned at random (the same for the
 * same seed), scaled to length √(size/count). With as many as there are dimensions (more are not made) the sum is |y|² exactly; with
 * fewer it is off by a share of about √(2/count · (1 − count/size)).
 *
 * `towards`: what lies along these vectors is felt exactly: as many directions as they span (the first `count` − 1 at most) have length 1, and the
 * others stand for the rest of the space alone.
 */
export function probes(count: number, size: number, seed = 0, towards: readonly Vector[] = []): Vector[] {
  if (count >= size) return Array.from({ length: size }, (_, n) => new Float64Array(size).fill(1, n, n + 1))
  const made: Vector[] = []
  for (const x of towards) {
    const along = made.length < count - 1 ? perpendicular(x, made) : undefined
    if (along) made.push(along)
  }
  const known = made.length
  for (let row = 0; made.length < count; row++) made.push(perpendicular(normals(size, seed, row), made)!)
  const length = Math.sqrt((size - known) / (count - known))
  return made.map((r, n) => (n < known ? r : r.map((value) => value * length)))
}

/** So little of a vector is rounding. */
const NOTHING = 1e-9

/** What of x is at a right angle to all of `others` (orthonormal), at length 1; undefined where nothing is. Taken off twice, which float64 needs. */
function perpendicular(given: Vector, others: readonly Vector[]): Vector | undefined {
  const x = given.slice()
  const whole = lengthOf(x)
  for (let pass = 0; pass < 2; pass++)
    for (const other of others) {
      let along = 0
      for (let n = 0; n < x.length; n++) along += x[n]! * other[n]!
      for (let n = 0; n < x.length; n++) x[n]! -= along * other[n]!
    }
  const length = lengthOf(x)
  return length > whole * NOTHING ? x.map((value) => value / length) : undefined
}

/** Standard normal numbers (Box–Muller). */
function normals(size: number, seed: number, row: number): Vector {
  const draw = (step: number): number => uniform(seed, row, step)
  return Float64Array.from(
    { length: size },
    (_, n) => Math.sqrt(-2 * Math.log(1 - draw(2 * n))) * Math.cos(2 * Math.PI * draw(2 * n + 1)),
  )
}

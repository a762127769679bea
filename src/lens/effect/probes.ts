/** Directions along which a change is felt, where feeling along all of them would cost too much. */

import { uniform } from '../../model/generate/random.ts'
import type { Vector } from './formulas.ts'

/**
 * `count` directions r of a space of `size` dimensions with E[Σ (r·y)²] = |y|² for every y: orthogonal, turned at random (the same for the
 * same seed), scaled to length √(size/count). With as many as there are dimensions (more are not made) the sum is |y|² exactly; with
 * fewer it is off by a share of about √(2/count · (1 − count/size)).
 */
export function probes(count: number, size: number, seed = 0): Vector[] {
  if (count >= size) return Array.from({ length: size }, (_, n) => new Float64Array(size).fill(1, n, n + 1))
  const made: Vector[] = []
  for (let row = 0; row < count; row++) made.push(perpendicular(normals(size, seed, row), made))
  const length = Math.sqrt(size / count)
  return made.map((r) => r.map((value) => value * length))
}

/** What of x is at a right angle to all of `others` (orthonormal), at length 1. Taken off twice, which float64 needs. */
function perpendicular(x: Vector, others: readonly Vector[]): Vector {
  for (let pass = 0; pass < 2; pass++)
    for (const other of others) {
      let along = 0
      for (let n = 0; n < x.length; n++) along += x[n]! * other[n]!
      for (let n = 0; n < x.length; n++) x[n]! -= along * other[n]!
    }
  const length = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0))
  return x.map((value) => value / length)
}

/** Standard normal numbers (Box–Muller). */
function normals(size: number, seed: number, row: number): Vector {
  const draw = (step: number): number => uniform(seed, row, step)
  return Float64Array.from(
    { length: size },
    (_, n) => Math.sqrt(-2 * Math.log(1 - draw(2 * n))) * Math.cos(2 * Math.PI * draw(2 * n + 1)),
  )
}

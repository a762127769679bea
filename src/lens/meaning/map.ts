/** A map of vectors: two coordinates each, so that what is near is alike as far as two dimensions can tell. */

import { dot, meanOf } from '../vectors.ts'
import { symmetricEigen } from './eigen.ts'

export interface PlaneMap {
  /** [x, y] of each vector; the middle of all is [0, 0]. */
  readonly points: readonly (readonly [number, number])[]
  /** Which share of the variance each axis shows, 0 to 1. */
  readonly explained: readonly [number, number]
}

/**
 * The first two principal components; from the m × m products of the centred vectors, which makes it classical multidimensional scaling of
 * their Euclidean distances at the same time. Deterministic: on each axis the coordinate that is largest in size (the first of equals) is positive.
 */
export function planeMap(vectors: readonly Float64Array[]): PlaneMap {
  const m = vectors.length
  if (m === 0) return { points: [], explained: [0, 0] }
  const mean = meanOf(vectors, vectors[0]!.length)
  const centred = vectors.map((x) => x.map((value, n) => value - mean[n]!))
  const gram = new Float64Array(m * m)
  for (let i = 0; i < m; i++) for (let j = 0; j <= i; j++) gram[i * m + j] = gram[j * m + i] = dot(centred[i]!, centred[j]!)
  const { values, vectors: axes } = symmetricEigen(gram, m)
  const total = centred.reduce((sum, x) => sum + dot(x, x), 0)
  const along = (k: number): Float64Array => {
    const length = Math.sqrt(Math.max(0, values[k] ?? 0))
    return turned((axes[k] ?? new Float64Array(m)).map((part) => part * length))
  }
  const [xs, ys] = [along(0), along(1)]
  const share = (k: number): number => (total > 0 ? Math.max(0, values[k] ?? 0) / total : 0)
  return { points: Array.from({ length: m }, (_, n) => [xs[n]!, ys[n]!] as const), explained: [share(0), share(1)] }
}

function turned(axis: Float64Array): Float64Array {
  let largest = 0
  for (const value of axis) if (Math.abs(value) > Math.abs(largest) * (1 + 1e-9)) largest = value
  return largest < 0 ? axis.map((value) => -value) : axis
}

/**
 * Attention rollout (Abnar & Zuidema 2020, arXiv:2005.00928): attention followed down through the layers. With Â = ½A + ½I for the mean A of
 * a layer's heads, R = Â(L−1) · … · Â(0). R(i, j) is the share of token i at the top that comes from token j at the bottom, if values
 * were the same everywhere and nothing but attention moved them. Rows sum to 1.
 *
 * Where queries see no later key, the first tokens lie at the end of every way down, and rollout piles up on them whatever the model has
 * learnt (a product of lower-triangular rows that sum to 1). `relative` takes that out: it divides by the rollout of even attention.
 */

import type { Reading } from '../reading.ts'
import type { Layers } from './layers.ts'
import { type PathOptions, type Paths, pathsOf } from './paths.ts'

/** Rows of a layer that are held at a time. */
const STRIP = 64

/** Memory is rows × n, whatever the number of layers; the work is layers × rows × n². */
export function rollout(reading: Reading, options: PathOptions = {}): Promise<Paths> {
  return pathsOf('rollout', reading, options, product)
}

/** Rows `from … to−1` of Â(L−1) · … · Â(0). */
export async function product({ layers, n, rows }: Layers, [from, to]: readonly [number, number]): Promise<Float64Array> {
  let reached = new Float64Array((to - from) * n)
  for (let row = from; row < to; row++) reached[(row - from) * n + row] = 1
  for (let layer = layers - 1; layer >= 0; layer--) {
    const next = new Float64Array(reached.length)
    for (let first = 0; first < n; first += STRIP) {
      const last = Math.min(n, first + STRIP)
      const strip = await rows(layer, first, last)
      for (let middle = first; middle < last; middle++) pass(reached, next, middle, strip.subarray((middle - first) * n), n)
    }
    reached = next
  }
  return reached
}

/** What has reached token `middle` goes on along its row. */
function pass(reached: Float64Array, next: Float64Array, middle: number, row: Float64Array, n: number): void {
  for (let at = 0; at < reached.length; at += n) {
    const share = reached[at + middle]!
    if (share === 0) continue
    for (let column = 0; column < n; column++) next[at + column]! += share * row[column]!
  }
}

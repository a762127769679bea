/** What is drawn, as numbered corners. */

import * as three from 'three'
import type { Layout } from './layout.ts'

/** One triangle over the whole picture. */
export function cover(): three.BufferGeometry {
  const made = new three.BufferGeometry()
  made.setIndex(new three.BufferAttribute(Uint32Array.of(0, 1, 2), 1))
  return made
}

/** Two triangles for each of so many plates. */
export function quads(count: number): Uint32Array {
  return Uint32Array.from({ length: 6 * count }, (_, n) => 4 * Math.floor(n / 6) + [0, 1, 2, 2, 1, 3][n % 6]!)
}

/** From the upper edge of each plate to the lower edge of the next: a little more and a little less than a whole level. */
export function streamPlaces({ tokens, layers }: Layout): Float32Array {
  const made: number[] = []
  for (let layer = 0; layer < layers; layer++)
    for (let token = 0; token < tokens; token++) made.push(token, layer + 0.1, token, layer + 0.9)
  return Float32Array.from(made)
}

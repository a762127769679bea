/** Rotary positions: pairs of channels of x [B,H,L,D] turned by angles [B,L,R]; channels from 2R on are copied. */

import type { View } from '../../tensor/index.ts'
import { load, store } from './numbers.ts'

export function rope(x: View, cos: View, sin: View, interleaved: boolean, out: View): void {
  const [, heads, length, depth] = x.shape as [number, number, number, number]
  const pairs = cos.shape[2]!
  const cosines = load(cos)
  const sines = load(sin)
  const from = load(x)
  const to = Float64Array.from(from)
  for (let row = 0; row < from.length / depth; row++) {
    const batch = Math.floor(row / (heads * length))
    const angles = (batch * length + (row % length)) * pairs
    for (let r = 0; r < pairs; r++) {
      const first = row * depth + (interleaved ? 2 * r : r)
      const second = interleaved ? first + 1 : first + pairs
      const c = cosines[angles + r]!
      const s = sines[angles + r]!
      to[first] = from[first]! * c - from[second]! * s
      to[second] = from[second]! * c + from[first]! * s
    }
  }
  store(out, to)
}

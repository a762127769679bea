/** What a weight is worth after int8: each row over its scale max|x| / 127, rounded to the nearest even, and back. */

import type { View } from '../../tensor/index.ts'
import { load, store } from './numbers.ts'

export function quantise(x: View, out: View): void {
  const [rows, depth] = x.shape as [number, number]
  const numbers = load(x)
  for (let n = 0; n < rows; n++) {
    const row = numbers.subarray(n * depth, (n + 1) * depth)
    const scale = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127
    if (scale > 0) row.set(row.map((value) => scale * nearestEven(value / scale)))
  }
  store(out, numbers)
}

function nearestEven(x: number): number {
  const down = Math.floor(x)
  if (x - down !== 0.5) return Math.round(x)
  return down % 2 === 0 ? down : down + 1
}

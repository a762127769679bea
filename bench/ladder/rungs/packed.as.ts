/**
 * A tile of scores at a time, held in registers: ROWS queries × COLUMNS keys. Keys and values are first packed into panels of COLUMNS,
 * so that the tile reads straight through memory. A strip of ROWS whole rows of scores is stored. D = 64.
 */

import { expRow, topOf } from './exp'
import { divide, packKeys, packQueries, packValues } from './pack'
import { blendTile, COLUMNS, ROWS, SPAN, scoreTile } from './tile'

const ROW: usize = 256
const STRIDE: usize = SPAN << 2

export function attention(q: usize, k: usize, v: usize, out: usize, scratch: usize, length: i32): void {
  const keys = scratch
  const values = keys + <usize>length * ROW
  const queries = values + <usize>length * ROW
  const result = queries + <usize>ROWS * ROW
  const sums = result + <usize>ROWS * ROW
  const strip = sums + 64
  packKeys(k, keys, length)
  packValues(v, values, length)
  for (let i: i32 = 0; i < length; i += ROWS) {
    const rows = min(ROWS, length - i)
    packQueries(q + <usize>i * ROW, queries, rows)
    for (let j: i32 = 0; j < length; j += COLUMNS) scoreTile(queries, keys + <usize>j * ROW, strip + ((<usize>j) << 2))
    for (let r: i32 = 0; r < ROWS; r++) {
      const row = strip + <usize>r * STRIDE
      const end = row + ((<usize>length) << 2)
      store<f32>(sums + ((<usize>r) << 2), expRow(row, end, topOf(row, end)))
    }
    memory.fill(result, 0, <usize>ROWS * ROW)
    for (let c: i32 = 0; c < 64; c += COLUMNS)
      blendTile(strip, values + ((<usize>c * <usize>length) << 2), result + ((<usize>c) << 2), length)
    for (let r: i32 = 0; r < rows; r++)
      divide(result + <usize>r * ROW, out + <usize>(i + r) * ROW, load<f32>(sums + ((<usize>r) << 2)))
  }
}

/** Panels that a register tile reads straight through. D = 64. */

import { COLUMNS, ROWS } from './tile'

const D: i32 = 64
const SCALE: f32 = 0.125

/** k [length][64] → [length / COLUMNS][64][COLUMNS] */
export function packKeys(k: usize, to: usize, length: i32): void {
  for (let j: i32 = 0; j < length; j += COLUMNS)
    for (let d: i32 = 0; d < D; d++)
      for (let c: i32 = 0; c < COLUMNS; c++) {
        store<f32>(to, load<f32>(k + ((<usize>((j + c) * D + d)) << 2)))
        to += 4
      }
}

/** v [length][64] → [64 / COLUMNS][length][COLUMNS] */
export function packValues(v: usize, to: usize, length: i32): void {
  for (let c: i32 = 0; c < D; c += COLUMNS)
    for (let j: i32 = 0; j < length; j++) {
      memory.copy(to, v + ((<usize>(j * D + c)) << 2), COLUMNS << 2)
      to += COLUMNS << 2
    }
}

/** ROWS rows of q, scaled → [64][ROWS]; rows past the end repeat the last. */
export function packQueries(q: usize, to: usize, rows: i32): void {
  for (let d: i32 = 0; d < D; d++)
    for (let r: i32 = 0; r < ROWS; r++) {
      store<f32>(to, load<f32>(q + ((<usize>(min(r, rows - 1) * D + d)) << 2)) * SCALE)
      to += 4
    }
}

/** One row of the result, divided by the sum of its weights. */
export function divide(from: usize, to: usize, sum: f32): void {
  const by = f32x4.splat(<f32>1 / sum)
  for (let d: usize = 0; d < 256; d += 16) v128.store(to + d, f32x4.mul(v128.load(from + d), by))
}

/**
 * The softmax goes along with the scores: SPAN keys at a time, with each row's maximum and sum so far, and the result rescaled when a
 * larger maximum turns up. Scores never leave the first cache, whatever the length. 96 queries share each block of keys. D = 64.
 */

import { expRow, topOf } from './exp'
import { divide, packKeys, packQueries, packValues } from './pack'
import { blendTile, COLUMNS, ROWS, SPAN, scoreTile } from './tile'

const ROW: usize = 256
const STRIDE: usize = SPAN << 2
const GROUPS: i32 = 16
const GROUP: usize = <usize>ROWS * ROW

export function attention(q: usize, k: usize, v: usize, out: usize, scratch: usize, length: i32): void {
  const keys = scratch
  const values = keys + <usize>length * ROW
  const queries = values + <usize>length * ROW
  const results = queries + <usize>GROUPS * GROUP
  const tops = results + <usize>GROUPS * GROUP
  const sums = tops + <usize>(GROUPS * ROWS * 4)
  const strip = (sums + <usize>(GROUPS * ROWS * 4) + 63) & ~63
  packKeys(k, keys, length)
  for (let j: i32 = 0; j < length; j += SPAN) packValues(v + <usize>j * ROW, values + <usize>j * ROW, SPAN)
  for (let i: i32 = 0; i < length; i += GROUPS * ROWS) {
    const rows = min(GROUPS * ROWS, length - i)
    const groups = (rows + ROWS - 1) / ROWS
    for (let g: i32 = 0; g < groups; g++)
      packQueries(q + <usize>(i + g * ROWS) * ROW, queries + <usize>g * GROUP, min(ROWS, rows - g * ROWS))
    memory.fill(results, 0, <usize>groups * GROUP)
    for (let r: i32 = 0; r < groups * ROWS; r++) {
      store<f32>(tops + ((<usize>r) << 2), -1e30)
      store<f32>(sums + ((<usize>r) << 2), 0)
    }
    for (let j: i32 = 0; j < length; j += SPAN)
      for (let g: i32 = 0; g < groups; g++) {
        const state = (<usize>(g * ROWS)) << 2
        block(
          queries + <usize>g * GROUP,
          keys + <usize>j * ROW,
          values + <usize>j * ROW,
          results + <usize>g * GROUP,
          tops + state,
          sums + state,
          strip,
        )
      }
    for (let r: i32 = 0; r < rows; r++)
      divide(results + <usize>r * ROW, out + <usize>(i + r) * ROW, load<f32>(sums + ((<usize>r) << 2)))
  }
}

/** ROWS queries against SPAN keys. */
function block(q: usize, k: usize, v: usize, result: usize, tops: usize, sums: usize, strip: usize): void {
  for (let c: usize = 0; c < <usize>SPAN; c += COLUMNS) scoreTile(q, k + c * ROW, strip + (c << 2))
  for (let r: usize = 0; r < <usize>ROWS; r++) {
    const row = strip + r * STRIDE
    const end = row + STRIDE
    const old = load<f32>(tops + (r << 2))
    const top = max(old, topOf(row, end))
    if (top > old) rescale(result + r * ROW, tops + (r << 2), sums + (r << 2), old, top)
    store<f32>(sums + (r << 2), load<f32>(sums + (r << 2)) + expRow(row, end, top))
  }
  for (let c: usize = 0; c < 64; c += COLUMNS) blendTile(strip, v + ((c * <usize>SPAN) << 2), result + (c << 2), SPAN)
}

function rescale(result: usize, tops: usize, sums: usize, old: f32, top: f32): void {
  const by = Mathf.exp(old - top)
  store<f32>(tops, top)
  store<f32>(sums, load<f32>(sums) * by)
  const lanes = f32x4.splat(by)
  for (let d: usize = 0; d < ROW; d += 16) v128.store(result + d, f32x4.mul(v128.load(result + d), lanes))
}

/**
 * Products of a row or two, as when a text is written token by token. Every weight is read for one or two multiplications, so it is widened
 * in a register on its way from memory, and the rows are not packed.
 */

import { constant } from './constants'
import {
  fewBfloat161, fewBfloat162, fewFloat161, fewFloat162, fewFloat321, fewFloat322, fewInt81, fewInt82, NR,
} from './generated/tile'
import { BFLOAT16, FLOAT16, FLOAT32 } from './stored'

/** At most so many rows. */
export const FEW: i32 = 2

/**
 * out[rows][depth] ← a · scale; `down` and `across` are a's byte strides. Rows that will meet float16 weights are multiplied by a power of two
 * each, since those come 2^112 too large; what takes that away again follows, row by row. → where out ends.
 */
export function takeRows(kind: i32, a: usize, down: usize, across: usize, rows: i32, depth: i32, scale: f32, out: usize): usize {
  const rowBytes = <usize>depth << 2
  const inverses = out + rowBytes * rows
  for (let r = 0; r < rows; r++) {
    const row = out + rowBytes * r
    takeRow(a + down * r, across, row, depth, scale)
    if (kind == FLOAT16) store<f32>(inverses + (<usize>r << 2), lower(row, depth))
  }
  return inverses + FEW * 4
}

function takeRow(a: usize, across: usize, out: usize, depth: i32, scale: f32): void {
  const end = out + (<usize>depth << 2)
  if (across == 4) {
    const s = f32x4.splat(scale)
    for (const whole = out + (<usize>(depth & ~3) << 2); out < whole; out += 16) {
      v128.store(out, f32x4.mul(v128.load(a), s))
      a += 16
    }
  }
  for (; out < end; out += 4) {
    store<f32>(out, load<f32>(a) * scale)
    a += across
  }
}

/**
 * Multiplies a row by the power of two that brings its largest number to 2^-16 … 2^-15, or as near as a float can: times weights of 2^112 ·
 * 65504 that leaves room for sums of 2^14 products. → the inverse.
 */
function lower(row: usize, depth: i32): f32 {
  const end = row + (<usize>depth << 2), whole = row + (<usize>(depth & ~3) << 2)
  const size = i32x4.splat(0x7fffffff)
  let largest = i32x4.splat(0)
  let at = row
  for (; at < whole; at += 16) largest = i32x4.max_u(largest, v128.and(v128.load(at), size))
  for (; at < end; at += 4) largest = i32x4.max_u(largest, v128.and(v128.load32_zero(at), size))
  largest = i32x4.max_u(largest, v128.shuffle<i32>(largest, largest, 2, 3, 0, 1))
  largest = i32x4.max_u(largest, v128.shuffle<i32>(largest, largest, 1, 0, 3, 2))
  const exponent = max(1, 238 - (i32x4.extract_lane(largest, 0) >> 23))
  const factor = reinterpret<f32>(exponent << 23)
  const four = f32x4.splat(factor)
  for (at = row; at < whole; at += 16) v128.store(at, f32x4.mul(v128.load(at), four))
  for (; at < end; at += 4) store<f32>(at, load<f32>(at) * factor)
  return reinterpret<f32>((254 - exponent) << 23)
}

/** tile[rows][NR] ← the rows that `takeRows` took times a panel; what else will be read lies between it and `end`. */
export function multiplyFew(kind: i32, rows: i32, a: usize, panel: usize, end: usize, tile: usize, depth: i32): void {
  const rowBytes = <usize>depth << 2
  if (kind == FLOAT32) {
    if (rows == 1) fewFloat321(a, rowBytes, panel, end, tile, depth)
    else fewFloat322(a, rowBytes, panel, end, tile, depth)
  } else if (kind == FLOAT16) {
    if (rows == 1) fewFloat161(a, rowBytes, panel, end, tile, depth)
    else fewFloat162(a, rowBytes, panel, end, tile, depth)
    for (let r = 0; r < rows; r++) {
      order(tile + <usize>r * NR * 4)
      raise(tile + <usize>r * NR * 4, load<f32>(a + rowBytes * rows + (<usize>r << 2)))
    }
  } else if (kind == BFLOAT16) {
    if (rows == 1) fewBfloat161(a, rowBytes, panel, end, tile, depth)
    else fewBfloat162(a, rowBytes, panel, end, tile, depth)
    for (let r = 0; r < rows; r++) order(tile + <usize>r * NR * 4)
  } else if (rows == 1) fewInt81(a, rowBytes, panel, end, tile, depth)
  else fewInt82(a, rowBytes, panel, end, tile, depth)
}

/** A row of a tile times 2^-112, and times the inverse of what its row was lowered by. */
function raise(tile: usize, inverse: f32): void {
  const less = constant(11), f = f32x4.splat(inverse)
  for (const end = tile + NR * 4; tile < end; tile += 16) v128.store(tile, f32x4.mul(f32x4.mul(v128.load(tile), less), f))
}

/** A row of a tile whose even columns come first, put in order. */
function order(tile: usize): void {
  const half = NR * 2
  const even = v128.load(tile), odd = v128.load(tile + half)
  if (NR == 16) {
    const more = v128.load(tile, 16), others = v128.load(tile + half, 16)
    v128.store(tile, v128.shuffle<f32>(more, others, 0, 4, 1, 5), 32)
    v128.store(tile, v128.shuffle<f32>(more, others, 2, 6, 3, 7), 48)
  }
  v128.store(tile, v128.shuffle<f32>(even, odd, 0, 4, 1, 5))
  v128.store(tile, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16)
}

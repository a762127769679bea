/**
 * Products of a row or two, as when a text is written token by token. Every weight is read for one or two multiplications, so it is widened
 * in a register on its way from memory, and the rows are not packed.
 */

import { constant } from './constants'
import {
  lastBfloat161, fewBfloat161, lastBfloat162, fewBfloat162, lastFloat161, fewFloat161, lastFloat162, lastFloat321,
  fewFloat321, lastFloat322, fewFloat322, lastInt81, fewInt81, lastInt82, fewInt82, NR,
} from './generated/tile'
import { BFLOAT16, FLOAT16, FLOAT32, sizeOfKind } from './stored'

/** At most so many rows. */
export const FEW: i32 = 2

/**
 * out[rows][depth] ← a · scale; `down` and `across` are a's byte strides. Rows that will meet float16 weights are multiplied by a power of two
 * each, since those come 2^112 too large; what takes that away again follows, row by row. All that is `takenBytes` long.
 */
export function takeRows(kind: i32, a: usize, down: usize, across: usize, rows: i32, depth: i32, scale: f32, out: usize): void {
  const rowBytes = <usize>depth << 2
  const inverses = out + rowBytes * rows
  for (let r = 0; r < rows; r++) {
    const row = out + rowBytes * r
    takeRow(a + down * r, across, row, depth, scale)
    if (kind == FLOAT16) store<f32>(inverses + (<usize>r << 2), lower(row, depth))
  }
}

// @ts-ignore: decorator
@inline export function takenBytes(rows: i32, depth: i32): usize {
  return (<usize>(rows * depth) << 2) + FEW * 4
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

/** At most so many panels at once: as tile.mjs says. */
// @ts-ignore: decorator
@inline export function together(kind: i32, rows: i32): i32 {
  return (kind == FLOAT16 ? 2 : 4) / rows
}

/** Sums run over so many products and are then added up, as those of more rows are. */
const DEPTH: i32 = 512

/** tiles[panels][rows][NR] ← the rows that `takeRows` took times as many panels as `together` allows, or times one. */
export function multiplyFew(kind: i32, rows: i32, a: usize, b: usize, panels: i32, tiles: usize, depth: i32): void {
  const rowBytes = <usize>depth << 2
  const line = <usize>NR * sizeOfKind(kind)
  const apart = line * depth
  memory.fill(tiles, 0, <usize>(panels * rows * NR) << 2)
  for (let k = 0; k < depth; k += DEPTH) {
    const here = min(DEPTH, depth - k)
    const from = a + (<usize>k << 2), weights = b + line * k
    if (panels > 1) {
      if (rows == 1) four(kind, from, rowBytes, weights, apart, tiles, here, depth - k)
      else two(kind, from, rowBytes, weights, apart, tiles, here, depth - k)
    } else if (rows == 1) one(kind, from, rowBytes, weights, apart, tiles, here, depth - k)
    else oneOfTwo(kind, from, rowBytes, weights, apart, tiles, here, depth - k)
  }
  if (kind == FLOAT16 || kind == BFLOAT16) {
    for (let r = 0; r < rows; r++) {
      for (let n = 0; n < panels; n++) {
        const tile = tiles + (<usize>((n * rows + r) * NR) << 2)
        order(tile)
        if (kind == FLOAT16) raise(tile, load<f32>(a + rowBytes * rows + (<usize>r << 2)))
      }
    }
  }
}

function four(kind: i32, a: usize, stride: usize, b: usize, apart: usize, c: usize, depth: i32, rest: i32): void {
  if (kind == FLOAT32) fewFloat321(a, stride, b, apart, c, depth, rest)
  else if (kind == FLOAT16) fewFloat161(a, stride, b, apart, c, depth, rest)
  else if (kind == BFLOAT16) fewBfloat161(a, stride, b, apart, c, depth, rest)
  else fewInt81(a, stride, b, apart, c, depth, rest)
}

function one(kind: i32, a: usize, stride: usize, b: usize, apart: usize, c: usize, depth: i32, rest: i32): void {
  if (kind == FLOAT32) lastFloat321(a, stride, b, apart, c, depth, rest)
  else if (kind == FLOAT16) lastFloat161(a, stride, b, apart, c, depth, rest)
  else if (kind == BFLOAT16) lastBfloat161(a, stride, b, apart, c, depth, rest)
  else lastInt81(a, stride, b, apart, c, depth, rest)
}

/** Of float16 two rows meet one panel at a time. */
function two(kind: i32, a: usize, stride: usize, b: usize, apart: usize, c: usize, depth: i32, rest: i32): void {
  if (kind == FLOAT32) fewFloat322(a, stride, b, apart, c, depth, rest)
  else if (kind == BFLOAT16) fewBfloat162(a, stride, b, apart, c, depth, rest)
  else fewInt82(a, stride, b, apart, c, depth, rest)
}

function oneOfTwo(kind: i32, a: usize, stride: usize, b: usize, apart: usize, c: usize, depth: i32, rest: i32): void {
  if (kind == FLOAT32) lastFloat322(a, stride, b, apart, c, depth, rest)
  else if (kind == FLOAT16) lastFloat162(a, stride, b, apart, c, depth, rest)
  else if (kind == BFLOAT16) lastBfloat162(a, stride, b, apart, c, depth, rest)
  else lastInt82(a, stride, b, apart, c, depth, rest)
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

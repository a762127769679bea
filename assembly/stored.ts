/** Packed weights in the number type they were stored in: widened a panel at a time, just before they are multiplied. */

import { constant } from './constants'
import { fromBfloat16, fromFloat16 } from './halves'
import { NR } from './generated/tile'

/** Numbered as NUMBER in src/backend/wasm/layout.ts. */
export const FLOAT32: i32 = 0
export const FLOAT16: i32 = 1
export const BFLOAT16: i32 = 2
export const INT8: i32 = 5

// @ts-ignore: decorator
@inline export function sizeOfKind(kind: i32): usize {
  return kind == FLOAT32 ? 4 : kind == INT8 ? 1 : 2
}

/** out[n] ← x[n] as float32; n is a multiple of 8. INT8 is left unscaled. */
export function widen(kind: i32, x: usize, out: usize, n: i32): void {
  const end = out + (<usize>n << 2)
  if (kind == BFLOAT16) {
    for (; out < end; out += 32) {
      const a = i32x4.shl(v128.load_ext<u16>(x), 16), b = i32x4.shl(v128.load_ext<u16>(x, 8), 16)
      v128.store(out, a)
      v128.store(out, b, 16)
      x += 16
    }
  } else if (kind == FLOAT16) {
    widenHalves(x, out, end)
  } else {
    for (; out < end; out += 32) {
      const eight = v128.load_ext<i8>(x)
      v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(eight)))
      v128.store(out, f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(eight)), 16)
      x += 8
    }
  }
}

/**
 * Sign, exponent and fraction moved into place; one multiplication settles the bias, subnormals included. ∞ and NaN, which this would
 * make finite, are looked for on the way, eight at a time; where there is one, all are done again with care.
 */
function widenHalves(x: usize, out: usize, end: usize): void {
  const kept = constant(9), rebias = constant(10), special = constant(11)
  let odd = i16x8.splat(0)
  let from = x
  for (let to = out; to < end; to += 32) {
    const eight = v128.load(from)
    odd = v128.or(odd, i16x8.eq(v128.and(eight, special), special))
    const low = v128.and(i32x4.shl(i32x4.extend_low_i16x8_s(eight), 13), kept)
    const high = v128.and(i32x4.shl(i32x4.extend_high_i16x8_s(eight), 13), kept)
    v128.store(to, f32x4.mul(low, rebias))
    v128.store(to, f32x4.mul(high, rebias), 16)
    from += 16
  }
  if (!v128.any_true(odd)) return
  for (let to = out; to < end; to += 4) {
    store<f32>(to, fromFloat16(load<u16>(x)))
    x += 2
  }
}

/** One number of a packed matrix, for rows looked up in it; INT8 unscaled. */
// @ts-ignore: decorator
@inline export function readStored(kind: i32, at: usize): f32 {
  if (kind == FLOAT32) return load<f32>(at)
  if (kind == FLOAT16) return fromFloat16(load<u16>(at))
  if (kind == BFLOAT16) return fromBfloat16(load<u16>(at))
  return <f32>load<i8>(at)
}

/** Rows [N][K] of 4 or 2 bytes a number → panels [⌈N/NR⌉][K][NR], missing rows 0; or back. */
export function movePanels(size: i32, rows: usize, stride: usize, panels: usize, columns: i32, depth: i32, into: bool): void {
  const padded = (columns + NR - 1) / NR * NR
  for (let n = 0; n < padded; n++) {
    const lane = panels + <usize>((n / NR * depth * NR + n % NR) * size)
    const row = rows + <usize>n * stride
    for (let k = 0; k < depth; k++) {
      const at = lane + <usize>(k * NR * size), from = row + <usize>(k * size)
      if (size == 4) {
        if (!into) store<u32>(from, load<u32>(at))
        else store<u32>(at, n < columns ? load<u32>(from) : 0)
      } else if (!into) store<u16>(from, load<u16>(at))
      else store<u16>(at, n < columns ? load<u16>(from) : 0)
    }
    if (!into && n + 1 == columns) return
  }
}

/**
 * float32 rows [N][K] → int8 panels and a scale per row: scale = max|x| / 127, q = x / scale to the nearest even. Scales are padded
 * to whole panels. → the largest |x − scale·q| over the largest |x|.
 */
export function quantise(rows: usize, stride: usize, panels: usize, scales: usize, columns: i32, depth: i32): f32 {
  const padded = (columns + NR - 1) / NR * NR
  let worst: f32 = 0, largest: f32 = 0
  for (let n = 0; n < padded; n++) {
    const lane = panels + <usize>(n / NR * depth * NR + n % NR)
    const row = rows + <usize>n * stride
    let most: f32 = 0
    if (n < columns) for (let k = 0; k < depth; k++) most = max(most, Mathf.abs(load<f32>(row + (<usize>k << 2))))
    const scale: f32 = most / 127
    const inverse: f32 = scale > 0 ? <f32>1 / scale : 0
    store<f32>(scales + (<usize>n << 2), scale)
    largest = max(largest, most)
    for (let k = 0; k < depth; k++) {
      const x: f32 = n < columns ? load<f32>(row + (<usize>k << 2)) : 0
      const q = f32.nearest(x * inverse)
      worst = max(worst, Mathf.abs(x - q * scale))
      store<i8>(lane + <usize>(k * NR), <i8>q)
    }
  }
  return largest > 0 ? worst / largest : 0
}

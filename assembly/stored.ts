/** Packed weights in the number type they were stored in: widened a panel at a time, just before they are multiplied. */

import { constant } from './constants'
import { fromBfloat16, fromFloat16, halfBits } from './halves'
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
      const eight = v128.load(x)
      v128.store(out, i32x4.shl(i32x4.extend_low_i16x8_u(eight), 16))
      v128.store(out, i32x4.shl(i32x4.extend_high_i16x8_u(eight), 16), 16)
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

function widenHalves(x: usize, out: usize, end: usize): void {
  const ones = constant(9), top = constant(10), lower = constant(11)
  for (; out < end; out += 32) {
    const eight = v128.load(x)
    v128.store(out, f32x4.mul(halfBits(i32x4.shl(i32x4.extend_low_i16x8_s(eight), 13), ones, top), lower))
    v128.store(out, f32x4.mul(halfBits(i32x4.shl(i32x4.extend_high_i16x8_s(eight), 13), ones, top), lower), 16)
    x += 16
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

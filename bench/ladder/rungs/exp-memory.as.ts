/** The exponentials of a row, four at a time, the constants loaded from memory before the loop. */

import { lanesMax, lanesSum, madd } from './lanes'

export function topOf(row: usize, end: usize): f32 {
  return lanesMax(row, end)
}

/** log2 e, the lowest exponent, 1.5·2^23, and the polynomial from its highest power down: four lanes each. */
const TABLE = memory.data<f32>([
  1.44269504, 1.44269504, 1.44269504, 1.44269504, -126, -126, -126, -126, 12582912, 12582912, 12582912, 12582912, 0.0013276472,
  0.0013276472, 0.0013276472, 0.0013276472, 0.009675541, 0.009675541, 0.009675541, 0.009675541, 0.05550713, 0.05550713, 0.05550713,
  0.05550713, 0.2402212, 0.2402212, 0.2402212, 0.2402212, 0.69314694, 0.69314694, 0.69314694, 0.69314694, 1.0000001, 1.0000001,
  1.0000001, 1.0000001,
])

/** row ← e^(row − top); → the sum. */
export function expRow(row: usize, end: usize, top: f32): f32 {
  const k0 = v128.load(TABLE)
  const k1 = v128.load(TABLE, 16)
  const k2 = v128.load(TABLE, 32)
  const c5 = v128.load(TABLE, 48)
  const c4 = v128.load(TABLE, 64)
  const c3 = v128.load(TABLE, 80)
  const c2 = v128.load(TABLE, 96)
  const c1 = v128.load(TABLE, 112)
  const c0 = v128.load(TABLE, 128)
  const by = f32x4.splat(top)
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  for (let p = row; p < end; p += 32) {
    const x0 = f32x4.pmax(k1, f32x4.mul(f32x4.sub(v128.load(p), by), k0))
    const x1 = f32x4.pmax(k1, f32x4.mul(f32x4.sub(v128.load(p, 16), by), k0))
    const t0 = f32x4.add(x0, k2)
    const t1 = f32x4.add(x1, k2)
    const r0 = f32x4.sub(x0, f32x4.sub(t0, k2))
    const r1 = f32x4.sub(x1, f32x4.sub(t1, k2))
    let p0 = madd(madd(madd(madd(madd(c5, r0, c4), r0, c3), r0, c2), r0, c1), r0, c0)
    let p1 = madd(madd(madd(madd(madd(c5, r1, c4), r1, c3), r1, c2), r1, c1), r1, c0)
    p0 = i32x4.add(p0, i32x4.shl(t0, 23))
    p1 = i32x4.add(p1, i32x4.shl(t1, 23))
    v128.store(p, p0)
    v128.store(p, p1, 16)
    a = f32x4.add(a, p0)
    b = f32x4.add(b, p1)
  }
  return lanesSum(f32x4.add(a, b))
}

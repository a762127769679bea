/** The exponentials of a row, four at a time, the constants written where they are used. */

import { lanesMax, lanesSum, madd } from './lanes'

export function topOf(row: usize, end: usize): f32 {
  return lanesMax(row, end)
}

/**
 * e^x = 2^(x·log2 e) = 2^n · 2^r with n whole and |r| ≤ ½: adding 1.5·2^23 rounds to n and leaves its bits to be shifted into the
 * exponent; 2^r is a polynomial of degree 5.
 */
function exp4(x: v128): v128 {
  const y = f32x4.max(f32x4.mul(x, f32x4.splat(1.44269504)), f32x4.splat(-126))
  const t = f32x4.add(y, f32x4.splat(12582912))
  const r = f32x4.sub(y, f32x4.sub(t, f32x4.splat(12582912)))
  let p = madd(f32x4.splat(0.0013276472), r, f32x4.splat(0.009675541))
  p = madd(p, r, f32x4.splat(0.05550713))
  p = madd(p, r, f32x4.splat(0.2402212))
  p = madd(p, r, f32x4.splat(0.69314694))
  p = madd(p, r, f32x4.splat(1.0000001))
  return i32x4.add(p, i32x4.shl(t, 23))
}

/** row ← e^(row − top); → the sum. */
export function expRow(row: usize, end: usize, top: f32): f32 {
  const by = f32x4.splat(top)
  let a = f32x4.splat(0)
  let b = f32x4.splat(0)
  for (let p = row; p < end; p += 32) {
    const x = exp4(f32x4.sub(v128.load(p), by))
    const y = exp4(f32x4.sub(v128.load(p, 16), by))
    v128.store(p, x)
    v128.store(p, y, 16)
    a = f32x4.add(a, x)
    b = f32x4.add(b, y)
  }
  return lanesSum(f32x4.add(a, b))
}

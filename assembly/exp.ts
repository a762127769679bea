import { constant } from './constants'
import { madd } from './generated/tile'

/**
 * exp(x − m) of four lanes, relative error about 1e-7; overflows past x − m = 88; NaN stays NaN. What would be less than the floor
 * 2^k1 is the floor, or with `exact` 0, so that −∞ gives exactly 0.
 */
// @ts-ignore: decorator
@inline export function expShifted(
  x: v128, m: v128, exact: bool, k0: v128, k1: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, k8: v128,
): v128 {
  const z = f32x4.mul(f32x4.sub(x, m), k0)
  const y = f32x4.pmax(z, k1)
  const t = f32x4.add(y, k2)
  const r = f32x4.sub(y, f32x4.sub(t, k2))
  let p = k3
  p = madd(p, r, k4)
  p = madd(p, r, k5)
  p = madd(p, r, k6)
  p = madd(p, r, k7)
  p = madd(p, r, k8)
  const e = i32x4.add(p, i32x4.shl(t, 23))
  return exact ? v128.andnot(e, f32x4.le(z, k1)) : e
}

/** exp of one number ≤ 0, 0 for −∞. */
export function expScalar(x: f32): f32 {
  return f32x4.extract_lane(
    expShifted(
      f32x4.splat(x), f32x4.splat(0), true, constant(0), constant(1), constant(2), constant(3), constant(4), constant(5), constant(6), constant(7), constant(8),
    ),
    0,
  )
}

/**
 * e^x of four lanes over the whole range, exact 0 and ∞ at the ends: 2^n is applied in two halves so that nothing overflows early.
 */
// @ts-ignore: decorator
@inline export function exp4(x: v128): v128 {
  // beyond these the result is ∞ or 0 whatever x is; min and max keep NaN
  const clamped = f32x4.max(f32x4.min(x, f32x4.splat(89)), f32x4.splat(-104))
  const n = f32x4.nearest(f32x4.mul(clamped, constant(0)))
  // ln 2 in two parts keeps the remainder exact
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)))
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)))
  // 1 + r + r²·p(r) on ±0.3466, p minimax of degree 4 (error 3.1e-9)
  let p = f32x4.splat(<f32>0.0013814610429108143)
  p = madd(p, r, f32x4.splat(<f32>0.008368710987269878))
  p = madd(p, r, f32x4.splat(<f32>0.04166838899254799))
  p = madd(p, r, f32x4.splat(<f32>0.1666652113199234))
  p = madd(p, r, f32x4.splat(<f32>0.4999999403953552))
  p = f32x4.add(madd(f32x4.mul(r, r), p, r), f32x4.splat(1))
  const whole = i32x4.trunc_sat_f32x4_s(n)
  const half = i32x4.shr_s(whole, 1)
  const one = i32x4.splat(127)
  p = f32x4.mul(p, i32x4.shl(i32x4.add(half, one), 23))
  return f32x4.mul(p, i32x4.shl(i32x4.add(i32x4.sub(whole, half), one), 23))
}

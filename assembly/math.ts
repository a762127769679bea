/** Elementary functions, four lanes at a time. Coefficients were fitted by iteratively reweighted least squares in float64. */

import { constant } from './constants'
import { exp4 } from './exp'
import { madd } from './generated/tile'

/** Natural logarithm; log 0 = −∞, log of a negative is NaN, subnormals are scaled first. Relative error about 1e-7. */
export function log4(x: v128): v128 {
  const tiny = f32x4.lt(x, f32x4.splat(<f32>1.17549435e-38))
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny)
  // m in [√½, √2), x = m · 2^e
  const shifted = i32x4.sub(scaled, i32x4.splat(0x3f3504f3))
  const whole = i32x4.shr_s(shifted, 23)
  const m = i32x4.sub(scaled, i32x4.shl(whole, 23))
  const e = f32x4.sub(f32x4.convert_i32x4_s(whole), v128.and(tiny, f32x4.splat(23)))
  const f = f32x4.sub(m, f32x4.splat(1))
  const f2 = f32x4.mul(f, f)
  let p = f32x4.splat(<f32>-0.07634498924016953)
  p = madd(p, f, f32x4.splat(<f32>0.1276157796382904))
  p = madd(p, f, f32x4.splat(<f32>-0.13160182535648346))
  p = madd(p, f, f32x4.splat(<f32>0.14201757311820984))
  p = madd(p, f, f32x4.splat(<f32>-0.16623356938362122))
  p = madd(p, f, f32x4.splat(<f32>0.20001226663589478))
  p = madd(p, f, f32x4.splat(<f32>-0.2500081956386566))
  p = madd(p, f, f32x4.splat(<f32>0.3333333134651184))
  let r = f32x4.mul(f32x4.mul(f2, f), p)
  r = madd(e, f32x4.splat(<f32>-2.12194440e-4), r)
  r = f32x4.sub(r, f32x4.mul(f2, f32x4.splat(0.5)))
  r = f32x4.add(r, f)
  r = madd(e, f32x4.splat(0.693359375), r)
  r = v128.bitselect(f32x4.splat(-Infinity), r, f32x4.eq(x, f32x4.splat(0)))
  r = v128.bitselect(x, r, f32x4.eq(x, f32x4.splat(Infinity)))
  return v128.bitselect(f32x4.splat(NaN), r, v128.or(f32x4.lt(x, f32x4.splat(0)), f32x4.ne(x, x)))
}

/** tanh: a polynomial near 0 (so that small x keep their digits), 1 − 2/(e^2|x| + 1) beyond. */
export function tanh4(x: v128): v128 {
  const z = f32x4.mul(x, x)
  let p = f32x4.splat(<f32>-0.005704987328499556)
  p = madd(p, z, f32x4.splat(<f32>0.0206390880048275))
  p = madd(p, z, f32x4.splat(<f32>-0.05373971536755562))
  p = madd(p, z, f32x4.splat(<f32>0.13331441581249237))
  p = madd(p, z, f32x4.splat(<f32>-0.3333328068256378))
  const near = madd(f32x4.mul(p, z), x, x)
  const a = f32x4.abs(x)
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(exp4(f32x4.add(a, a)), f32x4.splat(1))))
  const sign = v128.and(x, i32x4.splat(0x80000000))
  return v128.bitselect(near, v128.or(far, sign), f32x4.lt(a, f32x4.splat(<f32>0.625)))
}

/** 1 / (1 + e^−x), by e^−|x| so that nothing overflows. */
export function sigmoid4(x: v128): v128 {
  const e = exp4(f32x4.neg(f32x4.abs(x)))
  const top = v128.bitselect(e, f32x4.splat(1), f32x4.lt(x, f32x4.splat(0)))
  return f32x4.div(top, f32x4.add(f32x4.splat(1), e))
}

/** P(t) of geluRun. */
// @ts-ignore: decorator
@inline function tailOf(t: v128, p0: v128, p1: v128, p2: v128, p3: v128, p4: v128, p5: v128, p6: v128, p7: v128, p8: v128): v128 {
  let p = madd(p0, t, p1)
  p = madd(p, t, p2)
  p = madd(p, t, p3)
  p = madd(p, t, p4)
  p = madd(p, t, p5)
  p = madd(p, t, p6)
  p = madd(p, t, p7)
  return madd(p, t, p8)
}

/** 2^(y − n), where `whole` is y + 1.5·2^23 and so holds n, the whole number nearest to y, in its low bits. */
// @ts-ignore: decorator
@inline function partOf(y: v128, whole: v128, k2: v128, k3: v128, k4: v128, k5: v128, k6: v128, k7: v128, one: v128): v128 {
  const r = f32x4.sub(y, f32x4.sub(whole, k2))
  let p = madd(k3, r, k4)
  p = madd(p, r, k5)
  p = madd(p, r, k6)
  p = madd(p, r, k7)
  return madd(p, r, one)
}

/** p · 2^n in two halves, so that subnormal numbers keep their digits. */
// @ts-ignore: decorator
@inline function raised(p: v128, n: v128, bias: v128): v128 {
  const half = i32x4.shr_s(n, 1)
  const first = f32x4.mul(p, i32x4.shl(i32x4.add(half, bias), 23))
  return f32x4.mul(first, i32x4.shl(i32x4.add(i32x4.sub(n, half), bias), 23))
}

/**
 * x · Φ(x), Φ(x) = ½ erfc(−x/√2). With z = |x|/√2: ½ erfc(z) = e^(−z²) · t·P(t), t = 1/(1 + z/2), P of degree 8 (relative error 3.9e-8
 * for z ≤ 8; beyond, e^(−z²) is next to 0). −∞ gives 0. The feed-forward spends its time here: constants are loaded once, and two
 * vectors stand side by side, so that V8 can widen them.
 */
export function geluRun(x: usize, out: usize, n: i32): void {
  const p0 = constant(16), p1 = constant(17), p2 = constant(18), p3 = constant(19), p4 = constant(20), p5 = constant(21)
  const p6 = constant(22), p7 = constant(23), p8 = constant(24), root = constant(25), half = constant(26), one = constant(8)
  const k0 = constant(27), k1 = constant(1), k2 = constant(2), k3 = constant(3), k4 = constant(4), k5 = constant(5)
  const k6 = constant(6), k7 = constant(7)
  const zero = f32x4.splat(0), bottom = f32x4.splat(-Infinity)
  for (const end = x + (<usize>n << 2); x < end; x += 32) {
    const a = v128.load(x), b = v128.load(x, 16)
    const za = f32x4.mul(f32x4.abs(a), root), zb = f32x4.mul(f32x4.abs(b), root)
    const ta = f32x4.div(one, madd(za, half, one)), tb = f32x4.div(one, madd(zb, half, one))
    const pa = tailOf(ta, p0, p1, p2, p3, p4, p5, p6, p7, p8), pb = tailOf(tb, p0, p1, p2, p3, p4, p5, p6, p7, p8)
    // 2^y, y = −z² log2 e
    const ya = f32x4.pmax(f32x4.mul(f32x4.mul(za, za), k0), k1), yb = f32x4.pmax(f32x4.mul(f32x4.mul(zb, zb), k0), k1)
    const na = f32x4.add(ya, k2), nb = f32x4.add(yb, k2)
    let ea = partOf(ya, na, k2, k3, k4, k5, k6, k7, one), eb = partOf(yb, nb, k2, k3, k4, k5, k6, k7, one)
    ea = i32x4.add(ea, i32x4.shl(na, 23)); eb = i32x4.add(eb, i32x4.shl(nb, 23))
    const la = f32x4.mul(f32x4.mul(pa, ta), ea), lb = f32x4.mul(f32x4.mul(pb, tb), eb)
    const fa = v128.bitselect(la, f32x4.sub(one, la), f32x4.lt(a, zero)), fb = v128.bitselect(lb, f32x4.sub(one, lb), f32x4.lt(b, zero))
    v128.store(out, v128.andnot(f32x4.mul(a, fa), f32x4.eq(a, bottom)))
    v128.store(out, v128.andnot(f32x4.mul(b, fb), f32x4.eq(b, bottom)), 16)
    out += 32
  }
}

/**
 * x · sigmoid(u), two vectors side by side: u = x (SiLU), or u = 2√(2/π)(x + 0.044715 x³) (the tanh form of GELU). By e^−|u|, so that
 * nothing overflows, with 2^n applied in two halves, so that the far left keeps its subnormal digits. −∞ gives 0.
 */
export function gatedRun(x: usize, out: usize, n: i32, tanhForm: bool): void {
  const one = constant(8), cubic = constant(28), linear = constant(29), bottom = f32x4.splat(-Infinity), zero = f32x4.splat(0)
  const k0 = constant(27), k1 = constant(30), k2 = constant(2), k3 = constant(3), k4 = constant(4), k5 = constant(5)
  const k6 = constant(6), k7 = constant(7), bias = i32x4.splat(127)
  for (const end = x + (<usize>n << 2); x < end; x += 32) {
    const a = v128.load(x), b = v128.load(x, 16)
    const ua = tanhForm ? f32x4.mul(a, madd(f32x4.mul(a, a), cubic, linear)) : a, ub = tanhForm ? f32x4.mul(b, madd(f32x4.mul(b, b), cubic, linear)) : b
    const ya = f32x4.pmax(f32x4.mul(f32x4.abs(ua), k0), k1), yb = f32x4.pmax(f32x4.mul(f32x4.abs(ub), k0), k1)
    const ta = f32x4.add(ya, k2), tb = f32x4.add(yb, k2)
    let ea = partOf(ya, ta, k2, k3, k4, k5, k6, k7, one), eb = partOf(yb, tb, k2, k3, k4, k5, k6, k7, one)
    ea = raised(ea, i32x4.sub(ta, k2), bias)
    eb = raised(eb, i32x4.sub(tb, k2), bias)
    const topA = v128.bitselect(ea, one, f32x4.lt(ua, zero)), topB = v128.bitselect(eb, one, f32x4.lt(ub, zero))
    const sa = f32x4.div(topA, f32x4.add(one, ea)), sb = f32x4.div(topB, f32x4.add(one, eb))
    v128.store(out, v128.andnot(f32x4.mul(a, sa), f32x4.eq(a, bottom)))
    v128.store(out, v128.andnot(f32x4.mul(b, sb), f32x4.eq(b, bottom)), 16)
    out += 32
  }
}

/**
 * out ← gradient · (Φ(x) + x φ(x)), GELU's slope, as geluRun: φ shares its e^(−z²), which is 0 here where it would be less than 2^−126, so
 * that no x is large enough to bring it back.
 */
export function geluSlopeRun(x: usize, gradient: usize, out: usize, n: i32): void {
  const p0 = constant(16), p1 = constant(17), p2 = constant(18), p3 = constant(19), p4 = constant(20), p5 = constant(21)
  const p6 = constant(22), p7 = constant(23), p8 = constant(24), root = constant(25), half = constant(26), one = constant(8)
  const k0 = constant(27), k1 = constant(1), k2 = constant(2), k3 = constant(3), k4 = constant(4), k5 = constant(5)
  const k6 = constant(6), k7 = constant(7), height = constant(31), zero = f32x4.splat(0)
  for (const end = x + (<usize>n << 2); x < end; x += 32) {
    const a = v128.load(x), b = v128.load(x, 16)
    const za = f32x4.mul(f32x4.abs(a), root), zb = f32x4.mul(f32x4.abs(b), root)
    const ta = f32x4.div(one, madd(za, half, one)), tb = f32x4.div(one, madd(zb, half, one))
    const pa = tailOf(ta, p0, p1, p2, p3, p4, p5, p6, p7, p8), pb = tailOf(tb, p0, p1, p2, p3, p4, p5, p6, p7, p8)
    const ua = f32x4.mul(f32x4.mul(za, za), k0), ub = f32x4.mul(f32x4.mul(zb, zb), k0)
    const ya = f32x4.pmax(ua, k1), yb = f32x4.pmax(ub, k1)
    const na = f32x4.add(ya, k2), nb = f32x4.add(yb, k2)
    let ea = partOf(ya, na, k2, k3, k4, k5, k6, k7, one), eb = partOf(yb, nb, k2, k3, k4, k5, k6, k7, one)
    ea = i32x4.add(ea, i32x4.shl(na, 23)); eb = i32x4.add(eb, i32x4.shl(nb, 23))
    const goneA = f32x4.le(ua, k1), goneB = f32x4.le(ub, k1)
    const la = v128.andnot(f32x4.mul(f32x4.mul(pa, ta), ea), goneA), lb = v128.andnot(f32x4.mul(f32x4.mul(pb, tb), eb), goneB)
    const fa = v128.bitselect(la, f32x4.sub(one, la), f32x4.lt(a, zero)), fb = v128.bitselect(lb, f32x4.sub(one, lb), f32x4.lt(b, zero))
    const da = v128.andnot(f32x4.mul(f32x4.mul(a, height), ea), goneA), db = v128.andnot(f32x4.mul(f32x4.mul(b, height), eb), goneB)
    v128.store(out, f32x4.mul(v128.load(gradient), f32x4.add(fa, da)))
    v128.store(out, f32x4.mul(v128.load(gradient, 16), f32x4.add(fb, db)), 16)
    gradient += 32
    out += 32
  }
}

/**
 * out ← gradient · the slope of x · σ(u), with u as in gatedRun: σ(u) + x σ(u) σ(−u) u′. Both σ from one e^−|u|. Where σ(u) σ(−u) is 0, and
 * where x is infinite, σ(u) alone.
 */
export function gatedSlopeRun(x: usize, gradient: usize, out: usize, n: i32, tanhForm: bool): void {
  const one = constant(8), cubic = constant(28), linear = constant(29), zero = f32x4.splat(0), top = f32x4.splat(Infinity)
  const k0 = constant(27), k1 = constant(30), k2 = constant(2), k3 = constant(3), k4 = constant(4), k5 = constant(5)
  const k6 = constant(6), k7 = constant(7), bias = i32x4.splat(127), three = f32x4.splat(3)
  for (const end = x + (<usize>n << 2); x < end; x += 32) {
    const a = v128.load(x), b = v128.load(x, 16)
    const qa = f32x4.mul(f32x4.mul(a, a), cubic), qb = f32x4.mul(f32x4.mul(b, b), cubic)
    const ua = tanhForm ? f32x4.mul(a, f32x4.add(qa, linear)) : a, ub = tanhForm ? f32x4.mul(b, f32x4.add(qb, linear)) : b
    const ya = f32x4.pmax(f32x4.mul(f32x4.abs(ua), k0), k1), yb = f32x4.pmax(f32x4.mul(f32x4.abs(ub), k0), k1)
    const ta = f32x4.add(ya, k2), tb = f32x4.add(yb, k2)
    let ea = partOf(ya, ta, k2, k3, k4, k5, k6, k7, one), eb = partOf(yb, tb, k2, k3, k4, k5, k6, k7, one)
    ea = raised(ea, i32x4.sub(ta, k2), bias)
    eb = raised(eb, i32x4.sub(tb, k2), bias)
    const below = f32x4.lt(ua, zero), under = f32x4.lt(ub, zero)
    const da = f32x4.div(one, f32x4.add(one, ea)), db = f32x4.div(one, f32x4.add(one, eb))
    const small = f32x4.mul(ea, da), little = f32x4.mul(eb, db)
    const sa = v128.bitselect(small, da, below), sb = v128.bitselect(little, db, under)
    let ba = f32x4.mul(small, da), bb = f32x4.mul(little, db)
    const flatA = v128.or(f32x4.eq(ba, zero), f32x4.eq(f32x4.abs(a), top)), flatB = v128.or(f32x4.eq(bb, zero), f32x4.eq(f32x4.abs(b), top))
    if (tanhForm) {
      ba = f32x4.mul(ba, madd(three, qa, linear))
      bb = f32x4.mul(bb, madd(three, qb, linear))
    }
    ba = v128.andnot(f32x4.mul(a, ba), flatA)
    bb = v128.andnot(f32x4.mul(b, bb), flatB)
    v128.store(out, f32x4.mul(v128.load(gradient), f32x4.add(sa, ba)))
    v128.store(out, f32x4.mul(v128.load(gradient, 16), f32x4.add(sb, bb)), 16)
    gradient += 32
    out += 32
  }
}

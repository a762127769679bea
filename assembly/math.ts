/** Elementary functions, four lanes at a time. Coefficients were fitted by iteratively reweighted least squares in float64. */

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

/** x · sigmoid(u), −0 where x is −∞. */
// @ts-ignore: decorator
@inline function gated(x: v128, u: v128): v128 {
  const y = f32x4.mul(x, sigmoid4(u))
  return v128.bitselect(f32x4.splat(-0.0), y, f32x4.eq(x, f32x4.splat(-Infinity)))
}

/** x · sigmoid(x) */
export function silu4(x: v128): v128 {
  return gated(x, x)
}

/**
 * x · Φ(x), Φ(x) = ½ erfc(−x/√2). With z = |x|/√2: erfc(z) = e^(−z²) · t·P(t), t = 1/(1 + z/2), P of degree 8 (relative error 3.9e-8
 * for z ≤ 8; beyond, e^(−z²) is 0).
 */
export function gelu4(x: v128): v128 {
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(<f32>0.7071067811865476))
  const t = f32x4.div(f32x4.splat(1), madd(z, f32x4.splat(0.5), f32x4.splat(1)))
  let p = f32x4.splat(<f32>-0.05783477798104286)
  p = madd(p, t, f32x4.splat(<f32>0.27848613262176514))
  p = madd(p, t, f32x4.splat(<f32>-0.4744289219379425))
  p = madd(p, t, f32x4.splat(<f32>0.26323509216308594))
  p = madd(p, t, f32x4.splat(<f32>-0.01622539944946766))
  p = madd(p, t, f32x4.splat(<f32>0.19819284975528717))
  p = madd(p, t, f32x4.splat(<f32>0.2442684918642044))
  p = madd(p, t, f32x4.splat(<f32>0.2822102904319763))
  p = madd(p, t, f32x4.splat(<f32>0.28209617733955383))
  const tail = f32x4.mul(f32x4.mul(f32x4.splat(0.5), f32x4.mul(p, t)), exp4(f32x4.neg(f32x4.mul(z, z))))
  const phi = v128.bitselect(tail, f32x4.sub(f32x4.splat(1), tail), f32x4.lt(x, f32x4.splat(0)))
  return v128.bitselect(f32x4.splat(-0.0), f32x4.mul(x, phi), f32x4.eq(x, f32x4.splat(-Infinity)))
}

/** x · sigmoid(2u), u = √(2/π)(x + 0.044715 x³): the tanh form of GELU. */
export function geluTanh4(x: v128): v128 {
  const x2 = f32x4.mul(x, x)
  return gated(x, f32x4.mul(x, madd(x2, f32x4.splat(<f32>0.07135481627159897), f32x4.splat(<f32>1.5957691216057308))))
}

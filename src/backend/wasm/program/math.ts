/**
 * exp, log, tanh, cos, floor and mod on float32 lanes.
 *
 * Coefficients are minimax fits, by iteratively reweighted least squares (Lawson 1961; for the rational one linearised as by Loeb
 * 1957) on 3000 to 6000 Chebyshev points in float64, then rounded to float32. Each error given is the fit's; test/program/math.test.ts
 * measures what remains after rounding.
 *
 * pmin(x, c) is c < x ? c : x: unlike min it costs one instruction, and it keeps x where x is NaN.
 */

import type { Lanes, VectorCode } from './vectors.ts'

/** 1.5 · 2²³: adding it rounds to an integer, which then stands in the low bits of the sum. */
const MAGIC = 12582912
const MAGIC_BITS = 0x4b400000
/** ln 2 in two parts; the first has 9 bits, so that its products with exponents are exact. */
const LN2_HIGH = 0.693359375
const LN2_LOW = -2.1219444005469057e-4

/**
 * e^x with 0 at −∞ and ∞ at ∞. x = n·ln 2 + r, |r| ≤ ½ ln 2; e^r ≈ 1 + r + r²·q(r) (3.1e-9); 2ⁿ is applied in two halves, so that
 * the smallest results are rounded once and the largest do not overflow early.
 */
export function exp(v: VectorCode, x: Lanes): Lanes {
  const bounded = v.apply('f32x4.pmin', v.apply('f32x4.pmax', x, v.number(-104)), v.number(89))
  const t = v.madd(bounded, v.number(Math.LOG2E), v.number(MAGIC))
  const n = v.apply('f32x4.sub', t, v.number(MAGIC))
  const r = v.madd(n, v.number(-LN2_LOW), v.madd(n, v.number(-LN2_HIGH), bounded))
  const p = v.polynomial(
    r,
    [0.0013814559805632677, 0.008368735565784352, 0.04166838986018341, 0.166665204777088, 0.4999999343741632, 1, 1],
  )
  const power = v.apply('i32x4.sub', t, v.bits(MAGIC_BITS))
  const half = v.shift('i32x4.shr_s', power, 1)
  const scaled = v.apply('i32x4.add', p, v.shift('i32x4.shl', half, 23))
  const rest = v.apply('i32x4.add', v.apply('i32x4.sub', power, half), v.bits(127))
  return v.apply('f32x4.mul', scaled, v.shift('i32x4.shl', rest, 23))
}

/**
 * The natural logarithm: −∞ at 0, NaN below. x = 2^e · (1 + f) with 1 + f from √½ to √2; log(1 + f) ≈ f − f²/2 + f³·p(f) (3.2e-8).
 * Numbers below 2^−126 are scaled up first.
 */
export function log(v: VectorCode, x: Lanes): Lanes {
  const tiny = v.apply('f32x4.lt', x, v.number(2 ** -126))
  const normal = v.select(tiny, v.apply('f32x4.mul', x, v.number(2 ** 24)), x)
  const exponent = v.shift('i32x4.shr_s', v.apply('i32x4.sub', normal, v.number(Math.SQRT1_2)), 23)
  const mantissa = v.apply('i32x4.sub', normal, v.shift('i32x4.shl', exponent, 23))
  const f = v.apply('f32x4.sub', mantissa, v.number(1))
  const scaled = v.apply('f32x4.sub', v.apply('f32x4.convert_i32x4_s', exponent), v.apply('v128.and', tiny, v.number(24)))
  const p = v.polynomial(
    f,
    [
      0.08701526539007108, -0.14269144003206713, 0.14915132563206385, -0.16577410207976806, 0.19963017113292103,
      -0.2500134130779964, 0.3333391179309435,
    ],
  )
  const square = v.apply('f32x4.mul', f, f)
  const cubic = v.madd(v.apply('f32x4.mul', square, f), p, v.apply('f32x4.mul', scaled, v.number(LN2_LOW)))
  const small = v.apply('f32x4.add', v.madd(square, v.number(-0.5), cubic), f)
  const finite = v.madd(scaled, v.number(LN2_HIGH), small)
  const atZero = v.select(v.apply('f32x4.eq', x, v.number(0)), v.number(Number.NEGATIVE_INFINITY), v.number(Number.NaN))
  const real = v.select(v.apply('f32x4.gt', x, v.number(0)), finite, atZero)
  return v.select(v.apply('f32x4.eq', x, v.number(Number.POSITIVE_INFINITY)), x, real)
}

/**
 * tanh x = −m / (m + 2) with the sign of x, where m = e^(−2|x|) − 1. As in exp, −2|x| = n·ln 2 + r; but m is put together from
 * e^r − 1 ≈ r + r²·q(r) (1.3e-8), so that nothing cancels near 0: m = 2ⁿ·(e^r − 1) + (2ⁿ − 1). Exactly ±1 from |x| = 9.02 on. The
 * remainder needs no second part of ln 2, since 2ⁿ makes its error small wherever n is large.
 */
export function tanh(v: VectorCode, x: Lanes): Lanes {
  const sign = v.number(-0)
  const minus = v.apply('f32x4.pmax', v.apply('v128.or', x, sign), v.number(-10))
  const t = v.madd(minus, v.number(2 * Math.LOG2E), v.number(MAGIC))
  const n = v.apply('f32x4.sub', t, v.number(MAGIC))
  const r = v.madd(n, v.number(-Math.LN2), v.apply('f32x4.add', minus, minus))
  const q = v.polynomial(
    r,
    [0.0013882488939416723, 0.008366691562339068, 0.04166720536271091, 0.1666654235146006, 0.4999999812540229],
  )
  const grown = v.madd(v.apply('f32x4.mul', r, r), q, r)
  const power = v.apply('i32x4.add', v.shift('i32x4.shl', t, 23), v.number(1))
  const m = v.madd(power, grown, v.apply('f32x4.sub', power, v.number(1)))
  const ratio = v.apply('f32x4.div', m, v.apply('f32x4.add', m, v.number(2)))
  return v.apply('v128.xor', ratio, v.apply('v128.andnot', sign, x))
}

/** π/2 in four parts, the first three of 8 bits or fewer, so that their products with whole numbers below 2^16 are exact. */
const HALF_PI = [1.578125, -0.00732421875, -4.4405460357666016e-6, -1.3909067675399456e-8] as const

/**
 * cos x = ± sin r, with r = x − (k + ½)π from about −π/2 to π/2; sin r ≈ r + r³·p(r²) for |r| ≤ 1.6 (7.4e-9): accurate near the
 * zeros too. Absolute error below 2e-7 for |x| ≤ 1e5, where the reduction is exact but for its last step; beyond, the phase is lost
 * little by little, and the result stays within −1 and 1 (to rounding). NaN at ±∞.
 */
export function cos(v: VectorCode, x: Lanes): Lanes {
  const t = v.apply('f32x4.add', v.madd(x, v.number(1 / Math.PI), v.number(-0.5)), v.number(MAGIC))
  const k = v.apply('f32x4.sub', t, v.number(MAGIC))
  const odd = v.madd(k, v.number(2), v.number(1))
  const r = HALF_PI.reduce((rest, part) => v.madd(odd, v.number(-part), rest), x)
  const bounded = v.apply('f32x4.pmin', v.apply('f32x4.pmax', r, v.number(-1.6)), v.number(1.6))
  const square = v.apply('f32x4.mul', bounded, bounded)
  const p = v.polynomial(square, [2.6001707586121093e-6, -0.00019807158731386336, 0.008333034445140355, -0.16666658388205693])
  const sine = v.madd(v.apply('f32x4.mul', bounded, square), p, bounded)
  // k even: cos(x) = −sin(r); k odd: sin(r)
  const sign = v.shift('i32x4.shl', v.apply('i32x4.add', t, v.bits(1)), 31)
  return v.apply('v128.xor', sine, sign)
}

/**
 * ⌊x⌋. `magnitude`: a bound on |x| if there is one (then x is not NaN), else Infinity. Rounding instructions are not paired to 256 bits
 * and would keep everything around them at 128: the wide tier truncates through int32 instead, and steps down where that rounded up.
 */
export function floor(v: VectorCode, x: Lanes, magnitude: number): Lanes {
  if (v.tier !== 'wide') return v.apply('f32x4.floor', x)
  const whole = v.apply('f32x4.convert_i32x4_s', v.apply('i32x4.relaxed_trunc_f32x4_s', x))
  const floored = v.apply('f32x4.sub', whole, v.apply('v128.and', v.apply('f32x4.gt', whole, x), v.number(1)))
  if (magnitude < 2 ** 31) return floored
  return v.select(v.apply('f32x4.lt', v.apply('f32x4.abs', x), v.number(2 ** 31)), floored, x)
}

/** a − b·⌊a/b⌋; `magnitude` bounds |a/b|. */
export function mod(v: VectorCode, a: Lanes, b: Lanes, magnitude: number): Lanes {
  const times = floor(v, v.apply('f32x4.div', a, b), magnitude)
  return v.apply('f32x4.sub', a, v.apply('f32x4.mul', b, times))
}

/** The functions of one number that no single instruction computes. */
export const FUNCTIONS = { exp, log, tanh, cos } as const

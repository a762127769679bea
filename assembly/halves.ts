/** 16-bit floats: storage formats, exact to widen, rounded to nearest even when narrowed. */

export function fromBfloat16(bits: u16): f32 {
  return reinterpret<f32>(<u32>bits << 16)
}

export function toBfloat16(x: f32): u16 {
  const bits = reinterpret<u32>(x)
  if (x != x) return <u16>((bits >> 16) | 0x40)
  return <u16>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16)
}

/** Moves exponent and fraction into place and lets one multiplication settle the bias, subnormals included. */
export function fromFloat16(bits: u16): f32 {
  const sign = <u32>(bits & 0x8000) << 16
  const rest = <u32>(bits & 0x7fff) << 13
  if ((bits & 0x7c00) == 0x7c00) return reinterpret<f32>(sign | 0x7f800000 | rest)
  return reinterpret<f32>(reinterpret<u32>(reinterpret<f32>(rest) * reinterpret<f32>(0x77800000)) | sign)
}

export function toFloat16(x: f64): u16 {
  const sign = <u16>(reinterpret<u64>(x) >> 63) << 15
  if (x != x) return sign | 0x7e00
  const a = Math.abs(x)
  if (a >= 65520) return sign | 0x7c00
  if (a < 6.103515625e-5) return sign | <u16>nearestEven(a * 16777216)
  // a = f · 2^e with f in [1, 2): keep ten bits of f; a carry runs into the exponent, as it should
  const e = <i32>(reinterpret<u64>(a) >> 52) - 1023
  const f = reinterpret<f64>((reinterpret<u64>(a) & 0xfffffffffffff) | 0x3ff0000000000000)
  return sign | <u16>(((e + 15) << 10) + <i32>nearestEven((f - 1) * 1024))
}

// @ts-ignore: decorator
@inline function nearestEven(x: f64): f64 {
  return f64.nearest(x)
}

/**
 * Four float16, sign-extended to 32 bits and shifted left by 13, as float32 times 2^112. Exponents move to the top of the range: there ∞ and NaN are themselves
 * again, and normal numbers need nothing but a bias of ones. A subnormal f · 2^-14 looks like ±(1 + f) · 2^97: twice its distance from the
 * power of two is what it means, and of all others that is no less than the number itself. Nothing on the way is subnormal, which would
 * be slow.
 */
// @ts-ignore: decorator
@inline export function halfBits(four: v128, ones: v128, top: v128): v128 {
  const raised = v128.or(four, ones)
  const apart = f32x4.sub(raised, v128.and(raised, top))
  return i32x4.min_u(raised, f32x4.add(apart, apart))
}

/** Functions of one number, over a run of numbers. Numbered as UNARY in src/backend/wasm/layout.ts. */

import { exp4 } from './exp'
import { gelu4, geluTanh4, log4, sigmoid4, silu4, tanh4 } from './math'

/** out[n] ← f(x[n]). */
export function activate(f: i32, x: usize, out: usize, n: i32): void {
  const whole = n & ~3
  const end = x + (<usize>whole << 2)
  const shift = out - x
  switch (f) {
    case 1: for (; x < end; x += 16) v128.store(x + shift, f32x4.neg(v128.load(x))); break
    case 2: for (; x < end; x += 16) v128.store(x + shift, f32x4.abs(v128.load(x))); break
    case 3: for (; x < end; x += 16) v128.store(x + shift, exp4(v128.load(x))); break
    case 4: for (; x < end; x += 16) v128.store(x + shift, log4(v128.load(x))); break
    case 5: for (; x < end; x += 16) v128.store(x + shift, f32x4.sqrt(v128.load(x))); break
    case 6: for (; x < end; x += 16) v128.store(x + shift, f32x4.div(f32x4.splat(1), f32x4.sqrt(v128.load(x)))); break
    case 7: for (; x < end; x += 16) v128.store(x + shift, tanh4(v128.load(x))); break
    case 8: for (; x < end; x += 16) v128.store(x + shift, sigmoid4(v128.load(x))); break
    case 9: for (; x < end; x += 16) v128.store(x + shift, f32x4.max(v128.load(x), f32x4.splat(0))); break
    case 10: for (; x < end; x += 16) v128.store(x + shift, silu4(v128.load(x))); break
    case 11: for (; x < end; x += 16) v128.store(x + shift, gelu4(v128.load(x))); break
    case 12: for (; x < end; x += 16) v128.store(x + shift, geluTanh4(v128.load(x))); break
    case 13: for (; x < end; x += 16) v128.store(x + shift, f32x4.mul(v128.load(x), v128.load(x))); break
    case 14: for (; x < end; x += 16) v128.store(x + shift, f32x4.div(f32x4.splat(1), v128.load(x))); break
    default: for (; x < end; x += 16) v128.store(x + shift, v128.load(x))
  }
  for (let k = whole; k < n; k++) {
    store<f32>(x + shift, one(f, load<f32>(x)))
    x += 4
  }
}

/** f of one number, by the same lanes, so that the result does not depend on where a number stands. */
export function one(f: i32, x: f32): f32 {
  const v = f32x4.splat(x)
  switch (f) {
    case 1: return -x
    case 2: return Mathf.abs(x)
    case 3: return f32x4.extract_lane(exp4(v), 0)
    case 4: return f32x4.extract_lane(log4(v), 0)
    case 5: return Mathf.sqrt(x)
    case 6: return 1 / Mathf.sqrt(x)
    case 7: return f32x4.extract_lane(tanh4(v), 0)
    case 8: return f32x4.extract_lane(sigmoid4(v), 0)
    case 9: return f32x4.extract_lane(f32x4.max(v, f32x4.splat(0)), 0)
    case 10: return f32x4.extract_lane(silu4(v), 0)
    case 11: return f32x4.extract_lane(gelu4(v), 0)
    case 12: return f32x4.extract_lane(geluTanh4(v), 0)
    case 13: return x * x
    case 14: return 1 / x
    default: return x
  }
}

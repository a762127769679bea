/** Functions of one number, over a run of numbers. Numbered as UNARY in src/backend/wasm/layout.ts. */

import { exp4 } from './exp'
import { gatedRun, geluRun, log4, sigmoid4, tanh4 } from './math'
import { programScratch } from './pool'

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
    case 10:
    case 11:
    case 12: return inPairs(f, x, out, n)
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
    case 10:
    case 11:
    case 12: return pairOne(f, x)
    case 13: return x * x
    case 14: return 1 / x
    default: return x
  }
}

/** SiLU and the two GELUs: eight at a time; what is left goes through a buffer of eight. */
function inPairs(f: i32, x: usize, out: usize, n: i32): void {
  const whole = n & ~7
  runPairs(f, x, out, whole)
  for (let k = whole; k < n; k++) store<f32>(out + (<usize>k << 2), pairOne(f, load<f32>(x + (<usize>k << 2))))
}

function runPairs(f: i32, x: usize, out: usize, n: i32): void {
  if (f == 11) geluRun(x, out, n)
  else if (f == 10) gatedRun(x, out, n, false)
  else gatedRun(x, out, n, true)
}

function pairOne(f: i32, x: f32): f32 {
  v128.store(programScratch, f32x4.splat(x))
  v128.store(programScratch, f32x4.splat(x), 16)
  runPairs(f, programScratch, programScratch, 8)
  return load<f32>(programScratch)
}

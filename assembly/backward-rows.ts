/** Gradients number by number, of normalised rows, of rows looked up by id; and a step of Adam. */

import { total } from './attention'
import { constant } from './constants'
import { exp4 } from './exp'
import { madd } from './generated/tile'
import { gatedSlopeRun, geluSlopeRun, sigmoid4, tanh4 } from './math'
import { driftOf, spreadOf, sumOf } from './normalise'
import { programScratch } from './pool'

/** Numbers of UNARY in src/backend/wasm/layout.ts; the three stand side by side. */
const SILU: i32 = 10
const GELU: i32 = 11
const GELU_TANH: i32 = 12

/** Mirrors SLOPE in src/backend/wasm/layout.ts; all contiguous. */
@unmanaged
export class Slope {
  x: usize; gradient: usize; out: usize
  /** Numbered as UNARY there. */
  f: i32
  count: i32; perTask: i32
}

/** out ← gradient · f′(x) */
export function slopeTask(p: Slope, task: i32): void {
  const from = <usize>task * p.perTask << 2
  const n = min(p.count, (task + 1) * p.perTask) - task * p.perTask
  const x = p.x + from, gradient = p.gradient + from, out = p.out + from
  if (p.f >= SILU && p.f <= GELU_TANH) slopesInPairs(p.f, x, gradient, out, n)
  else slopes(p.f, x, gradient, out, n)
}

function slopes(f: i32, x: usize, gradient: usize, out: usize, n: i32): void {
  const past = <usize>n << 2
  const whole = past & ~15
  for (let at: usize = 0; at < whole; at += 16)
    v128.store(out + at, f32x4.mul(v128.load(gradient + at), slope4(f, v128.load(x + at))))
  for (let at = whole; at < past; at += 4)
    store<f32>(out + at, load<f32>(gradient + at) * f32x4.extract_lane(slope4(f, f32x4.splat(load<f32>(x + at))), 0))
}

function slope4(f: i32, x: v128): v128 {
  const one = f32x4.splat(1)
  switch (f) {
    case 1: return f32x4.splat(-1)
    case 2: return v128.bitselect(x, v128.or(one, v128.and(x, i32x4.splat(0x80000000))), v128.or(f32x4.eq(x, f32x4.splat(0)), f32x4.ne(x, x)))
    case 3: return exp4(x)
    case 4: return f32x4.div(one, x)
    case 5: return f32x4.div(f32x4.splat(0.5), f32x4.sqrt(x))
    case 6: return f32x4.div(f32x4.splat(-0.5), f32x4.mul(x, f32x4.sqrt(x)))
    case 7: {
      const y = tanh4(x)
      return f32x4.sub(one, f32x4.mul(y, y))
    }
    case 8: return f32x4.mul(sigmoid4(x), sigmoid4(f32x4.neg(x)))
    case 9: return v128.bitselect(x, v128.and(one, f32x4.gt(x, f32x4.splat(0))), f32x4.ne(x, x))
    case 13: return f32x4.add(x, x)
    case 14: return f32x4.div(f32x4.splat(-1), f32x4.mul(x, x))
    default: return one
  }
}

/** SiLU and the two GELUs: eight at a time; what is left goes through a buffer, by the same lanes. */
function slopesInPairs(f: i32, x: usize, gradient: usize, out: usize, n: i32): void {
  const whole = n & ~7
  slopePairs(f, x, gradient, out, whole)
  if (whole == n) return
  const done = <usize>whole << 2, left = <usize>(n - whole) << 2
  memory.fill(programScratch, 0, 64)
  memory.copy(programScratch, x + done, left)
  memory.copy(programScratch + 32, gradient + done, left)
  slopePairs(f, programScratch, programScratch + 32, programScratch, 8)
  memory.copy(out + done, programScratch, left)
}

function slopePairs(f: i32, x: usize, gradient: usize, out: usize, n: i32): void {
  if (f == GELU) geluSlopeRun(x, gradient, out, n)
  else gatedSlopeRun(x, gradient, out, n, f == GELU_TANH)
}

/** Mirrors NORM_GRADIENT; all contiguous. */
@unmanaged
export class NormGradient {
  x: usize; weight: usize; gradient: usize; dx: usize
  /** f32 [tasks][2][width]: what each task's rows give to dWeight and dBias. */
  partial: usize
  rows: i32; width: i32; rowsPerTask: i32
  /** 0 layer norm, 1 RMS norm. */
  mode: i32
  eps: f32; offset: f32
}

export function normGradientTask(p: NormGradient, task: i32): void {
  const bytes = <usize>p.width << 2
  const dWeight = p.partial + bytes * 2 * task
  memory.fill(dWeight, 0, bytes * 2)
  for (let r = task * p.rowsPerTask, end = min(p.rows, r + p.rowsPerTask); r < end; r++) {
    const at = bytes * r
    normGradientRow(p, p.x + at, p.gradient + at, p.dx + at, dWeight, dWeight + bytes)
  }
}

/** With x̂ the normalised row and g = gradient · factor: dx = r · (g − mean(g) − x̂ · mean(g·x̂)); RMS norm knows no mean(g). */
function normGradientRow(p: NormGradient, x: usize, g: usize, dx: usize, dWeight: usize, dBias: usize): void {
  const width = p.width
  const n = <f32>width
  let mean: f32 = 0
  if (p.mode == 0) {
    mean = sumOf(x, width) / n
    mean += driftOf(x, width, mean) / n
  }
  const inverse = <f32>1 / Mathf.sqrt(spreadOf(x, width, mean) / n + p.eps)
  const m = f32x4.splat(mean), r = f32x4.splat(inverse)
  let shifts = f32x4.splat(0), alongs = f32x4.splat(0)
  const whole = <usize>(width & ~3) << 2
  const end = <usize>width << 2
  for (let d: usize = 0; d < whole; d += 16) {
    const hat = f32x4.mul(f32x4.sub(v128.load(x + d), m), r)
    const given = v128.load(g + d)
    const y = f32x4.mul(given, factor4(p, d))
    shifts = f32x4.add(shifts, y)
    alongs = f32x4.add(alongs, f32x4.mul(y, hat))
    v128.store(dWeight + d, f32x4.add(v128.load(dWeight + d), f32x4.mul(given, hat)))
    v128.store(dBias + d, f32x4.add(v128.load(dBias + d), given))
  }
  let shift = total(shifts), along = total(alongs)
  for (let d = whole; d < end; d += 4) {
    const hat = (load<f32>(x + d) - mean) * inverse
    const given = load<f32>(g + d)
    const y = given * factor(p, d)
    shift += y
    along += y * hat
    store<f32>(dWeight + d, load<f32>(dWeight + d) + given * hat)
    store<f32>(dBias + d, load<f32>(dBias + d) + given)
  }
  shift = p.mode == 0 ? shift / n : 0
  along /= n
  const s = f32x4.splat(shift), a = f32x4.splat(along)
  for (let d: usize = 0; d < whole; d += 16) {
    const hat = f32x4.mul(f32x4.sub(v128.load(x + d), m), r)
    const y = f32x4.mul(v128.load(g + d), factor4(p, d))
    v128.store(dx + d, f32x4.mul(r, f32x4.sub(f32x4.sub(y, s), f32x4.mul(hat, a))))
  }
  for (let d = whole; d < end; d += 4) {
    const hat = (load<f32>(x + d) - mean) * inverse
    store<f32>(dx + d, inverse * (load<f32>(g + d) * factor(p, d) - shift - hat * along))
  }
}

// @ts-ignore: decorator
@inline function factor4(p: NormGradient, d: usize): v128 {
  if (!p.weight) return f32x4.splat(1)
  const w = v128.load(p.weight + d)
  return p.mode == 1 ? f32x4.add(w, f32x4.splat(p.offset)) : w
}

// @ts-ignore: decorator
@inline function factor(p: NormGradient, d: usize): f32 {
  if (!p.weight) return 1
  const w = load<f32>(p.weight + d)
  return p.mode == 1 ? w + p.offset : w
}

/** Mirrors SCATTER; all contiguous. */
@unmanaged
export class Scatter {
  /** i32[count] */
  ids: usize; gradient: usize; out: usize
  count: i32; rows: i32; width: i32; columnsPerTask: i32
  /** As if out had been 0. */
  fresh: i32
}

/** Task: some columns of all rows. Each row's sum is taken in the order of the ids. */
export function scatterTask(p: Scatter, task: i32): void {
  const from = task * p.columnsPerTask
  const n = min(p.columnsPerTask, p.width - from)
  if (p.fresh) for (let row = 0; row < p.rows; row++) memory.fill(p.out + (<usize>(row * p.width + from) << 2), 0, <usize>n << 2)
  for (let k = 0; k < p.count; k++) {
    const id = load<i32>(p.ids + (<usize>k << 2))
    if (<u32>id >= <u32>p.rows) continue
    const x = p.gradient + (<usize>(k * p.width + from) << 2)
    const y = p.out + (<usize>(id * p.width + from) << 2)
    let c = 0
    for (; c + 4 <= n; c += 4) {
      const at = <usize>c << 2
      v128.store(y + at, f32x4.add(v128.load(y + at), v128.load(x + at)))
    }
    for (; c < n; c++) store<f32>(y + (<usize>c << 2), load<f32>(y + (<usize>c << 2)) + load<f32>(x + (<usize>c << 2)))
  }
}

/** Mirrors ADAM; all contiguous, one size. */
@unmanaged
export class Adam {
  parameter: usize; gradient: usize; m: usize; v: usize; vmax: usize
  count: i32; perTask: i32
  /** What is left of a parameter after decoupled decay; decay added to the gradient; rate / c₁. */
  keep: f32; decay: f32; rate: f32
  /** β and 1 − β; 1 / √c₂. */
  b1: f32; b2: f32; one1: f32; one2: f32; root: f32; eps: f32
}

export function adamTask(p: Adam, task: i32): void {
  const from = task * p.perTask
  const past = min(p.count, from + p.perTask)
  const whole = from + ((past - from) & ~3)
  for (let n = from; n < whole; n += 4) {
    const at = <usize>n << 2
    const x = v128.load(p.parameter + at)
    const g = f32x4.add(v128.load(p.gradient + at), f32x4.mul(x, f32x4.splat(p.decay)))
    const m = f32x4.add(f32x4.mul(v128.load(p.m + at), f32x4.splat(p.b1)), f32x4.mul(g, f32x4.splat(p.one1)))
    const v = f32x4.add(f32x4.mul(v128.load(p.v + at), f32x4.splat(p.b2)), f32x4.mul(f32x4.mul(g, g), f32x4.splat(p.one2)))
    v128.store(p.m + at, m)
    v128.store(p.v + at, v)
    let most = v
    if (p.vmax) {
      most = f32x4.max(v128.load(p.vmax + at), v)
      v128.store(p.vmax + at, most)
    }
    const under = f32x4.add(f32x4.mul(f32x4.sqrt(most), f32x4.splat(p.root)), f32x4.splat(p.eps))
    const step = f32x4.div(f32x4.mul(m, f32x4.splat(p.rate)), under)
    v128.store(p.parameter + at, f32x4.sub(f32x4.mul(x, f32x4.splat(p.keep)), step))
  }
  for (let n = whole; n < past; n++) {
    const at = <usize>n << 2
    const x = load<f32>(p.parameter + at)
    const g = load<f32>(p.gradient + at) + x * p.decay
    const m = load<f32>(p.m + at) * p.b1 + g * p.one1
    const v = load<f32>(p.v + at) * p.b2 + g * g * p.one2
    store<f32>(p.m + at, m)
    store<f32>(p.v + at, v)
    let most = v
    if (p.vmax) {
      most = max(load<f32>(p.vmax + at), v)
      store<f32>(p.vmax + at, most)
    }
    store<f32>(p.parameter + at, x * p.keep - (m * p.rate) / (Mathf.sqrt(most) * p.root + p.eps))
  }
}

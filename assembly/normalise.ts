/** Softmax, layer norm and RMS norm of contiguous rows; sums over axes; rows looked up by id; rotary positions. */

import { expScalar, expShifted } from './exp'
import { constant } from './constants'
import { largest, total } from './attention'
import { INT8, readStored, sizeOfKind } from './stored'

/** Mirrors ROWS in src/backend/wasm/layout.ts. */
@unmanaged
export class Rows {
  x: usize; out: usize
  rows: i32; width: i32; rowsPerTask: i32
  /** Softmax: 0 weights, 1 logarithms. Norms: 0 layer norm, 1 RMS norm. */
  mode: i32
  weight: usize; bias: usize
  eps: f32
  /** RMS norm multiplies by offset + weight. */
  offset: f32
}

export function softmaxTask(p: Rows, task: i32): void {
  for (let r = task * p.rowsPerTask, end = min(p.rows, r + p.rowsPerTask); r < end; r++) {
    const at = <usize>r * p.width << 2
    softmaxRow(p.x + at, p.out + at, p.width, p.mode == 1)
  }
}

/** `out` must not be x. */
function softmaxRow(x: usize, out: usize, n: i32, log: bool): void {
  const bytes = <usize>n << 2
  const whole = <usize>(n & ~7) << 2
  let top = f32x4.splat(-Infinity), crest = top
  for (let d: usize = 0; d < whole; d += 32) {
    top = f32x4.pmax(top, v128.load(x + d))
    crest = f32x4.pmax(crest, v128.load(x + d, 16))
  }
  let m = largest(f32x4.pmax(top, crest))
  for (let d = whole; d < bytes; d += 4) {
    const y = load<f32>(x + d)
    if (y > m) m = y
  }
  if (m == -Infinity) {
    let nan = false
    for (let d: usize = 0; d < bytes; d += 4) if (load<f32>(x + d) != load<f32>(x + d)) nan = true
    const fill: f32 = nan ? NaN : log ? -Infinity : 0
    for (let d: usize = 0; d < bytes; d += 4) store<f32>(out + d, fill)
    return
  }
  let z = exponentialsOf(x, out, whole, m)
  for (let d = whole; d < bytes; d += 4) {
    const e = expScalar(load<f32>(x + d) - m)
    store<f32>(out + d, e)
    z += e
  }
  if (log) {
    const lse = Mathf.log(z)
    const shift = f32x4.splat(m), less = f32x4.splat(lse)
    for (let d: usize = 0; d < whole; d += 32) {
      v128.store(out + d, f32x4.sub(f32x4.sub(v128.load(x + d), shift), less))
      v128.store(out + d, f32x4.sub(f32x4.sub(v128.load(x + d, 16), shift), less), 16)
    }
    for (let d = whole; d < bytes; d += 4) store<f32>(out + d, load<f32>(x + d) - m - lse)
    return
  }
  const inverse = f32x4.splat(<f32>1 / z)
  for (let d: usize = 0; d < whole; d += 32) {
    v128.store(out + d, f32x4.mul(v128.load(out + d), inverse))
    v128.store(out + d, f32x4.mul(v128.load(out + d, 16), inverse), 16)
  }
  for (let d = whole; d < bytes; d += 4) store<f32>(out + d, load<f32>(out + d) / z)
}

/** out ← e^(x − m), two vectors side by side, so that V8 can widen them. → their sum. */
function exponentialsOf(x: usize, out: usize, bytes: usize, m: f32): f32 {
  const k0 = constant(0), k1 = constant(1), k2 = constant(2), k3 = constant(3), k4 = constant(4)
  const k5 = constant(5), k6 = constant(6), k7 = constant(7), k8 = constant(8)
  const shift = f32x4.splat(m)
  let sum = f32x4.splat(0), other = sum
  for (let d: usize = 0; d < bytes; d += 32) {
    const e = expShifted(v128.load(x + d), shift, true, k0, k1, k2, k3, k4, k5, k6, k7, k8)
    const f = expShifted(v128.load(x + d, 16), shift, true, k0, k1, k2, k3, k4, k5, k6, k7, k8)
    v128.store(out + d, e)
    v128.store(out + d, f, 16)
    sum = f32x4.add(sum, e)
    other = f32x4.add(other, f)
  }
  return total(f32x4.add(sum, other))
}

export function normTask(p: Rows, task: i32): void {
  for (let r = task * p.rowsPerTask, end = min(p.rows, r + p.rowsPerTask); r < end; r++) {
    const at = <usize>r * p.width << 2
    if (p.mode == 0) layerNormRow(p, p.x + at, p.out + at)
    else rmsNormRow(p, p.x + at, p.out + at)
  }
}

export function sumOf(x: usize, n: i32): f32 {
  const whole = <usize>(n & ~3) << 2
  let a = f32x4.splat(0), b = f32x4.splat(0)
  let d: usize = 0
  for (; d + 32 <= whole; d += 32) {
    a = f32x4.add(a, v128.load(x + d))
    b = f32x4.add(b, v128.load(x + d, 16))
  }
  if (d < whole) a = f32x4.add(a, v128.load(x + d))
  let sum = total(f32x4.add(a, b))
  for (d = whole; d < <usize>n << 2; d += 4) sum += load<f32>(x + d)
  return sum
}

/** Σ (x − m) */
export function driftOf(x: usize, n: i32, m: f32): f32 {
  const whole = <usize>(n & ~3) << 2
  const shift = f32x4.splat(m)
  let a = f32x4.splat(0)
  for (let d: usize = 0; d < whole; d += 16) a = f32x4.add(a, f32x4.sub(v128.load(x + d), shift))
  let sum = total(a)
  for (let d = whole; d < <usize>n << 2; d += 4) sum += load<f32>(x + d) - m
  return sum
}

/** Σ (x − m)² */
export function spreadOf(x: usize, n: i32, m: f32): f32 {
  const whole = <usize>(n & ~3) << 2
  const shift = f32x4.splat(m)
  let a = f32x4.splat(0), b = f32x4.splat(0)
  let d: usize = 0
  for (; d + 32 <= whole; d += 32) {
    const y = f32x4.sub(v128.load(x + d), shift), z = f32x4.sub(v128.load(x + d, 16), shift)
    a = f32x4.add(a, f32x4.mul(y, y))
    b = f32x4.add(b, f32x4.mul(z, z))
  }
  if (d < whole) {
    const y = f32x4.sub(v128.load(x + d), shift)
    a = f32x4.add(a, f32x4.mul(y, y))
  }
  let sum = total(f32x4.add(a, b))
  for (d = whole; d < <usize>n << 2; d += 4) {
    const y = load<f32>(x + d) - m
    sum += y * y
  }
  return sum
}

function layerNormRow(p: Rows, x: usize, out: usize): void {
  const n = p.width
  // The mean of a row far from 0 is rounded; what it misses is measured and taken out of mean and variance.
  const first = sumOf(x, n) / <f32>n
  const missed = driftOf(x, n, first) / <f32>n
  const m = first + missed
  const left = missed - (m - first)
  const scale = <f32>1 / Mathf.sqrt(max<f32>(0, spreadOf(x, n, m) / <f32>n - left * left) + p.eps)
  const shift = f32x4.splat(m), rest = f32x4.splat(left), factor = f32x4.splat(scale)
  const whole = <usize>(n & ~3) << 2
  for (let d: usize = 0; d < whole; d += 16) {
    let y = f32x4.mul(f32x4.sub(f32x4.sub(v128.load(x + d), shift), rest), factor)
    if (p.weight) y = f32x4.mul(y, v128.load(p.weight + d))
    if (p.bias) y = f32x4.add(y, v128.load(p.bias + d))
    v128.store(out + d, y)
  }
  for (let d = whole; d < <usize>n << 2; d += 4) {
    let y = (load<f32>(x + d) - m - left) * scale
    if (p.weight) y *= load<f32>(p.weight + d)
    if (p.bias) y += load<f32>(p.bias + d)
    store<f32>(out + d, y)
  }
}

function rmsNormRow(p: Rows, x: usize, out: usize): void {
  const n = p.width
  const scale = <f32>1 / Mathf.sqrt(spreadOf(x, n, 0) / <f32>n + p.eps)
  const factor = f32x4.splat(scale), offset = f32x4.splat(p.offset)
  const whole = <usize>(n & ~3) << 2
  for (let d: usize = 0; d < whole; d += 16) {
    let y = f32x4.mul(v128.load(x + d), factor)
    if (p.weight) y = f32x4.mul(y, f32x4.add(offset, v128.load(p.weight + d)))
    v128.store(out + d, y)
  }
  for (let d = whole; d < <usize>n << 2; d += 4) {
    let y = load<f32>(x + d) * scale
    if (p.weight) y *= p.offset + load<f32>(p.weight + d)
    store<f32>(out + d, y)
  }
}

/** Mirrors REDUCE in src/backend/wasm/layout.ts: x seen as [outer][reduced][inner], contiguous; out [outer][inner]. */
@unmanaged
export class Reduce {
  x: usize; out: usize
  outer: i32; reduced: i32; inner: i32
  /** 0 sum · 1 mean · 2 max */
  f: i32
  /** Outer positions of a task; or, with one outer position, inner ones. */
  perTask: i32
}

export function reduceTask(p: Reduce, task: i32): void {
  if (p.outer == 1) {
    const from = task * p.perTask
    reduceColumns(p, p.x + (<usize>from << 2), p.out + (<usize>from << 2), min(p.perTask, p.inner - from))
    return
  }
  for (let o = task * p.perTask, end = min(p.outer, o + p.perTask); o < end; o++) {
    const x = p.x + (<usize>o * p.reduced * p.inner << 2)
    const out = p.out + (<usize>o * p.inner << 2)
    if (p.inner == 1) store<f32>(out, reduceRun(p.f, x, p.reduced))
    else reduceColumns(p, x, out, p.inner)
  }
}

function reduceRun(f: i32, x: usize, n: i32): f32 {
  if (f == 2) {
    let m: f32 = -Infinity
    for (let k = 0; k < n; k++) m = max(m, load<f32>(x + (<usize>k << 2)))
    return m
  }
  // runs of 4096 are summed apart, so that rounding grows with the square root of what it otherwise would
  let sum: f64 = 0
  for (let k = 0; k < n; k += 4096) sum += <f64>sumOf(x + (<usize>k << 2), min(4096, n - k))
  return <f32>(f == 1 ? sum / <f64>n : sum)
}

/** Sums (or maxima) down `n` columns; the rows are `inner` apart. */
function reduceColumns(p: Reduce, x: usize, out: usize, n: i32): void {
  const stride = <usize>p.inner << 2
  const from = p.f == 2 ? f32x4.splat(-Infinity) : f32x4.splat(0)
  const divide = p.f == 1
  const count = f32x4.splat(<f32>p.reduced)
  let c = 0
  // A line of the cache wide: each is fetched once.
  for (; c + 16 <= n; c += 16) {
    let s0 = from, s1 = from, s2 = from, s3 = from
    let at = x + (<usize>c << 2)
    if (p.f == 2) {
      for (let k = 0; k < p.reduced; k++) {
        s0 = f32x4.max(s0, v128.load(at))
        s1 = f32x4.max(s1, v128.load(at, 16))
        s2 = f32x4.max(s2, v128.load(at, 32))
        s3 = f32x4.max(s3, v128.load(at, 48))
        at += stride
      }
    } else {
      for (let k = 0; k < p.reduced; k++) {
        s0 = f32x4.add(s0, v128.load(at))
        s1 = f32x4.add(s1, v128.load(at, 16))
        s2 = f32x4.add(s2, v128.load(at, 32))
        s3 = f32x4.add(s3, v128.load(at, 48))
        at += stride
      }
      if (divide) {
        s0 = f32x4.div(s0, count)
        s1 = f32x4.div(s1, count)
        s2 = f32x4.div(s2, count)
        s3 = f32x4.div(s3, count)
      }
    }
    const to = out + (<usize>c << 2)
    v128.store(to, s0)
    v128.store(to, s1, 16)
    v128.store(to, s2, 32)
    v128.store(to, s3, 48)
  }
  for (; c + 4 <= n; c += 4) {
    let sum = from
    let at = x + (<usize>c << 2)
    for (let k = 0; k < p.reduced; k++) {
      sum = p.f == 2 ? f32x4.max(sum, v128.load(at)) : f32x4.add(sum, v128.load(at))
      at += stride
    }
    v128.store(out + (<usize>c << 2), divide ? f32x4.div(sum, count) : sum)
  }
  for (; c < n; c++) {
    let sum = f32x4.extract_lane(from, 0)
    let at = x + (<usize>c << 2)
    for (let k = 0; k < p.reduced; k++) {
      sum = p.f == 2 ? max(sum, load<f32>(at)) : sum + load<f32>(at)
      at += stride
    }
    store<f32>(out + (<usize>c << 2), divide ? sum / <f32>p.reduced : sum)
  }
}

/** Mirrors GATHER in src/backend/wasm/layout.ts. Strides in bytes. */
@unmanaged
export class Gather {
  table: usize; ids: usize; out: usize
  rows: i32; width: i32; tableRows: i32
  tableRow: usize; tableColumn: usize
  rowsPerTask: i32
  /** Not 0: the table is panels of so many lanes, [⌈rows/lanes⌉][width][lanes], of a stored kind. */
  lanes: i32; kind: i32; scales: usize
}

export function gatherTask(p: Gather, task: i32): void {
  for (let r = task * p.rowsPerTask, end = min(p.rows, r + p.rowsPerTask); r < end; r++) {
    const id = load<i32>(p.ids + (<usize>r << 2))
    const out = p.out + (<usize>r * p.width << 2)
    if (id < 0 || id >= p.tableRows) {
      for (let c = 0; c < p.width; c++) store<f32>(out + (<usize>c << 2), NaN)
      continue
    }
    if (p.lanes) {
      gatherPacked(p, id, out)
      continue
    }
    const from = p.table + <usize>id * p.tableRow
    if (p.tableColumn == 4) memory.copy(out, from, <usize>p.width << 2)
    else for (let c = 0; c < p.width; c++) store<f32>(out + (<usize>c << 2), load<f32>(from + <usize>c * p.tableColumn))
  }
}

function gatherPacked(p: Gather, id: i32, out: usize): void {
  const size = sizeOfKind(p.kind)
  const from = p.table + <usize>(id / p.lanes * p.width * p.lanes + id % p.lanes) * size
  const step = <usize>p.lanes * size
  const scale: f32 = p.kind == INT8 ? load<f32>(p.scales + (<usize>id << 2)) : 1
  for (let c = 0; c < p.width; c++) store<f32>(out + (<usize>c << 2), readStored(p.kind, from + <usize>c * step) * scale)
}

/** Mirrors ROPE in src/backend/wasm/layout.ts: x by strides (bytes), cos and sin [B,L,R] contiguous, out [B,H,L,D] contiguous. */
@unmanaged
export class Rope {
  x: usize; cos: usize; sin: usize; out: usize
  B: i32; H: i32; L: i32; D: i32; R: i32
  xB: usize; xH: usize; xL: usize; xD: usize
  interleaved: i32
  /** Angles of batch entries: 0 when they share one. */
  angleB: usize; angleL: usize
}

/** Task: one head. */
export function ropeTask(p: Rope, task: i32): void {
  const b = task / p.H
  const h = task % p.H
  const step = p.interleaved ? 2 : 1
  const partner = p.interleaved ? p.xD : <usize>p.R * p.xD
  const partnerOut: usize = p.interleaved ? 4 : <usize>p.R << 2
  for (let l = 0; l < p.L; l++) {
    const x = p.x + <usize>b * p.xB + <usize>h * p.xH + <usize>l * p.xL
    const out = p.out + (<usize>(task * p.L + l) * p.D << 2)
    const angles = <usize>b * p.angleB + <usize>l * p.angleL
    for (let r = 0; r < p.R; r++) {
      const at = <usize>(r * step) * p.xD
      const to = out + (<usize>(r * step) << 2)
      const first = load<f32>(x + at), second = load<f32>(x + at + partner)
      const c = load<f32>(p.cos + angles + (<usize>r << 2)), s = load<f32>(p.sin + angles + (<usize>r << 2))
      store<f32>(to, first * c - second * s)
      store<f32>(to + partnerOut, second * c + first * s)
    }
    for (let d = 2 * p.R; d < p.D; d++) store<f32>(out + (<usize>d << 2), load<f32>(x + <usize>d * p.xD))
  }
}

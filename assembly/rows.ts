/**
 * Attention for few queries (decoding: one query, a long cache). K and V are read once, where they lie; packing them would cost
 * more than it saves. The keys are split into chunks of fixed length, so that threads share one head, and the partial results are
 * joined by their lse: the same bits whatever the number of threads.
 */

import {
  applyProgram, Attention, closeRow, closing, dropoutHead, dropRows, exponentials, exponentialsOrZero, firstKey, forbid, offsetOf, pastKey, rowMaximum,
} from './attention'
import { expScalar } from './exp'
import { madd } from './generated/tile'
import { KEYS } from './pack'

/** Bytes of one row's partial result: its maximum, its sum, padding, then Dv numbers rounded up to 16. */
// @ts-ignore: decorator
@inline function partialBytes(p: Attention): usize {
  return 64 + ((<usize>p.Dv * 4 + 63) & ~63)
}

/** Task: one chunk of keys of one key/value head, all rows of all its query heads. Row n stands for query head k·g + n / L, row n mod L. */
export function chunkTask(p: Attention, task: i32, scratch: usize): void {
  const chunk = task % p.chunks
  const head = task / p.chunks
  const b = head / p.K
  const k = head % p.K
  const group = p.H / p.K
  const rows = group * p.L
  const bytes = partialBytes(p)
  const depth = (p.D + 3) & ~3
  const queries = scratch
  const tile = queries + <usize>rows * depth * 4
  const partial = p.partial + <usize>task * rows * bytes

  memory.fill(queries, 0, <usize>rows * depth * 4)
  for (let n = 0; n < rows; n++) {
    const q = p.q + <usize>b * p.qB + <usize>(k * group + n / p.L) * p.qH + <usize>(n % p.L) * p.qL
    const to = queries + <usize>n * depth * 4
    for (let d = 0; d < p.D; d++) store<f32>(to + (<usize>d << 2), load<f32>(q + (<usize>d << 2)) * p.scale)
    const state = partial + <usize>n * bytes
    memory.fill(state, 0, bytes)
    store<f32>(state, -Infinity)
  }

  const offset = offsetOf(p, b)
  const length = load<i32>(p.lengths + (<usize>b << 2))
  const begin = max(chunk * p.chunk, firstKey(p, offset) & ~(KEYS - 1))
  const end = min(min((chunk + 1) * p.chunk, p.S), pastKey(p, offset + p.L - 1, length))
  for (let j0 = begin; j0 < end; j0 += KEYS) {
    const keys = min(KEYS, p.S - j0)
    const width = (keys + 15) & ~15
    const keyRows = p.k + <usize>b * p.kB + <usize>k * p.kK + <usize>j0 * p.kS
    const values = p.v + <usize>b * p.vB + <usize>k * p.vK + <usize>j0 * p.vS
    for (let n = 0; n < rows; n++) dots(queries + <usize>n * depth * 4, keyRows, p.kS, tile + <usize>n * 512, keys, p.D)
    for (let n = 0; n < rows; n++) {
      const h = k * group + n / p.L
      const row = n % p.L
      const s = tile + <usize>n * 512
      if (p.program >= 0) applyProgram(p, s, 1, width, b, h, row + offset, j0)
      const cut = forbid(p, s, 0, width, row + offset, 1, j0, length)
      const state = partial + <usize>n * bytes
      const exact = cut || p.program >= 0
      if (!softmaxOfRow(s, width, state, p.Dv, exact)) continue
      if (p.keep > 0) dropRows(p, s, width, dropoutHead(p.seed, b * p.H + h), row, 1, j0)
      blendRow(s, values, p.vS, state + 64, keys, p.Dv, exact || p.keep > 0)
    }
  }
}

/**
 * s[keys] ← q · k; columns up to the next multiple of 16 become 0. q is padded with 0 to a multiple of 4. Four keys at a time, each from
 * another quarter: memory comes faster when it is read in several places.
 */
export function dots(q: usize, k: usize, stride: usize, s: usize, keys: i32, depth: i32): void {
  const whole = <usize>(depth & ~3) << 2
  const all = <usize>depth << 2
  const quarter = keys >> 2
  const apart = stride * quarter
  const step = <usize>quarter << 2
  let j = 0
  for (; j < quarter; j++) {
    const k1 = k + apart, k2 = k1 + apart, k3 = k2 + apart
    let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), e = f32x4.splat(0)
    let d: usize = 0
    for (; d < whole; d += 16) {
      const x = v128.load(q + d)
      a = madd(x, v128.load(k + d), a)
      b = madd(x, v128.load(k1 + d), b)
      c = madd(x, v128.load(k2 + d), c)
      e = madd(x, v128.load(k3 + d), e)
    }
    for (; d < all; d += 4) {
      const x = v128.load32_zero(q + d)
      a = madd(x, v128.load32_zero(k + d), a)
      b = madd(x, v128.load32_zero(k1 + d), b)
      c = madd(x, v128.load32_zero(k2 + d), c)
      e = madd(x, v128.load32_zero(k3 + d), e)
    }
    const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 2, 6), v128.shuffle<f32>(a, b, 1, 5, 3, 7))
    const ce = f32x4.add(v128.shuffle<f32>(c, e, 0, 4, 2, 6), v128.shuffle<f32>(c, e, 1, 5, 3, 7))
    const sums = f32x4.add(v128.shuffle<f32>(ab, ce, 0, 1, 4, 5), v128.shuffle<f32>(ab, ce, 2, 3, 6, 7))
    const at = s + (<usize>j << 2)
    v128.store_lane<f32>(at, sums, 0)
    v128.store_lane<f32>(at + step, sums, 1)
    v128.store_lane<f32>(at + step * 2, sums, 2)
    v128.store_lane<f32>(at + step * 3, sums, 3)
    k += stride
  }
  k += apart * 3
  j = quarter * 4
  for (; j < keys; j++) {
    let a = f32x4.splat(0)
    let d: usize = 0
    for (; d < whole; d += 16) a = madd(v128.load(q + d), v128.load(k + d), a)
    for (; d < all; d += 4) a = madd(v128.load32_zero(q + d), v128.load32_zero(k + d), a)
    const half = f32x4.add(v128.shuffle<f32>(a, a, 0, 0, 2, 2), v128.shuffle<f32>(a, a, 1, 1, 3, 3))
    store<f32>(s + (<usize>j << 2), f32x4.extract_lane(half, 0) + f32x4.extract_lane(half, 2))
    k += stride
  }
  for (; j & 15; j++) store<f32>(s + (<usize>j << 2), 0)
}

/** As softmaxRow, for a row with its own state; → false if the row sees nothing here. */
function softmaxOfRow(s: usize, width: i32, state: usize, valueWidth: i32, exact: bool): bool {
  const old = load<f32>(state)
  const here = rowMaximum(s, width)
  let m = old
  if (here > old) {
    m = here
    store<f32>(state, m)
    if (old > -Infinity) {
      const shrink = expScalar(old - m)
      store<f32>(state, load<f32>(state, 4) * shrink, 4)
      const o = state + 64
      for (let d = 0; d < valueWidth; d++) store<f32>(o + (<usize>d << 2), load<f32>(o + (<usize>d << 2)) * shrink)
    }
  } else if (here == -Infinity && exact) {
    return false
  }
  if (m == -Infinity && exact) m = 0
  const part = exact ? exponentialsOrZero(s, width, m) : exponentials(s, width, m)
  store<f32>(state, load<f32>(state, 4) + part, 4)
  return true
}

/** o += Σ weight · v over the keys, eight at a time, each from another eighth; with `zeros`, keys of weight 0 are not read. */
function blendRow(s: usize, v: usize, stride: usize, o: usize, keys: i32, width: i32, zeros: bool): void {
  const eighth = keys >> 3
  const step = <usize>eighth << 2
  const apart = stride * eighth
  let j = 0
  for (; j < eighth; j++) {
    const at = s + (<usize>j << 2)
    if (zeros && hasZero(at, step)) {
      for (let n: usize = 0; n < 8; n++) blendKey(load<f32>(at + n * step), v + n * apart, o, width)
    } else {
      blendEight(at, step, v, apart, o, width)
    }
    v += stride
  }
  v += apart * 7
  for (j = eighth * 8; j < keys; j++) {
    blendKey(load<f32>(s + (<usize>j << 2)), v, o, width)
    v += stride
  }
}

/** Is one of eight weights, `step` bytes apart, 0? */
function hasZero(at: usize, step: usize): bool {
  let any = false
  for (let n: usize = 0; n < 8; n++) any = any || load<f32>(at + n * step) == 0
  return any
}

function blendEight(s: usize, step: usize, v: usize, apart: usize, o: usize, width: i32): void {
  const v1 = v + apart, v2 = v1 + apart, v3 = v2 + apart, v4 = v3 + apart, v5 = v4 + apart, v6 = v5 + apart, v7 = v6 + apart
  const s1 = s + step, s2 = s1 + step, s3 = s2 + step, s4 = s3 + step, s5 = s4 + step, s6 = s5 + step, s7 = s6 + step
  const w0 = v128.load32_splat(s), w1 = v128.load32_splat(s1), w2 = v128.load32_splat(s2), w3 = v128.load32_splat(s3)
  const w4 = v128.load32_splat(s4), w5 = v128.load32_splat(s5), w6 = v128.load32_splat(s6), w7 = v128.load32_splat(s7)
  const whole = <usize>(width & ~3) << 2
  const all = <usize>width << 2
  let d: usize = 0
  for (; d < whole; d += 16) {
    let a = madd(w0, v128.load(v + d), v128.load(o + d))
    let b = f32x4.mul(w1, v128.load(v1 + d))
    a = madd(w2, v128.load(v2 + d), a)
    b = madd(w3, v128.load(v3 + d), b)
    a = madd(w4, v128.load(v4 + d), a)
    b = madd(w5, v128.load(v5 + d), b)
    a = madd(w6, v128.load(v6 + d), a)
    b = madd(w7, v128.load(v7 + d), b)
    v128.store(o + d, f32x4.add(a, b))
  }
  for (; d < all; d += 4) {
    let sum = load<f32>(o + d)
    for (let n: usize = 0; n < 8; n++) sum += load<f32>(s + n * step) * load<f32>(v + n * apart + d)
    store<f32>(o + d, sum)
  }
}

function blendKey(weight: f32, v: usize, o: usize, width: i32): void {
  if (weight == 0) return
  const w = f32x4.splat(weight)
  const whole = <usize>(width & ~3) << 2
  const all = <usize>width << 2
  let d: usize = 0
  for (; d < whole; d += 16) v128.store(o + d, madd(w, v128.load(v + d), v128.load(o + d)))
  for (; d < all; d += 4) store<f32>(o + d, load<f32>(o + d) + weight * load<f32>(v + d))
}

/** Task: joins the chunks of one key/value head and writes its rows: O = Σ e^(mᶜ − m) Oᶜ / Σ e^(mᶜ − m) zᶜ. */
export function joinTask(p: Attention, task: i32): void {
  const b = task / p.K
  const k = task % p.K
  const group = p.H / p.K
  const rows = group * p.L
  const bytes = partialBytes(p)
  const chunkBytes = <usize>rows * bytes
  const first = p.partial + <usize>task * p.chunks * chunkBytes
  for (let n = 0; n < rows; n++) {
    const state = first + <usize>n * bytes
    for (let c = 1; c < p.chunks; c++) joinInto(state, state + chunkBytes * c, p.Dv)
    const h = k * group + n / p.L
    const row = n % p.L
    store<f32>(p.lse + (<usize>((b * p.H + h) * p.L + row) << 2), closeRow(p, h, load<f32>(state), load<f32>(state, 4)))
    const out = p.out + <usize>b * p.oB + <usize>h * p.oH + <usize>row * p.oL
    for (let d = 0; d < p.Dv; d++) store<f32>(out + (<usize>d << 2), load<f32>(state + 64 + (<usize>d << 2)) * closing)
  }
}

function joinInto(state: usize, other: usize, width: i32): void {
  const m = load<f32>(state), mOther = load<f32>(other)
  const z = load<f32>(state, 4), zOther = load<f32>(other, 4)
  const top = max(m, mOther)
  if (top == -Infinity) {
    store<f32>(state, z + zOther, 4)
    return
  }
  const a: f32 = m == -Infinity ? 0 : expScalar(m - top)
  const c: f32 = mOther == -Infinity ? 0 : expScalar(mOther - top)
  store<f32>(state, top)
  store<f32>(state, z * a + zOther * c, 4)
  for (let d: usize = 64; d < 64 + (<usize>width << 2); d += 4) store<f32>(state + d, load<f32>(state + d) * a + load<f32>(other + d) * c)
}

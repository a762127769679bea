/** Packing: K and V, or a weight matrix, laid out as the register tiles read them. Paid once a tile of keys, not once a query. */

import { NR } from './generated/tile'

/** Rows of a register tile. */
export const MR: i32 = 6
/** Keys of a block. */
export const KEYS: i32 = 128

/**
 * [rows][depth] → panels [⌈rows/NR⌉][depth][NR]: the rows become lanes. `stride` is in bytes, elements of a row are adjacent.
 * Missing rows of the last panel are 0.
 */
export function packLanes(source: usize, stride: usize, out: usize, rows: i32, depth: i32): void {
  for (let row = 0; row < rows; row += NR) {
    const here = min(NR, rows - row)
    let lane = 0
    for (; lane + 4 <= here; lane += 4) {
      transposeFour(source + <usize>(row + lane) * stride, stride, out + (<usize>lane << 2), depth)
    }
    for (; lane < here; lane++) {
      const from = source + <usize>(row + lane) * stride
      for (let d = 0; d < depth; d++) store<f32>(out + (<usize>(d * NR + lane) << 2), load<f32>(from + (<usize>d << 2)))
    }
    for (; lane < NR; lane++) for (let d = 0; d < depth; d++) store<f32>(out + (<usize>(d * NR + lane) << 2), 0)
    out += (<usize>depth * NR) << 2
  }
}

/** Four rows → four adjacent lanes of [depth][NR]. */
function transposeFour(source: usize, stride: usize, out: usize, depth: i32): void {
  const r1 = source + stride, r2 = r1 + stride, r3 = r2 + stride
  const whole = depth & ~3
  for (let d = 0; d < whole; d += 4) {
    const at = <usize>d << 2
    const a = v128.load(source + at), b = v128.load(r1 + at), c = v128.load(r2 + at), e = v128.load(r3 + at)
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const ce = v128.shuffle<f32>(c, e, 0, 4, 1, 5), CE = v128.shuffle<f32>(c, e, 2, 6, 3, 7)
    v128.store(out, v128.shuffle<f32>(ab, ce, 0, 1, 4, 5))
    v128.store(out, v128.shuffle<f32>(ab, ce, 2, 3, 6, 7), NR * 4)
    v128.store(out, v128.shuffle<f32>(AB, CE, 0, 1, 4, 5), NR * 8)
    v128.store(out, v128.shuffle<f32>(AB, CE, 2, 3, 6, 7), NR * 12)
    out += NR * 16
  }
  for (let d = whole; d < depth; d++) {
    const at = <usize>d << 2
    store<f32>(out, load<f32>(source + at))
    store<f32>(out, load<f32>(r1 + at), 4)
    store<f32>(out, load<f32>(r2 + at), 8)
    store<f32>(out, load<f32>(r3 + at), 12)
    out += NR * 4
  }
}

/** Panels that `packColumns` fills together. */
const SIDE_BY_SIDE: usize = 4

/** Copies a panel's width of numbers. → 0 in each lane, NaN where one is not finite. */
// @ts-ignore: decorator
@inline function copyRun(from: usize, to: usize): v128 {
  const zero = f32x4.splat(0)
  let seen = zero
  for (let n: usize = 0; n < <usize>NR * 4; n += 16) {
    const x = v128.load(from + n)
    seen = f32x4.add(seen, f32x4.mul(x, zero))
    v128.store(to + n, x)
  }
  return seen
}

/**
 * [rows][width] → panels [⌈width/NR⌉][height][NR]: the columns become lanes. Rows from `rows` to `filled` and missing columns are 0.
 * → whether every number was finite (a NaN or ∞ that only 0 weights meet must not be multiplied).
 */
export function packColumns(source: usize, stride: usize, out: usize, rows: i32, filled: i32, height: i32, width: i32): bool {
  const zero = f32x4.splat(0)
  const panel = <usize>height * NR * 4
  let seen = zero
  for (let column = 0, here = 0; column < width; column += here) {
    // Several panels in one walk down the rows: less of each row is fetched in vain, and fewer pages are met at a time.
    const several = width - column >= <i32>SIDE_BY_SIDE * NR
    here = several ? <i32>SIDE_BY_SIDE * NR : min(NR, width - column)
    let to = out
    let from = source + (<usize>column << 2)
    for (let row = 0; row < rows; row++) {
      if (several) {
        for (let n: usize = 0; n < SIDE_BY_SIDE; n++) seen = f32x4.add(seen, copyRun(from + n * NR * 4, to + n * panel))
      } else if (here == NR) {
        seen = f32x4.add(seen, copyRun(from, to))
      } else {
        for (let n = 0; n < NR; n++) {
          const x = n < here ? load<f32>(from + (<usize>n << 2)) : 0
          seen = f32x4.add(seen, f32x4.splat(x * 0))
          store<f32>(to + (<usize>n << 2), x)
        }
      }
      to += NR * 4
      from += stride
    }
    const panels: usize = several ? SIDE_BY_SIDE : 1
    if (filled > rows) for (let n: usize = 0; n < panels; n++) memory.fill(to + n * panel, 0, <usize>(filled - rows) * NR * 4)
    out += panel * panels
  }
  return !v128.any_true(f32x4.ne(seen, seen))
}

/** `rows` ≤ tile rows of [rows][depth] → [depth][tile], times `scale`; missing rows are 0. */
export function packRows(source: usize, stride: usize, out: usize, rows: i32, tile: i32, depth: i32, scale: f32): void {
  if (rows == 6 && tile == 6) packSixRows(source, stride, out, depth, scale)
  else if (rows >= 4) {
    packFourRows(source, stride, out, tile, depth, scale)
    for (let r = 4; r < tile; r++) packOneRow(source + <usize>r * stride, out + (<usize>r << 2), r < rows, tile, depth, scale)
  } else {
    for (let r = 0; r < tile; r++) packOneRow(source + <usize>r * stride, out + (<usize>r << 2), r < rows, tile, depth, scale)
  }
}

/** A whole tile of the widest kind: four depths of it are 24 numbers side by side. */
function packSixRows(source: usize, stride: usize, out: usize, depth: i32, scale: f32): void {
  const r1 = source + stride, r2 = r1 + stride, r3 = r2 + stride, r4 = r3 + stride, r5 = r4 + stride
  const s = f32x4.splat(scale)
  const whole = <usize>(depth & ~3) << 2
  for (let at: usize = 0; at < whole; at += 16) {
    const a = f32x4.mul(v128.load(source + at), s), b = f32x4.mul(v128.load(r1 + at), s)
    const c = f32x4.mul(v128.load(r2 + at), s), d = f32x4.mul(v128.load(r3 + at), s)
    const e = f32x4.mul(v128.load(r4 + at), s), f = f32x4.mul(v128.load(r5 + at), s)
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
    const ef = v128.shuffle<f32>(e, f, 0, 4, 1, 5), EF = v128.shuffle<f32>(e, f, 2, 6, 3, 7)
    v128.store(out, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5))
    v128.store(out, v128.shuffle<f32>(ef, ab, 0, 1, 6, 7), 16)
    v128.store(out, v128.shuffle<f32>(cd, ef, 2, 3, 6, 7), 32)
    v128.store(out, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5), 48)
    v128.store(out, v128.shuffle<f32>(EF, AB, 0, 1, 6, 7), 64)
    v128.store(out, v128.shuffle<f32>(CD, EF, 2, 3, 6, 7), 80)
    out += 96
  }
  for (let at = whole; at < <usize>depth << 2; at += 4) {
    store<f32>(out, load<f32>(source + at) * scale)
    store<f32>(out, load<f32>(r1 + at) * scale, 4)
    store<f32>(out, load<f32>(r2 + at) * scale, 8)
    store<f32>(out, load<f32>(r3 + at) * scale, 12)
    store<f32>(out, load<f32>(r4 + at) * scale, 16)
    store<f32>(out, load<f32>(r5 + at) * scale, 20)
    out += 24
  }
}

function packFourRows(source: usize, stride: usize, out: usize, tile: i32, depth: i32, scale: f32): void {
  const r1 = source + stride, r2 = r1 + stride, r3 = r2 + stride
  const step = <usize>tile << 2
  const s = f32x4.splat(scale)
  const whole = depth & ~3
  for (let d = 0; d < whole; d += 4) {
    const at = <usize>d << 2
    const a = f32x4.mul(v128.load(source + at), s), b = f32x4.mul(v128.load(r1 + at), s)
    const c = f32x4.mul(v128.load(r2 + at), s), e = f32x4.mul(v128.load(r3 + at), s)
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
    const ce = v128.shuffle<f32>(c, e, 0, 4, 1, 5), CE = v128.shuffle<f32>(c, e, 2, 6, 3, 7)
    v128.store(out, v128.shuffle<f32>(ab, ce, 0, 1, 4, 5))
    v128.store(out + step, v128.shuffle<f32>(ab, ce, 2, 3, 6, 7))
    v128.store(out + step * 2, v128.shuffle<f32>(AB, CE, 0, 1, 4, 5))
    v128.store(out + step * 3, v128.shuffle<f32>(AB, CE, 2, 3, 6, 7))
    out += step * 4
  }
  for (let d = whole; d < depth; d++) {
    const at = <usize>d << 2
    store<f32>(out, load<f32>(source + at) * scale)
    store<f32>(out, load<f32>(r1 + at) * scale, 4)
    store<f32>(out, load<f32>(r2 + at) * scale, 8)
    store<f32>(out, load<f32>(r3 + at) * scale, 12)
    out += step
  }
}

function packOneRow(source: usize, out: usize, real: bool, tile: i32, depth: i32, scale: f32): void {
  const step = <usize>tile << 2
  for (let d = 0; d < depth; d++) {
    store<f32>(out, real ? load<f32>(source + (<usize>d << 2)) * scale : 0)
    out += step
  }
}

/** As `packRows`, of a matrix that lies transposed: [depth][rows] with `stride` bytes from one depth to the next. `rows` ≤ 8. */
export function packAcross(source: usize, stride: usize, out: usize, rows: i32, depth: i32, scale: f32): void {
  const s = f32x4.splat(scale)
  const step = <usize>rows << 2
  if (rows == 6) {
    for (let d = 0; d < depth; d++) {
      v128.store(out, f32x4.mul(v128.load(source), s))
      v128.store64_lane(out, f32x4.mul(v128.load64_zero(source, 16), s), 0, 16)
      source += stride
      out += step
    }
  } else if (rows == 4) {
    for (let d = 0; d < depth; d++) {
      v128.store(out, f32x4.mul(v128.load(source), s))
      source += stride
      out += step
    }
  } else {
    for (let d = 0; d < depth; d++) {
      for (let r: usize = 0; r < step; r += 4) store<f32>(out + r, load<f32>(source + r) * scale)
      source += stride
      out += step
    }
  }
}

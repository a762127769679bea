/**
 * Any tile of the attention matrix, on demand: scores are made again from Q and K, changed as attention changes them, and
 * normalised by each row's lse. Nothing larger than the tile that was asked for is held.
 */

import { applyProgram, Attention, closeRow, closing, exponentialsOrZero, firstKey, forbid, offsetOf, pastKey, rowMaximum } from './attention'
import { constant } from './constants'
import { expScalar, expShifted } from './exp'
import { NR, scores6 } from './generated/tile'
import { KEYS, MR, packLanes, packRows } from './pack'

/** Mirrors WEIGHTS in src/backend/wasm/layout.ts. */
@unmanaged
export class Weights {
  attention: usize
  /** i32[heads] */
  heads: usize; headCount: i32
  row0: i32; row1: i32; col0: i32; col1: i32
  /** 0 scaled · 1 capped · 2 masked · 3 weights */
  stage: i32
  /** f32 [B,H,L] or 0; strides in bytes. */
  lse: usize; lseB: usize; lseH: usize; lseL: usize
  /** f32 [B, heads, rows, cols] */
  out: usize
  /** Rows of a task. */
  rowsPerTask: i32
}

/** Task: some rows of one head. */
export function weightsTask(w: Weights, task: i32, scratch: usize): void {
  const p = changetype<Attention>(w.attention)
  const rows = w.row1 - w.row0
  const perHead = (rows + w.rowsPerTask - 1) / w.rowsPerTask
  const ordinal = task / perHead
  const b = ordinal / w.headCount
  const h = load<i32>(w.heads + (<usize>(ordinal % w.headCount) << 2))
  const from = w.row0 + (task % perHead) * w.rowsPerTask
  const past = min(w.row1, from + w.rowsPerTask)
  const cols = w.col1 - w.col0
  const out = w.out + (<usize>(ordinal * rows + from - w.row0) * cols << 2)

  const tile = scratch
  // Per row: what is taken from its scores, and what its exponentials are multiplied by.
  const shifts = tile + <usize>MR * KEYS * 4
  const factors = shifts + ((<usize>w.rowsPerTask * 4 + 63) & ~63)
  const rest = factors + ((<usize>w.rowsPerTask * 4 + 63) & ~63)
  if (w.stage == 3) {
    if (w.lse) takeRows(w, b, h, from, past, shifts, factors)
    else sumRows(p, b, h, from, past, shifts, factors, tile, rest)
  }
  for (let j0 = w.col0; j0 < w.col1; j0 += KEYS) {
    const keys = min(KEYS, w.col1 - j0)
    const k = p.k + <usize>b * p.kB + <usize>(h / (p.H / p.K)) * p.kK + <usize>j0 * p.kS
    const queries = rest + <usize>p.D * KEYS * 4
    packLanes(k, p.kS, rest, keys, p.D)
    for (let r = from; r < past; r += MR) {
      const here = min(MR, past - r)
      const q = p.q + <usize>b * p.qB + <usize>h * p.qH + <usize>r * p.qL
      scoreRows(p, q, here, keys, tile, rest, queries)
      changeRows(p, b, h, r, here, j0, keys, w.stage, tile)
      for (let n = 0; n < here; n++) {
        const s = tile + <usize>n * 512
        if (w.stage == 3) {
          const at = <usize>(r + n - from) << 2
          normalise(s, keys, load<f32>(shifts + at), load<f32>(factors + at))
        }
        memory.copy(out + (<usize>((r + n - from) * cols + j0 - w.col0) << 2), s, <usize>keys << 2)
      }
    }
  }
}

/** Scaled scores of `here` rows against packed keys. A cell's bits are the same in whatever tile it is asked for. */
function scoreRows(p: Attention, q: usize, here: i32, keys: i32, tile: usize, packed: usize, queries: usize): void {
  packRows(q, p.qL, queries, here, MR, p.D, p.scale)
  scores6(queries, packed, tile, p.D, (keys + NR - 1) / NR)
}

/** Softcap, program and band, as far as the stage goes. */
function changeRows(p: Attention, b: i32, h: i32, row: i32, rows: i32, j0: i32, keys: i32, stage: i32, tile: usize): void {
  if (stage == 0) return
  const i = row + offsetOf(p, b)
  const width = (keys + 15) & ~15
  if (p.program >= 0) applyProgram(p, tile, rows, width, b, h, i, j0)
  if (stage >= 2) forbid(p, tile, 0, width, i, rows, j0, load<i32>(p.lengths + (<usize>b << 2)))
}

/** Rows whose lse is known: e^(s − lse). */
function takeRows(w: Weights, b: i32, h: i32, from: i32, past: i32, shifts: usize, factors: usize): void {
  const lse = w.lse + <usize>b * w.lseB + <usize>h * w.lseH
  for (let r = from; r < past; r++) {
    const at = <usize>(r - from) << 2
    store<f32>(shifts + at, load<f32>(lse + <usize>r * w.lseL))
    store<f32>(factors + at, 1)
  }
}

/** e^(s − shift) · factor; a row that saw nothing (its shift is −∞) gives 0. */
function normalise(s: usize, keys: i32, shift: f32, factor: f32): void {
  if (shift == -Infinity) {
    memory.fill(s, 0, <usize>keys << 2)
    return
  }
  const k0 = constant(0), k1 = constant(1), k2 = constant(2), k3 = constant(3), k4 = constant(4)
  const k5 = constant(5), k6 = constant(6), k7 = constant(7), k8 = constant(8)
  const m = f32x4.splat(shift), f = f32x4.splat(factor)
  for (let at = s, end = s + ((<usize>keys + 3 & ~3) << 2); at < end; at += 16) {
    v128.store(at, f32x4.mul(expShifted(v128.load(at), m, true, k0, k1, k2, k3, k4, k5, k6, k7, k8), f))
  }
}

/** Maximum and 1/Σ of rows [from, past): one pass over all keys that the band allows, with nothing blended. */
function sumRows(p: Attention, b: i32, h: i32, from: i32, past: i32, shifts: usize, factors: usize, tile: usize, scratch: usize): void {
  const rows = past - from
  const packed = scratch
  const queries = packed + <usize>p.D * KEYS * 4
  for (let r = 0; r < rows; r++) {
    store<f32>(shifts + (<usize>r << 2), -Infinity)
    store<f32>(factors + (<usize>r << 2), 0)
  }
  const offset = offsetOf(p, b)
  const length = load<i32>(p.lengths + (<usize>b << 2))
  const end = pastKey(p, past - 1 + offset, length)
  for (let j0 = firstKey(p, from + offset) & ~(KEYS - 1); j0 < end; j0 += KEYS) {
    const keys = min(KEYS, p.S - j0)
    const k = p.k + <usize>b * p.kB + <usize>(h / (p.H / p.K)) * p.kK + <usize>j0 * p.kS
    packLanes(k, p.kS, packed, keys, p.D)
    for (let r = from; r < past; r += MR) {
      const here = min(MR, past - r)
      const q = p.q + <usize>b * p.qB + <usize>h * p.qH + <usize>r * p.qL
      scoreRows(p, q, here, keys, tile, packed, queries)
      changeRows(p, b, h, r, here, j0, keys, 2, tile)
      for (let n = 0; n < here; n++) addRow(tile + <usize>n * 512, keys, shifts + (<usize>(r - from + n) << 2), factors + (<usize>(r - from + n) << 2))
    }
  }
  for (let r = 0; r < rows; r++) {
    const at = <usize>r << 2
    const lse = closeRow(p, h, load<f32>(shifts + at), load<f32>(factors + at))
    // With a sink above the maximum, `closing` belongs to the maximum all the same.
    if (lse == -Infinity) store<f32>(shifts + at, lse)
    store<f32>(factors + at, closing)
  }
}

function addRow(s: usize, keys: i32, maximum: usize, sum: usize): void {
  const width = (keys + 15) & ~15
  for (let c = keys; c < width; c++) store<f32>(s + (<usize>c << 2), -Infinity)
  const old = load<f32>(maximum)
  const here = rowMaximum(s, width)
  const m = max(old, here)
  if (m == -Infinity) return
  if (m > old) {
    store<f32>(maximum, m)
    if (old > -Infinity) store<f32>(sum, load<f32>(sum) * expScalar(old - m))
  }
  store<f32>(sum, load<f32>(sum) + exponentialsOrZero(s, width, m))
}

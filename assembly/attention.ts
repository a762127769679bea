/**
 * Attention without the n×n matrix, for any number of queries: blocks of 96 query rows (16 groups of 6) meet blocks of 128 keys;
 * a 6×128 tile of scores is made, changed, exponentiated and blended while it is in the first-level cache (FlashAttention-2's order).
 */

import { constant } from './constants'
import { expScalar, expShifted } from './exp'
import { blend6, madd, NR, scores6 } from './generated/tile'
import { KEYS, MR, packColumns, packLanes, packRows } from './pack'
import { programScratch } from './pool'

/** Query rows of a block. */
export const ROWS: i32 = 96
const GROUPS: i32 = 16
/** How far a row's maximum may rise before what was blended is rescaled: e^8 loses no accuracy in float32. */
const SLACK: f32 = 8

/** Mirrors ATTENTION in src/backend/wasm/layout.ts, field by field, four bytes each. Addresses and strides are in bytes. */
@unmanaged
export class Attention {
  q: usize; k: usize; v: usize; out: usize; lse: usize
  B: i32; H: i32; K: i32; L: i32; S: i32; D: i32; Dv: i32
  scale: f32
  qB: usize; qH: usize; qL: usize
  kB: usize; kK: usize; kS: usize
  vB: usize; vK: usize; vS: usize
  oB: usize; oH: usize; oL: usize
  /** Bounds of the band; 0x3fffffff is open. */
  left: i32; right: i32
  /** i32[B]: i = row + offset; keys that are real. */
  offsets: usize; lengths: usize
  /** f32[H] or 0. */
  sinks: usize
  /** Table slot of the compiled program, or −1; what it reads; its constants. */
  program: i32; tables: usize; pool: usize
  /** Does it change scores (so it must run on every tile), or only forbid links? */
  changes: i32
  /** Classes of blocks, u8 [rowBlocks][keyBlocks] per head (0 empty, 1 partial, 2 full), or 0; strides over b and h. */
  classes: usize; classB: usize; classH: usize
  rowBlocks: i32; keyBlocks: i32
  /** K and V packed for all heads, or 0: each task packs its own. */
  packedK: usize; packedV: usize
  /** u8 [B·K][keyBlocks]: the block's V holds a NaN or ∞. */
  unclean: usize
  /** Dropout: weights whose hash falls below `drop` are dropped, the others scaled by `keep`; off when keep is 0. */
  drop: u32; seed: u32; keep: f32
  /** Of the few-rows path: keys of a chunk, number of chunks, where partial results go. */
  chunk: i32; chunks: i32; partial: usize
}

// @ts-ignore: decorator
@inline export function offsetOf(p: Attention, b: i32): i32 {
  return load<i32>(p.offsets + (<usize>b << 2))
}

/** The first key that row i may see, and one past the last. */
// @ts-ignore: decorator
@inline export function firstKey(p: Attention, i: i32): i32 {
  return max(0, i - p.left)
}

// @ts-ignore: decorator
@inline export function pastKey(p: Attention, i: i32, length: i32): i32 {
  return min(i + p.right + 1, length)
}

// @ts-ignore: decorator
@inline function panelsOf(width: i32): i32 {
  return (width + NR - 1) / NR
}

/** Bytes of packed K, and of packed V, for one block of keys. */
// @ts-ignore: decorator
@inline function blockK(p: Attention): usize {
  return <usize>p.D * KEYS * 4
}

// @ts-ignore: decorator
@inline function blockV(p: Attention): usize {
  return <usize>panelsOf(p.Dv) * NR * KEYS * 4
}

/** Packs one block of keys of head (b, k); → whether its values are all finite. */
function packBlock(p: Attention, b: i32, k: i32, block: i32, outK: usize, outV: usize): bool {
  const j0 = block * KEYS
  const keys = min(KEYS, p.S - j0)
  const filled = (keys + 15) & ~15
  packLanes(p.k + <usize>b * p.kB + <usize>k * p.kK + <usize>j0 * p.kS, p.kS, outK, keys, p.D)
  if (panelsOf(keys) * NR < filled) memory.fill(outK + <usize>(filled - NR) * p.D * 4, 0, <usize>NR * p.D * 4)
  return packColumns(p.v + <usize>b * p.vB + <usize>k * p.vK + <usize>j0 * p.vS, p.vS, outV, keys, filled, KEYS, p.Dv)
}

/** Task of the packing job: one block of keys of one key/value head. */
export function packTask(p: Attention, task: i32): void {
  const head = task / p.keyBlocks
  const block = task % p.keyBlocks
  const clean = packBlock(p, head / p.K, head % p.K, block, p.packedK + <usize>task * blockK(p), p.packedV + <usize>task * blockV(p))
  store<u8>(p.unclean + <usize>task, clean ? 0 : 1)
}

/** Task when K and V were packed before: one block of rows of one query head; later rows first, since causal ones cost most. */
export function forwardTask(p: Attention, task: i32, scratch: usize): void {
  const head = task / p.rowBlocks
  const b = head / p.H
  const h = head % p.H
  const kv = b * p.K + h / (p.H / p.K)
  const first = <usize>kv * p.keyBlocks
  forwardBlock(
    p, b, h, p.rowBlocks - 1 - (task % p.rowBlocks), p.packedK + first * blockK(p), p.packedV + first * blockV(p), p.unclean + first, scratch,
  )
}

/** Task for short sequences: one key/value head, packed into this thread's scratch, with all its query heads. */
export function headTask(p: Attention, task: i32, scratch: usize): void {
  const b = task / p.K
  const k = task % p.K
  const packedK = scratch
  const packedV = packedK + blockK(p) * p.keyBlocks
  const unclean = packedV + blockV(p) * p.keyBlocks
  const rest = (unclean + <usize>p.keyBlocks + 63) & ~63
  for (let block = 0; block < p.keyBlocks; block++) {
    const clean = packBlock(p, b, k, block, packedK + blockK(p) * block, packedV + blockV(p) * block)
    store<u8>(unclean + <usize>block, clean ? 0 : 1)
  }
  const group = p.H / p.K
  for (let g = 0; g < group; g++) {
    for (let block = 0; block < p.rowBlocks; block++) forwardBlock(p, b, k * group + g, block, packedK, packedV, unclean, rest)
  }
}

function forwardBlock(p: Attention, b: i32, h: i32, rowBlock: i32, packedK: usize, packedV: usize, unclean: usize, scratch: usize): void {
  const r0 = rowBlock * ROWS
  const rows = min(ROWS, p.L - r0)
  const groups = (rows + MR - 1) / MR
  const vPanels = panelsOf(p.Dv)
  const queryBytes = <usize>p.D * MR * 4
  const outBytes = <usize>vPanels * NR * MR * 4

  const tile = scratch
  const maxima = tile + <usize>MR * KEYS * 4
  const sums = maxima + <usize>ROWS * 4
  const queries = sums + <usize>ROWS * 4
  const blended = queries + queryBytes * GROUPS

  const q = p.q + <usize>b * p.qB + <usize>h * p.qH + <usize>r0 * p.qL
  for (let g = 0; g < groups; g++) {
    packRows(q + <usize>(g * MR) * p.qL, p.qL, queries + queryBytes * g, min(MR, rows - g * MR), MR, p.D, p.scale)
  }
  memory.fill(blended, 0, outBytes * groups)
  for (let r = 0; r < ROWS; r++) {
    store<f32>(maxima + (<usize>r << 2), -Infinity)
    store<f32>(sums + (<usize>r << 2), 0)
  }

  const i0 = r0 + offsetOf(p, b)
  const length = load<i32>(p.lengths + (<usize>b << 2))
  const firstBlock = firstKey(p, i0) / KEYS
  const pastBlock = (max(0, pastKey(p, i0 + rows - 1, length)) + KEYS - 1) / KEYS
  const classes = p.classes ? p.classes + <usize>b * p.classB + <usize>h * p.classH + <usize>rowBlock * p.keyBlocks : 0
  const rowKeyed = p.keep > 0 ? dropoutHead(p.seed, b * p.H + h) : 0

  for (let block = firstBlock; block < pastBlock; block++) {
    const kind = classes ? load<u8>(classes + <usize>block) : 2
    if (kind == 0) continue
    const j0 = block * KEYS
    const keysK = packedK + blockK(p) * block
    const keysV = packedV + blockV(p) * block
    const asks = p.program >= 0 && (p.changes || kind == 1)
    for (let g = 0; g < groups; g++) {
      const row = i0 + g * MR
      const last = min(row + MR, i0 + rows) - 1
      const from = max(0, firstKey(p, row) - j0) & ~15
      const to = min(KEYS, (pastKey(p, last, length) - j0 + 15) & ~15)
      if (from >= to) continue
      const width = to - from
      const s = tile + (<usize>from << 2)
      scores6(queries + queryBytes * g, keysK + <usize>from * p.D * 4, s, p.D, width / NR)
      if (asks) applyProgram(p, s, MR, width, b, h, row, j0 + from)
      const cut = forbid(p, tile, from, to, row, MR, j0, length)
      const o = blended + outBytes * g
      for (let r = 0; r < MR; r++) {
        const at = <usize>(g * MR + r) << 2
        softmaxRow(s + <usize>r * 512, width, maxima + at, sums + at, o + <usize>r * NR * 4, vPanels, asks || cut)
      }
      if (p.keep > 0) dropRows(p, s, width, rowKeyed, r0 + g * MR, MR, j0 + from)
      const values = keysV + <usize>from * NR * 4
      if (load<u8>(unclean + <usize>block)) blendWhereSeen(s, values, o, width, vPanels)
      else blend6(s, values, o, width, vPanels)
    }
  }
  finish(p, b, h, r0, rows, maxima, sums, blended, vPanels)
}

/**
 * Runs the compiled program on a tile: changes its scores, and forbids links by −∞. `row` and `j0` are absolute positions.
 * The call's shape is the contract with src/backend/wasm/program.
 */
// @ts-ignore: decorator
@inline export function applyProgram(p: Attention, s: usize, rows: i32, width: i32, b: i32, h: i32, row: i32, j0: i32): void {
  call_indirect<void>(p.program, s, 512, rows, width, b, h, row, j0, p.tables, p.pool, programScratch)
}

/** −∞ outside each row's band; → whether anything was forbidden. */
export function forbid(p: Attention, tile: usize, from: i32, to: i32, row: i32, rows: i32, j0: i32, length: i32): bool {
  let any = false
  for (let r = 0; r < rows; r++) {
    const at = tile + <usize>r * 512
    const first = min(to, firstKey(p, row + r) - j0)
    const past = max(from, pastKey(p, row + r, length) - j0)
    if (first > from || past < to) any = true
    for (let c = from; c < first; c++) store<f32>(at + (<usize>c << 2), -Infinity)
    for (let c = past; c < to; c++) store<f32>(at + (<usize>c << 2), -Infinity)
  }
  return any
}

// @ts-ignore: decorator
@inline export function largest(x: v128): f32 {
  const half = f32x4.pmax(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1))
  return f32x4.extract_lane(f32x4.pmax(half, v128.shuffle<f32>(half, half, 1, 0, 3, 2)), 0)
}

// @ts-ignore: decorator
@inline export function total(x: v128): f32 {
  const half = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1))
  return f32x4.extract_lane(half, 0) + f32x4.extract_lane(half, 1)
}

/** The largest of `width` scores (a multiple of 16); NaN is passed over, it shows in the sum. */
export function rowMaximum(s: usize, width: i32): f32 {
  let a = v128.load(s), b = v128.load(s, 16), c = v128.load(s, 32), d = v128.load(s, 48)
  const end = s + (<usize>width << 2)
  for (let at = s + 64; at < end; at += 64) {
    const x = v128.load(at), y = v128.load(at, 16), z = v128.load(at, 32), w = v128.load(at, 48)
    a = f32x4.pmax(a, x); b = f32x4.pmax(b, y); c = f32x4.pmax(c, z); d = f32x4.pmax(d, w)
  }
  return largest(f32x4.pmax(f32x4.pmax(a, c), f32x4.pmax(b, d)))
}

/** Scores become e^(s − m); m and the running sum are brought up to date, and what was blended before is rescaled when m rises. */
function softmaxRow(s: usize, width: i32, maximum: usize, sum: usize, o: usize, vPanels: i32, exactZeros: bool): void {
  const old = load<f32>(maximum)
  let m = old
  const here = rowMaximum(s, width)
  if (here > old + SLACK || (old == -Infinity && here > old)) {
    m = here
    store<f32>(maximum, m)
    if (old > -Infinity) {
      const shrink = expScalar(old - m)
      store<f32>(sum, load<f32>(sum) * shrink)
      rescale(o, vPanels, shrink)
    }
  } else if (!(here > -Infinity) && exactZeros) {
    // Either every link is forbidden, or there is a NaN that must be seen.
    if (old == -Infinity) m = 0
  }
  const part = exactZeros ? exponentialsOrZero(s, width, m) : exponentials(s, width, m)
  store<f32>(sum, load<f32>(sum) + part)
}

function rescale(o: usize, vPanels: i32, by: f32): void {
  const factor = f32x4.splat(by)
  for (let n = 0; n < vPanels; n++) {
    for (let c: usize = 0; c < <usize>NR * 4; c += 32) {
      const x = f32x4.mul(v128.load(o + c), factor), y = f32x4.mul(v128.load(o + c, 16), factor)
      v128.store(o + c, x)
      v128.store(o + c, y, 16)
    }
    o += MR * NR * 4
  }
}

/** s ← e^(s − maximum), → their sum. `width` is a multiple of 16. Weights below 2^-100 are 2^-100. */
export function exponentials(s: usize, width: i32, maximum: f32): f32 {
  return exponentiate(s, width, maximum, false)
}

/** The same with exactly 0 below 2^-126, and so for −∞. */
export function exponentialsOrZero(s: usize, width: i32, maximum: f32): f32 {
  return exponentiate(s, width, maximum, true)
}

// @ts-ignore: decorator
@inline function exponentiate(s: usize, width: i32, maximum: f32, exact: bool): f32 {
  const k0 = constant(0), k1 = constant(exact ? 1 : 12), k2 = constant(2), k3 = constant(3), k4 = constant(4)
  const k5 = constant(5), k6 = constant(6), k7 = constant(7), k8 = constant(8)
  const m = f32x4.splat(maximum)
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0)
  const end = s + (<usize>width << 2)
  for (let at = s; at < end; at += 64) {
    const a = expShifted(v128.load(at), m, exact, k0, k1, k2, k3, k4, k5, k6, k7, k8), b = expShifted(v128.load(at, 16), m, exact, k0, k1, k2, k3, k4, k5, k6, k7, k8)
    const c = expShifted(v128.load(at, 32), m, exact, k0, k1, k2, k3, k4, k5, k6, k7, k8), d = expShifted(v128.load(at, 48), m, exact, k0, k1, k2, k3, k4, k5, k6, k7, k8)
    v128.store(at, a); v128.store(at, b, 16); v128.store(at, c, 32); v128.store(at, d, 48)
    s0 = f32x4.add(s0, a); s1 = f32x4.add(s1, b); s2 = f32x4.add(s2, c); s3 = f32x4.add(s3, d)
  }
  return total(f32x4.add(f32x4.add(s0, s2), f32x4.add(s1, s3)))
}

/** blend6, to the bit, for a block whose values hold a NaN or ∞: a key of weight 0 contributes nothing. */
export function blendWhereSeen(s: usize, v: usize, o: usize, width: i32, vPanels: i32): void {
  for (let n = 0; n < vPanels; n++) {
    for (let r = 0; r < MR; r++) {
      for (let lane: usize = 0; lane < <usize>NR * 4; lane += 16) {
        const at = o + <usize>(r * NR) * 4 + lane
        let sum = f32x4.splat(0)
        for (let c = 0; c < width; c++) {
          const weight = s + <usize>r * 512 + (<usize>c << 2)
          if (load<f32>(weight) != 0) sum = madd(v128.load32_splat(weight), v128.load(v + <usize>(c * NR) * 4 + lane), sum)
        }
        v128.store(at, f32x4.add(v128.load(at), sum))
      }
    }
    v += <usize>KEYS * NR * 4
    o += <usize>MR * NR * 4
  }
}

/** Folds the sink in, divides, and writes the rows and their lse. */
function finish(p: Attention, b: i32, h: i32, r0: i32, rows: i32, maxima: usize, sums: usize, blended: usize, vPanels: i32): void {
  const panelBytes = <usize>MR * NR * 4
  for (let r = 0; r < rows; r++) {
    const at = <usize>r << 2
    const o = blended + <usize>(r / MR) * vPanels * panelBytes + <usize>(r % MR) * NR * 4
    const out = p.out + <usize>b * p.oB + <usize>h * p.oH + <usize>(r0 + r) * p.oL
    const lse = p.lse + (<usize>((b * p.H + h) * p.L + r0 + r) << 2)
    store<f32>(lse, closeRow(p, h, load<f32>(maxima + at), load<f32>(sums + at)))
    writeRow(o, panelBytes, out, p.Dv, closing)
  }
}

/** What closeRow found: the factor that normalises the row. */
export let closing: f32 = 0

/** → lse, and `closing`. A row that saw nothing gives 0 and −∞ (or its sink). */
export function closeRow(p: Attention, h: i32, maximum: f32, sum: f32): f32 {
  let m = maximum
  let z = sum
  closing = 1
  if (p.sinks) {
    const sink = load<f32>(p.sinks + (<usize>h << 2))
    if (sink > m) {
      closing = m == -Infinity ? 0 : expScalar(m - sink)
      z = z * closing
      m = sink
    }
    z += m == -Infinity ? 0 : expScalar(sink - m)
  }
  if (z == 0 || m == -Infinity) {
    closing = z == z ? 0 : z
    return z == z ? -Infinity : z
  }
  closing = closing / z
  return m + Mathf.log(z)
}

export function writeRow(o: usize, panelBytes: usize, out: usize, width: i32, factor: f32): void {
  const f = f32x4.splat(factor)
  for (let column = 0; column < width; column += NR) {
    const here = min(NR, width - column)
    let c = 0
    for (; c + 4 <= here; c += 4) v128.store(out + (<usize>(column + c) << 2), f32x4.mul(v128.load(o + (<usize>c << 2)), f))
    for (; c < here; c++) store<f32>(out + (<usize>(column + c) << 2), load<f32>(o + (<usize>c << 2)) * factor)
    o += panelBytes
  }
}

/** The finaliser of MurmurHash3; src/backend/dropout.ts is the definition. */
// @ts-ignore: decorator
@inline function mix(x: u32): u32 {
  x ^= x >> 16
  x *= 0x85ebca6b
  x ^= x >> 13
  x *= 0xc2b2ae35
  return x ^ (x >> 16)
}

export function dropoutHead(seed: u32, head: i32): u32 {
  return seed ^ mix(<u32>head + 0x9e3779b9)
}

/** Zeroes dropped weights of `rows` rows and scales the rest; the sums were taken before. */
export function dropRows(p: Attention, s: usize, width: i32, head: u32, row: i32, rows: i32, j0: i32): void {
  for (let r = 0; r < rows; r++) {
    const key = mix(mix(head) ^ <u32>(row + r))
    for (let c = 0; c < width; c++) {
      const at = s + <usize>r * 512 + (<usize>c << 2)
      const kept = mix(key ^ (<u32>(j0 + c) * 0x9e3779b1)) >= p.drop
      store<f32>(at, kept ? load<f32>(at) * p.keep : 0)
    }
  }
}

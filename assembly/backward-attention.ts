/**
 * The gradients of attention without the n×n matrix. A task has the rows of one query head (or a fixed part of them): tile by tile it
 * makes scores s and dP = dO·Vᵀ, then P = e^(s − lse) and dS = P·(dP − Δ), blends dS with K into dQ, and adds Pᵀ·dO and dSᵀ·Q to the
 * dV and dK of its own, which are summed in a fixed order at the end. How the work is cut depends on shapes alone, and so do the bits.
 */

import { applyProgram, Attention, blendWhereSeen, dropoutHead, dropRows, firstKey, forbid, offsetOf, pastKey, ROWS, writeRow } from './attention'
import { constant } from './constants'
import { expScalar, expShifted } from './exp'
import { blend6, NR, productMore6, scores6 } from './generated/tile'
import { KEYS, MR, packColumns, packLanes, packRows } from './pack'
import { programScratch } from './pool'

const GROUPS: i32 = 16
/** Groups of six keys that cover a block; the last is not full. */
const KEY_GROUPS: i32 = 22

/** Mirrors ATTENTION_GRADIENT in src/backend/wasm/layout.ts. Strides in bytes. */
@unmanaged
export class AttentionGradient {
  attention: usize
  dOut: usize; dB: usize; dH: usize; dL: usize
  /** f32 [B,H,L]: the gradient of lse, or 0; Δ. */
  dLse: usize; delta: usize
  /** f32, contiguous. */
  dq: usize; dk: usize; dv: usize
  /** Table slot of d score / d s, or −1; its constants. */
  slope: i32; pool: usize
  /** Per block of keys: K by lanes, V by lanes, K by columns; u8: K holds a NaN or ∞. */
  lanesK: usize; lanesV: usize; columnsK: usize; unclean: usize
  /** Parts of a head's rows, and row blocks of each. */
  parts: i32; blocksPerPart: i32
  /** dK and dV of each task: [keyBlocks][panels of D, then of Dv][22][6][NR]. */
  partial: usize; partialStride: usize
  /** Of the tile job: which rows of which head, and where s and dS go, f32 [rows][S padded to blocks]. */
  b: i32; h: i32; block: i32; sOut: usize; dsOut: usize
}

// @ts-ignore: decorator
@inline function attentionOf(t: AttentionGradient): Attention {
  return changetype<Attention>(t.attention)
}

// @ts-ignore: decorator
@inline function panelsOf(width: i32): i32 {
  return (width + NR - 1) / NR
}

// @ts-ignore: decorator
@inline function lanesBytes(depth: i32): usize {
  return <usize>depth * KEYS * 4
}

// @ts-ignore: decorator
@inline function columnsBytes(width: i32, rows: i32): usize {
  return <usize>(panelsOf(width) * NR * rows) * 4
}

/** Task: Δ of one head, Σ dO·O − dlse. */
export function deltaTask(t: AttentionGradient, task: i32): void {
  const p = attentionOf(t)
  const b = task / p.H
  const h = task % p.H
  let o = p.out + <usize>b * p.oB + <usize>h * p.oH
  let g = t.dOut + <usize>b * t.dB + <usize>h * t.dH
  for (let r = 0; r < p.L; r++) {
    const at = <usize>(task * p.L + r) << 2
    const dLse: f32 = t.dLse ? load<f32>(t.dLse + at) : 0
    store<f32>(t.delta + at, dot(o, g, p.Dv) - dLse)
    o += p.oL
    g += t.dL
  }
}

function dot(a: usize, b: usize, n: i32): f32 {
  let sum = f32x4.splat(0)
  let c = 0
  for (; c + 4 <= n; c += 4) sum = f32x4.add(sum, f32x4.mul(v128.load(a + (<usize>c << 2)), v128.load(b + (<usize>c << 2))))
  let rest: f32 = f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1) + (f32x4.extract_lane(sum, 2) + f32x4.extract_lane(sum, 3))
  for (; c < n; c++) rest += load<f32>(a + (<usize>c << 2)) * load<f32>(b + (<usize>c << 2))
  return rest
}

/** Task: one block of keys of one key/value head, packed three ways. */
export function packGradientTask(t: AttentionGradient, task: i32): void {
  const p = attentionOf(t)
  const head = task / p.keyBlocks
  const j0 = (task % p.keyBlocks) * KEYS
  const keys = min(KEYS, p.S - j0)
  const filled = (keys + 15) & ~15
  const k = p.k + <usize>(head / p.K) * p.kB + <usize>(head % p.K) * p.kK + <usize>j0 * p.kS
  const v = p.v + <usize>(head / p.K) * p.vB + <usize>(head % p.K) * p.vK + <usize>j0 * p.vS
  packWhole(k, p.kS, t.lanesK + lanesBytes(p.D) * task, keys, filled, p.D)
  packWhole(v, p.vS, t.lanesV + lanesBytes(p.Dv) * task, keys, filled, p.Dv)
  const clean = packColumns(k, p.kS, t.columnsK + columnsBytes(p.D, KEYS) * task, keys, filled, KEYS, p.D)
  store<u8>(t.unclean + <usize>task, clean ? 0 : 1)
}

/** By lanes, with zeros up to a multiple of 16 keys. */
function packWhole(source: usize, stride: usize, out: usize, keys: i32, filled: i32, depth: i32): void {
  packLanes(source, stride, out, keys, depth)
  if (panelsOf(keys) * NR < filled) memory.fill(out + <usize>(filled - NR) * depth * 4, 0, <usize>NR * depth * 4)
}

let queries: usize = 0
let outputs: usize = 0
let columnsQ: usize = 0
let columnsO: usize = 0
let blended: usize = 0
let weights: usize = 0
let slopes: usize = 0
let scaled: usize = 0
let across: usize = 0

/** Where a task keeps what; mirrored by `gradientScratch` in src/backend/wasm/calls/backward.ts. */
function layOut(p: Attention, scratch: usize): void {
  const tile = <usize>ROWS * KEYS * 4
  weights = scratch
  slopes = weights + tile + 64
  scaled = slopes + tile + 64
  across = scaled + <usize>MR * KEYS * 4
  queries = across + <usize>KEY_GROUPS * ROWS * MR * 4
  outputs = queries + <usize>p.D * ROWS * 4
  columnsQ = outputs + <usize>p.Dv * ROWS * 4
  columnsO = columnsQ + columnsBytes(p.D, ROWS)
  blended = columnsO + columnsBytes(p.Dv, ROWS)
}

/** Task: part of the rows of one query head. */
export function gradientTask(t: AttentionGradient, task: i32, scratch: usize): void {
  const p = attentionOf(t)
  const head = task / t.parts
  const first = (task % t.parts) * t.blocksPerPart
  const partial = t.partial + t.partialStride * task
  memory.fill(partial, 0, t.partialStride)
  layOut(p, scratch)
  for (let block = first; block < min(p.rowBlocks, first + t.blocksPerPart); block++) rowBlock(t, p, head / p.H, head % p.H, block, partial)
}

/** Task of the tile job: s and dS of one block of rows, all keys; nothing else. */
export function gradientTileTask(t: AttentionGradient, task: i32, scratch: usize): void {
  const p = attentionOf(t)
  layOut(p, scratch)
  rowBlock(t, p, t.b, t.h, t.block, 0)
}

function rowBlock(t: AttentionGradient, p: Attention, b: i32, h: i32, block: i32, partial: usize): void {
  const r0 = block * ROWS
  const rows = min(ROWS, p.L - r0)
  const groups = (rows + MR - 1) / MR
  const q = p.q + <usize>b * p.qB + <usize>h * p.qH + <usize>r0 * p.qL
  const g = t.dOut + <usize>b * t.dB + <usize>h * t.dH + <usize>r0 * t.dL
  for (let n = 0; n < groups; n++) {
    const here = min(MR, rows - n * MR)
    packRows(q + <usize>(n * MR) * p.qL, p.qL, queries + (<usize>(n * MR * p.D) << 2), here, MR, p.D, p.scale)
    packRows(g + <usize>(n * MR) * t.dL, t.dL, outputs + (<usize>(n * MR * p.Dv) << 2), here, MR, p.Dv, 1)
  }
  const cleanQ = packColumns(q, p.qL, columnsQ, rows, groups * MR, ROWS, p.D)
  const cleanO = packColumns(g, t.dL, columnsO, rows, groups * MR, ROWS, p.Dv)
  const panels = panelsOf(p.D)
  const outBytes = <usize>(panels * NR * MR) * 4
  memory.fill(blended, 0, outBytes * groups)

  const i0 = r0 + offsetOf(p, b)
  const length = load<i32>(p.lengths + (<usize>b << 2))
  const past = (max(0, pastKey(p, i0 + rows - 1, length)) + KEYS - 1) / KEYS
  const classes = p.classes ? p.classes + <usize>b * p.classB + <usize>h * p.classH + <usize>block * p.keyBlocks : 0
  const kv = (b * p.K + h / (p.H / p.K)) * p.keyBlocks
  for (let keys = firstKey(p, i0) / KEYS; keys < past; keys++) {
    const kind = classes ? load<u8>(classes + <usize>keys) : 2
    if (kind == 0) continue
    if (!tiles(t, p, b, h, r0, rows, keys, kv + keys, kind, length, partial != 0)) continue
    if (partial) {
      const at = partial + <usize>(keys * (panels + panelsOf(p.Dv)) * KEY_GROUPS * MR * NR) * 4
      const keyGroups = (min(KEYS, p.S - keys * KEYS) + MR - 1) / MR
      addAcross(slopes, columnsQ, at, groups, keyGroups, panels, cleanQ)
      addAcross(weights, columnsO, at + <usize>(panels * KEY_GROUPS * MR * NR) * 4, groups, keyGroups, panelsOf(p.Dv), cleanO)
    } else copyTiles(t, p, rows, keys)
  }
  if (!partial) return
  const dq = t.dq + (<usize>(((b * p.H + h) * p.L + r0) * p.D) << 2)
  for (let r = 0; r < rows; r++) {
    const o = blended + outBytes * (r / MR) + <usize>((r % MR) * NR) * 4
    writeRow(o, <usize>(MR * NR) * 4, dq + (<usize>(r * p.D) << 2), p.D, p.scale)
  }
}

/** P and dS of a block of rows against a block of keys, and what dQ gets from them; → whether any row sees any key. */
function tiles(
  t: AttentionGradient, p: Attention, b: i32, h: i32, r0: i32, rows: i32, block: i32, packed: i32, kind: u8, length: i32, blends: bool,
): bool {
  const i0 = r0 + offsetOf(p, b)
  const j0 = block * KEYS
  const lanesK = t.lanesK + lanesBytes(p.D) * packed
  const lanesV = t.lanesV + lanesBytes(p.Dv) * packed
  const columnsK = t.columnsK + columnsBytes(p.D, KEYS) * packed
  const panels = panelsOf(p.D)
  const head = p.keep > 0 ? dropoutHead(p.seed, b * p.H + h) : 0
  const asks = p.program >= 0 && (p.changes || kind == 1)
  let any = false
  for (let g = 0, groups = (rows + MR - 1) / MR; g < groups; g++) {
    const row = i0 + g * MR
    const last = min(row + MR, i0 + rows) - 1
    const from = max(0, firstKey(p, row) - j0) & ~15
    const to = min(KEYS, (pastKey(p, last, length) - j0 + 15) & ~15)
    const P = weights + <usize>(g * MR) * 512
    const dS = slopes + <usize>(g * MR) * 512
    if (from >= to) {
      memory.fill(P, 0, <usize>MR * 512)
      memory.fill(dS, 0, <usize>MR * 512)
      continue
    }
    any = true
    const width = to - from
    const at = <usize>from << 2
    scores6(queries + (<usize>(g * MR * p.D) << 2), lanesK + at * p.D, P + at, p.D, width / NR)
    scores6(outputs + (<usize>(g * MR * p.Dv) << 2), lanesV + at * p.Dv, dS + at, p.Dv, width / NR)
    if (t.slope >= 0 || !blends) memory.copy(scaled, P, <usize>MR * 512)
    if (asks) applyProgram(p, P + at, MR, width, b, h, row, j0 + from)
    forbid(p, P, from, to, row, MR, j0, length)
    if (p.keep > 0) dropRows(p, dS + at, width, head, r0 + g * MR, MR, j0 + from)
    const stats = <usize>((b * p.H + h) * p.L + r0 + g * MR) << 2
    for (let r = 0; r < MR; r++) {
      const seen = g * MR + r < rows
      shift(P + <usize>r * 512, dS + <usize>r * 512, from, to, seen ? load<f32>(p.lse + stats + (<usize>r << 2)) : -Infinity, seen ? load<f32>(t.delta + stats + (<usize>r << 2)) : 0)
    }
    if (blends) {
      if (t.slope >= 0) call_indirect<void>(t.slope, scaled + at, dS + at, 512, MR, width, b, h, row, j0 + from, p.tables, t.pool, programScratch)
      for (let r: usize = 0; r < <usize>MR; r++) weigh(P + r * 512 + at, dS + r * 512 + at, width)
      const o = blended + <usize>(g * panels * MR * NR) * 4
      const keys = columnsK + at * NR
      if (load<u8>(t.unclean + <usize>packed)) blendWhereSeen(dS + at, keys, o, width, panels)
      else blend6(dS + at, keys, o, width, panels)
      if (p.keep > 0) dropRows(p, P + at, width, head, r0 + g * MR, MR, j0 + from)
    } else {
      for (let r: usize = 0; r < <usize>MR; r++) weigh(P + r * 512 + at, dS + r * 512 + at, width)
      memory.copy(P, scaled, <usize>MR * 512)
    }
  }
  return any
}

/** s becomes P = e^(s − lse) and dP becomes dP − Δ, from … to−1; both are 0 beside that, and where the row saw nothing. */
function shift(s: usize, dP: usize, from: i32, to: i32, lse: f32, delta: f32): void {
  if (lse == -Infinity) {
    memory.fill(s, 0, 512)
    memory.fill(dP, 0, 512)
    return
  }
  const k0 = constant(0), k1 = constant(1), k2 = constant(2), k3 = constant(3), k4 = constant(4)
  const k5 = constant(5), k6 = constant(6), k7 = constant(7), k8 = constant(8)
  const m = f32x4.splat(lse), d = f32x4.splat(delta)
  memory.fill(s, 0, <usize>from << 2)
  memory.fill(dP, 0, <usize>from << 2)
  const end = s + (<usize>to << 2)
  const gap = dP - s
  for (let at = s + (<usize>from << 2); at < end; at += 16) {
    v128.store(at, expShifted(v128.load(at), m, true, k0, k1, k2, k3, k4, k5, k6, k7, k8))
    v128.store(at + gap, f32x4.sub(v128.load(at + gap), d))
  }
  memory.fill(end, 0, <usize>(KEYS - to) << 2)
  memory.fill(end + gap, 0, <usize>(KEYS - to) << 2)
}

/** dS ← P · dS, exactly 0 where P is: what a forbidden link holds does not count, NaN included. */
function weigh(P: usize, dS: usize, width: i32): void {
  const zero = f32x4.splat(0)
  const end = P + (<usize>width << 2)
  const gap = dS - P
  for (; P < end; P += 16) {
    const weight = v128.load(P)
    v128.store(P + gap, v128.andnot(f32x4.mul(weight, v128.load(P + gap)), f32x4.eq(weight, zero)))
  }
}

/** sums[panel][22][6][NR] += tileᵀ · columns: the tile [rows][128] is read across, six keys at a time. */
function addAcross(tile: usize, columns: usize, sums: usize, groups: i32, keyGroups: i32, panels: i32, clean: bool): void {
  const rows = groups * MR
  for (let k = 0; k < keyGroups; k++) {
    let from = tile + (<usize>(k * MR) << 2)
    let to = across + (<usize>(k * MR * ROWS) << 2)
    for (let r = 0; r < rows; r++) {
      store<u64>(to, load<u64>(from))
      store<u64>(to, load<u64>(from, 8), 8)
      store<u64>(to, load<u64>(from, 16), 16)
      from += 512
      to += 24
    }
  }
  for (let n = 0; n < panels; n++) {
    const b = columns + <usize>(n * ROWS * NR) * 4
    for (let k = 0; k < keyGroups; k++) {
      const a = across + (<usize>(k * MR * ROWS) << 2)
      const c = sums + <usize>((n * KEY_GROUPS + k) * MR * NR) * 4
      if (clean) productMore6(a, b, c, NR * 4, rows)
      else addWhereSeen(a, b, c, rows)
    }
  }
}

/** The same where rows hold a NaN or ∞: a link of weight 0 adds nothing. */
function addWhereSeen(a: usize, b: usize, c: usize, depth: i32): void {
  for (let i = 0; i < depth; i++) {
    for (let r = 0; r < MR; r++) {
      const weight = load<f32>(a + (<usize>(i * MR + r) << 2))
      if (weight == 0) continue
      const by = f32x4.splat(weight)
      for (let lane: usize = 0; lane < <usize>NR * 4; lane += 16) {
        const at = c + <usize>(r * NR) * 4 + lane
        v128.store(at, f32x4.add(v128.load(at), f32x4.mul(by, v128.load(b + <usize>(i * NR) * 4 + lane))))
      }
    }
  }
}

function copyTiles(t: AttentionGradient, p: Attention, rows: i32, block: i32): void {
  const stride = <usize>p.keyBlocks * 512
  for (let r: usize = 0; r < <usize>rows; r++) {
    memory.copy(t.sOut + r * stride + <usize>block * 512, weights + r * 512, 512)
    memory.copy(t.dsOut + r * stride + <usize>block * 512, slopes + r * 512, 512)
  }
}

/** Task: dK and dV of one block of keys, the sums of all tasks that read it, in their order. */
export function joinGradientTask(t: AttentionGradient, task: i32): void {
  const p = attentionOf(t)
  const head = task / p.keyBlocks
  const block = task % p.keyBlocks
  const keys = min(KEYS, p.S - block * KEYS)
  const group = p.H / p.K
  const panels = panelsOf(p.D), panelsV = panelsOf(p.Dv)
  const size = <usize>((panels + panelsV) * KEY_GROUPS * MR * NR) * 4
  const first = t.partial + t.partialStride * (head * group * t.parts) + size * block
  for (let n = 1; n < group * t.parts; n++) {
    const other = first + t.partialStride * n
    for (let at: usize = 0; at < size; at += 16) v128.store(first + at, f32x4.add(v128.load(first + at), v128.load(other + at)))
  }
  const panelBytes = <usize>(KEY_GROUPS * MR * NR) * 4
  for (let j = 0; j < keys; j++) {
    const row = first + <usize>(j * NR) * 4
    const to = head * p.S + block * KEYS + j
    writeRow(row, panelBytes, t.dk + (<usize>(to * p.D) << 2), p.D, p.scale)
    writeRow(row + panelBytes * panels, panelBytes, t.dv + (<usize>(to * p.Dv) << 2), p.Dv, 1)
  }
}

/** exp(sink − lse) · Δ, summed over the rows of one head and batch entry: f32 [B][H]. */
export function sinkTask(t: AttentionGradient, task: i32): void {
  const p = attentionOf(t)
  const sink = load<f32>(p.sinks + (<usize>(task % p.H) << 2))
  let sum: f32 = 0
  if (sink > -Infinity) {
    for (let r = 0; r < p.L; r++) {
      const at = <usize>(task * p.L + r) << 2
      sum -= expScalar(sink - load<f32>(p.lse + at)) * load<f32>(t.delta + at)
    }
  }
  store<f32>(t.sOut + (<usize>task << 2), sum)
}

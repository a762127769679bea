/**
 * out = activation(scale · A·B + bias) + residual. B is packed as panels of NR columns (a weight once, at load; other operands here);
 * A is packed six rows at a time into the thread's scratch, from rows or from columns: a transposed A costs nothing more.
 */

import { activate } from './activation'
import { FEW, multiplyFew, takenBytes, takeRows, together } from './few'
import { NR, product, productMore } from './generated/tile'
import { MR, packAcross, packColumns, packLanes, packRows } from './pack'
import { jobNumber } from './pool'
import { FLOAT32, INT8, sizeOfKind, widen } from './stored'

/** Depth of one pass: a panel of it stays in the first-level cache. */
const DEPTH: i32 = 512

/** Mirrors GEMM in src/backend/wasm/layout.ts. Strides in bytes; one matrix product per batch entry. */
@unmanaged
export class Gemm {
  a: usize; b: usize; out: usize; packed: usize
  bias: usize; residual: usize
  M: i32; N: i32; K: i32
  scale: f32
  /** Strides of A's rows (m) and columns (k), and of B's rows (k) and columns (n): one of the two is 4. */
  aRow: usize; aK: usize; bK: usize; bN: usize
  outRow: usize; residualRow: usize
  activation: i32
  /** How many matrices; byte offsets of each: u32[batch][4] for a, b, out, residual. */
  batch: i32; offsets: usize
  /** Rows and panels of a task; tasks along rows and columns of one matrix. */
  rowsPerTask: i32; panelsPerTask: i32
  rowTasks: i32; columnTasks: i32
  /** Panels of a task that packs, and such tasks of one matrix. */
  panelsPerPack: i32; packTasks: i32
  /** Bytes of one packed matrix; 0: B is the same for every batch entry. */
  packedStride: usize
  /** What packed B holds: FLOAT32, FLOAT16, BFLOAT16, or INT8 with a scale per column. */
  kind: i32; scales: usize
}

// @ts-ignore: decorator
@inline function offsetAt(p: Gemm, batch: i32, which: usize): usize {
  return load<usize>(p.offsets + (<usize>batch << 4) + (which << 2))
}

/** Task of the packing job: some panels of one B. */
export function packTask(p: Gemm, task: i32): void {
  const batch = task / p.packTasks
  const panel = (task % p.packTasks) * p.panelsPerPack
  const columns = min(p.panelsPerPack * NR, p.N - panel * NR)
  if (columns <= 0) return
  const b = p.b + offsetAt(p, batch, 1) + <usize>panel * NR * p.bN
  packPanels(b, p.bK, p.bN, p.packed + p.packedStride * batch + <usize>panel * NR * p.K * 4, columns, p.K)
}

/** B[K][N] by strides → panels [⌈N/NR⌉][K][NR]. */
export function packPanels(b: usize, bK: usize, bN: usize, out: usize, columns: i32, depth: i32): void {
  if (bK == 4) packLanes(b, bN, out, columns, depth)
  else packColumns(b, bK, out, depth, depth, depth, columns)
}

/** The job and the block of rows that this thread's scratch holds, packed. */
let heldJob: i32 = 0, heldBlock: i32 = 0

/** Task: a block of rows times a block of panels of one matrix. Tasks of one block are neighbours, and a thread packs its rows once. */
export function productTask(p: Gemm, task: i32, scratch: usize): void {
  const perMatrix = p.rowTasks * p.columnTasks
  const batch = task / perMatrix
  const within = task % perMatrix
  const row0 = (within / p.columnTasks) * p.rowsPerTask
  const panel0 = (within % p.columnTasks) * p.panelsPerTask
  const rows = min(p.rowsPerTask, p.M - row0)
  const panels = min(p.panelsPerTask, (p.N + NR - 1) / NR - panel0)
  if (rows <= 0 || panels <= 0) return
  const a = p.a + offsetAt(p, batch, 0) + <usize>row0 * p.aRow
  const out = p.out + offsetAt(p, batch, 2) + <usize>row0 * p.outRow
  const residual = p.residual ? p.residual + offsetAt(p, batch, 3) + <usize>row0 * p.residualRow : 0
  const size = sizeOfKind(p.kind)
  const packed = p.packed + p.packedStride * batch + <usize>panel0 * NR * p.K * size
  const block = task / p.columnTasks
  const held = heldJob == jobNumber() && heldBlock == block
  heldJob = jobNumber()
  heldBlock = block
  // By the rows of the whole, not of the task: numbers at the ends of float32's range may come out differently.
  if (p.M <= FEW) {
    if (!held) takeRows(p.kind, a, p.aRow, p.aK, rows, p.K, p.scale, scratch)
    const tiles = scratch + takenBytes(rows, p.K)
    const most = together(p.kind, rows)
    for (let n = 0, here = 0; n < panels; n += here) {
      here = panels - n < most ? 1 : most
      multiplyFew(p.kind, rows, scratch, packed + <usize>(n * NR * p.K) * size, here, tiles, p.K)
      for (let m = 0; m < here; m++) finishPanel(p, tiles + (<usize>(m * rows * NR) << 2), rows, (panel0 + n + m) * NR, out, residual)
    }
    return
  }

  // As few groups of rows as there can be, as equal as they can be: 8 rows are 4 + 4, which is faster than 6 + 2.
  const groups = (rows + MR - 1) / MR
  const small = rows / groups
  const larger = rows % groups
  const packedA = scratch
  const rowBytes = <usize>p.K << 2
  const tiles = packedA + rowBytes * rows
  const widened = tiles + (<usize>(rows * NR) << 2)
  if (!held) {
    for (let g = 0; g < groups; g++) {
      const here = small + i32(g < larger)
      const row = g * small + min(g, larger)
      const from = a + <usize>row * p.aRow
      const to = packedA + rowBytes * row
      if (p.aK == 4) packRows(from, p.aRow, to, here, here, p.K, p.scale)
      else packAcross(from, p.aK, to, here, p.K, p.scale)
    }
  }
  // Sums grow where they belong unless more is done to them than adding; what is done to them is done while they are at hand.
  const direct = p.kind != INT8 && p.K > 0 && !p.activation && residual != out
  for (let n = 0; n < panels; n++) {
    const panel = packed + <usize>n * NR * p.K * size
    const column = (panel0 + n) * NR
    const done = direct && p.N - column >= NR
    const at = <usize>column << 2
    const sums = done ? out + at : tiles
    const stride = done ? <usize>p.outRow : NR * 4
    const bias = done && p.bias ? p.bias + at : 0
    if (p.K == 0) memory.fill(tiles, 0, <usize>(rows * NR) << 2)
    for (let k = 0; k < p.K; k += DEPTH) {
      const depth = min(DEPTH, p.K - k)
      let b = panel + <usize>(k * NR) * size
      if (p.kind != FLOAT32) {
        widen(p.kind, b, widened, depth * NR)
        b = widened
      }
      for (let g = 0; g < groups; g++) {
        const here = small + i32(g < larger)
        const row = g * small + min(g, larger)
        const from = packedA + rowBytes * row + <usize>(k * here) * 4
        const to = sums + stride * row
        if (k == 0) product(here, from, b, to, stride, depth)
        else productMore(here, from, b, to, stride, depth)
        if (k + depth < p.K) continue
        const extra = residual ? residual + p.residualRow * row : 0
        if (!done) finishPanel(p, to, here, column, out + <usize>p.outRow * row, extra)
        else if (bias || extra) finishRows(to, stride, here, bias, extra ? extra + at : 0, p.residualRow)
      }
    }
    if (p.K == 0) finishPanel(p, tiles, rows, column, out, residual)
  }
}

/** Bias and residual of sums that stand where they belong. */
function finishRows(sums: usize, stride: usize, rows: i32, bias: usize, residual: usize, residualRow: usize): void {
  for (let r = 0; r < rows; r++) {
    finishRow(sums, bias, residual, sums)
    sums += stride
    if (residual) residual += residualRow
  }
}

/** Bias, activation, residual, and out they go. */
function finishPanel(p: Gemm, tiles: usize, rows: i32, column: i32, out: usize, residual: usize): void {
  const here = min(NR, p.N - column)
  const at = <usize>column << 2
  if (p.kind == INT8) for (let r = 0; r < rows; r++) multiplyBy(tiles + <usize>r * NR * 4, p.scales + at)
  if (p.activation) {
    if (p.bias) for (let r = 0; r < rows; r++) addTo(tiles + <usize>r * NR * 4, p.bias + at, here)
    activate(p.activation, tiles, tiles, rows * NR)
  }
  const bias = p.activation ? 0 : p.bias
  let to = out + at
  let extra = residual + at
  for (let r = 0; r < rows; r++) {
    const t = tiles + <usize>r * NR * 4
    if (here == NR) finishRow(t, bias ? bias + at : 0, residual ? extra : 0, to)
    else {
      if (bias) addTo(t, bias + at, here)
      if (residual) addTo(t, extra, here)
      memory.copy(to, t, <usize>here << 2)
    }
    to += p.outRow
    extra += p.residualRow
  }
}

// @ts-ignore: decorator
@inline function finishRow(t: usize, bias: usize, residual: usize, to: usize): void {
  for (let c: usize = 0; c < <usize>NR * 4; c += 32) {
    let x = v128.load(t + c), y = v128.load(t + c, 16)
    if (bias) {
      x = f32x4.add(x, v128.load(bias + c))
      y = f32x4.add(y, v128.load(bias + c, 16))
    }
    if (residual) {
      x = f32x4.add(x, v128.load(residual + c))
      y = f32x4.add(y, v128.load(residual + c, 16))
    }
    v128.store(to + c, x)
    v128.store(to + c, y, 16)
  }
}

function addTo(t: usize, x: usize, n: i32): void {
  let c = 0
  for (; c + 4 <= n; c += 4) v128.store(t + (<usize>c << 2), f32x4.add(v128.load(t + (<usize>c << 2)), v128.load(x + (<usize>c << 2))))
  for (; c < n; c++) store<f32>(t + (<usize>c << 2), load<f32>(t + (<usize>c << 2)) + load<f32>(x + (<usize>c << 2)))
}

/** A row of the tile times the scales of its columns; they are padded to whole panels. */
function multiplyBy(t: usize, x: usize): void {
  for (let c: usize = 0; c < <usize>NR * 4; c += 16) v128.store(t + c, f32x4.mul(v128.load(t + c), v128.load(x + c)))
}

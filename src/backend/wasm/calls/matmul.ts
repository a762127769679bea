/** Matrix products: B is packed into panels, then blocks of rows meet blocks of panels. */

import { bytesPerElement, rowMajor, sizeOf, type View } from '../../../tensor/index.ts'
import type { MatmulCall } from '../../kernels.ts'
import { GEMM, NUMBER, QUERY_ROWS, TASKS, TILE_ROWS, UNARY } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { addressOf, byteStride, hasRuns, scalesOf, withContiguous, withLayout } from '../views.ts'

export function matmul(machine: Machine, call: MatmulCall): void {
  const [M, N] = call.out.shape.slice(-2) as [number, number]
  if (sizeOf(call.out.shape) === 0) return
  const run = (a: View, b: View, bias: View | undefined, residual: View | undefined) =>
    product(machine, folded({ ...call, a, b, bias, residual }, M, N))
  withLayout(machine, call.a, hasRunsEitherWay, (a) =>
    withLayout(
      machine,
      call.b,
      (b) => Boolean(b.panels) || hasRunsEitherWay(b),
      (b) =>
        withOptional(machine, call.bias, withContiguous, (bias) =>
          withOptional(machine, call.residual, withRuns, (residual) => run(a, b, bias, residual)),
        ),
    ),
  )
}

type Prepared = Omit<MatmulCall, 'bias' | 'residual'> & { bias: View | undefined; residual: View | undefined }
type Keeper = (machine: Machine, view: View, use: (view: View) => void) => void

const withRuns: Keeper = (machine, view, use) => withLayout(machine, view, hasRuns, use)

function withOptional(machine: Machine, view: View | undefined, keep: Keeper, use: (view: View | undefined) => void): void {
  if (view) keep(machine, view, use)
  else use(undefined)
}

/** Are the rows or the columns of the matrix adjacent in memory? */
function hasRunsEitherWay(matrix: View): boolean {
  const [rows, columns] = matrix.shape.slice(-2) as [number, number]
  const [down, across] = matrix.strides.slice(-2) as [number, number]
  return across === 1 || columns === 1 || down === 1 || rows === 1
}

/** If B is the same for the whole batch, the batch becomes more rows, where memory allows it. */
function folded(call: Prepared, M: number, N: number): Prepared & { M: number; N: number } {
  const lead = call.out.shape.length - 2
  if (lead === 0) return { ...call, M, N }
  const shared = call.b.strides.slice(0, lead).every((stride, axis) => stride === 0 || call.b.shape[axis] === 1)
  const joins = (view: View | undefined) => {
    if (!view) return true
    let step = view.strides.at(-2)! * M
    for (let axis = lead - 1; axis >= 0; axis--) {
      if (view.shape[axis] !== 1 && view.strides[axis] !== step) return false
      step *= view.shape[axis]!
    }
    return true
  }
  if (!shared || !joins(call.a) || !joins(call.out) || !joins(call.residual)) return { ...call, M, N }
  const rows = sizeOf(call.out.shape) / N
  const flat = (view: View): View => ({ ...view, shape: [rows, view.shape.at(-1)!], strides: view.strides.slice(-2) })
  return {
    ...call,
    a: flat(call.a),
    out: flat(call.out),
    residual: call.residual && flat(call.residual),
    b: { ...call.b, shape: call.b.shape.slice(-2), strides: call.b.strides.slice(-2) },
    M: rows,
    N,
  }
}

function product(machine: Machine, call: Prepared & { M: number; N: number }): void {
  const { a, b, out, bias, residual, M, N } = call
  const K = a.shape.at(-1)!
  const lead = out.shape.slice(0, -2)
  const batch = sizeOf(lead)
  const oneB = b.strides.slice(0, -2).every((stride, axis) => stride === 0 || b.shape[axis] === 1)
  const { nr } = machine
  const panels = Math.ceil(N / nr)
  const matrixBytes = panels * nr * K * 4
  const packedMatrices = oneB ? 1 : batch
  const shares = share(machine, M, K, panels, batch)
  const packing = sharePacking(machine, N, K)
  machine.ensureScratch((shares.rowsPerTask + TILE_ROWS) * (K + nr) * 4 + 512 * nr * 4 + 256)
  const toPack = b.panels ? 0 : packedMatrices
  const run = (borrowed: number): void => {
    const packed = b.panels ? addressOf(b) : borrowed
    const offsets = batch === 1 ? machine.zeros : borrowed + matrixBytes * toPack
    if (batch > 1) writeOffsets(machine, offsets, lead, [a, b, out, residual])
    const [aRow, aK] = matrixStrides(a)
    const [bK, bN] = matrixStrides(b)
    const values = {
      a: addressOf(a),
      b: addressOf(b),
      out: addressOf(out),
      packed,
      bias: bias ? addressOf(bias) : 0,
      residual: residual ? addressOf(residual) : 0,
      M,
      N,
      K,
      scale: call.scale,
      aRow,
      aK,
      bK,
      bN,
      outRow: byteStride(out, out.shape.length - 2),
      residualRow: residual ? byteStride(residual, residual.shape.length - 2) : 0,
      activation: UNARY[call.activation],
      batch,
      offsets,
      packedStride: oneB ? 0 : matrixBytes,
      kind: b.panels ? NUMBER[b.dtype as keyof typeof NUMBER] : NUMBER.float32,
      scales: b.panels && b.dtype === 'int8' ? scalesOf({ ...b, shape: [N, K] }) : 0,
      ...shares,
      ...packing,
    }
    const parameters = machine.parameters(GEMM, values)
    machine.run(TASKS.matrixPack, parameters, packing.packTasks * toPack, N * K * toPack * MOVED)
    machine.run(TASKS.matrixProduct, parameters, batch * shares.rowTasks * shares.columnTasks, 2 * batch * M * N * K)
  }
  const bytes = matrixBytes * toPack + (batch > 1 ? batch * 16 : 0)
  if (bytes > 0) machine.borrow(bytes, run)
  else run(0)
}

/** A matrix [N,K] into panels, or out of them. */
export function pack(machine: Machine, x: View, out: View): void {
  const [N, K] = out.shape as [number, number]
  if (N * K === 0) return
  if (x.panels) {
    machine.kernels.movePanels(bytesPerElement(x.dtype), addressOf(out), byteStride(out, 0), addressOf(x), N, K, 0)
    return
  }
  withLayout(machine, x, hasRuns, (x) => {
    if (x.dtype === 'float32') packFloats(machine, x, out)
    else machine.kernels.movePanels(bytesPerElement(x.dtype), addressOf(x), byteStride(x, 0), addressOf(out), N, K, 1)
  })
}

function packFloats(machine: Machine, x: View, out: View): void {
  const [N, K] = out.shape as [number, number]
  const packing = sharePacking(machine, N, K)
  const b = { b: addressOf(x), bK: 4, bN: byteStride(x, 0) }
  const values = { ...b, N, K, packed: addressOf(out), batch: 1, offsets: machine.zeros, ...packing }
  machine.run(TASKS.matrixPack, machine.parameters(GEMM, values), packing.packTasks, N * K * MOVED)
}

/** Packing, cut into panels of so many numbers together. */
const PACKED_AT_ONCE = 16384
/** How many operations take as long as to move one number. */
const MOVED = 16

/** Panels that are filled in one walk down the rows (assembly/pack.ts). */
const SIDE_BY_SIDE = 4

function sharePacking({ nr, threads }: Machine, N: number, K: number) {
  const panels = Math.ceil(N / nr)
  const enough = Math.ceil(PACKED_AT_ONCE / (nr * Math.max(1, K)))
  const panelsPerPack = Math.max(1, enough, Math.min(SIDE_BY_SIDE, Math.floor(panels / threads)))
  return { panelsPerPack, packTasks: Math.ceil(panels / panelsPerPack) }
}

export function quantise(machine: Machine, x: View, out: View): void {
  const [N, K] = out.shape as [number, number]
  if (N * K === 0) return
  withLayout(machine, x, hasRuns, (x) => {
    machine.kernels.quantise(addressOf(x), byteStride(x, 0), addressOf(out), scalesOf(out), N, K)
  })
}

/** Byte strides from row to row and from column to column, one of them 4: an axis of length 1 may claim to be adjacent. */
function matrixStrides(matrix: View): [number, number] {
  const rank = matrix.shape.length
  const down = byteStride(matrix, rank - 2)
  const across = byteStride(matrix, rank - 1)
  if (across === 4 || down === 4) return [down, across]
  return matrix.shape[rank - 1] === 1 ? [down, 4] : [4, across]
}

/** Numbers of a block of rows: they stay in the second-level cache, beside the panel that they meet. */
const BLOCK_NUMBERS = 2 ** 18
/** Rows of a block, where they are few enough numbers. */
const MOST_ROWS = 192
/** Rows of a block: fewer are not worth a block of their own where threads can share its columns. */
const FEWEST_ROWS = 32
/** Tasks of a thread, if they do not become too small. */
const TASKS_PER_THREAD = 8
/** A row or two meet so many panels at once (assembly/few.ts): no task should have some that are left over. */
const [FEW_ROWS, TOGETHER] = [2, 4]
/** Operations of a task: so many at least that claiming it costs next to nothing, and so many at most that waiting for one is short. */
const LEAST_WORK = 200_000
const MOST_WORK = 4_000_000

/**
 * How the work is cut: blocks of rows, one for each thread where there are enough, so that nobody packs rows that another packs too; and each
 * block by columns into tasks, so that threads which began late or were held up leave no one waiting. One thread takes blocks whole.
 */
function share({ threads, nr }: Machine, M: number, K: number, panels: number, batch: number) {
  const fewest = Math.ceil(M / Math.max(QUERY_ROWS, Math.min(MOST_ROWS, Math.floor(BLOCK_NUMBERS / Math.max(1, K)))))
  if (threads === 1 || batch >= threads * TASKS_PER_THREAD)
    return { rowsPerTask: Math.ceil(M / fewest), rowTasks: fewest, panelsPerTask: panels, columnTasks: 1 }
  const blocks = Math.max(fewest, Math.min(threads, Math.floor(M / FEWEST_ROWS)))
  const rowTasks = blocks < threads ? blocks : Math.ceil(blocks / threads) * threads
  const rowsPerTask = Math.ceil(M / rowTasks)
  const panelWork = 2 * rowsPerTask * Math.max(1, K) * nr
  const fair = Math.ceil(panels / Math.ceil((threads * TASKS_PER_THREAD) / (rowTasks * batch)))
  const wanted = Math.max(Math.min(fair, Math.floor(MOST_WORK / panelWork)), Math.ceil(LEAST_WORK / panelWork))
  const panelsPerTask = M <= FEW_ROWS ? Math.ceil(wanted / TOGETHER) * TOGETHER : wanted
  return { rowsPerTask, rowTasks: Math.ceil(M / rowsPerTask), panelsPerTask, columnTasks: Math.ceil(panels / panelsPerTask) }
}

/** u32[batch][4]: where each matrix of a, b, out and residual begins, in bytes from the first. */
function writeOffsets(machine: Machine, address: number, lead: readonly number[], views: readonly (View | undefined)[]): void {
  const batch = sizeOf(lead)
  const steps = rowMajor(lead)
  const stepOf = (view: View, axis: number) => (view.shape[axis] === 1 ? 0 : byteStride(view, axis))
  for (let n = 0; n < batch; n++) {
    const at = lead.map((length, axis) => Math.floor(n / steps[axis]!) % length)
    views.forEach((view, which) => {
      machine.u32[(address >> 2) + n * 4 + which] = view ? at.reduce((bytes, x, axis) => bytes + x * stepOf(view, axis), 0) : 0
    })
  }
}

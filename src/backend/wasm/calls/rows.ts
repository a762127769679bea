/** Softmax and norms over the last axis, reductions, rows by id, rotary positions. */

import { rowMajor, sizeOf, type View } from '../../../tensor/index.ts'
import type { Reduction } from '../../kernels.ts'
import { GATHER, NUMBER, REDUCE, REDUCTION, ROPE, ROWS, TASKS } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { addressOf, byteStride, scalesOf, withContiguous } from '../views.ts'

const GRAIN = 16384
/** Columns that a task adds up come in fours of the cache's lines. */
const LINES = 64

function rowsOf(view: View): { rows: number; width: number; rowsPerTask: number } {
  const width = view.shape.at(-1) ?? 1
  return {
    rows: width === 0 ? 0 : sizeOf(view.shape) / width,
    width,
    rowsPerTask: Math.max(1, Math.floor(GRAIN / Math.max(1, width))),
  }
}

export function softmax(machine: Machine, x: View, out: View, log: boolean): void {
  overRows(machine, TASKS.softmax, x, out, { mode: log ? 1 : 0 })
}

export function layerNorm(
  machine: Machine,
  x: View,
  weight: View | undefined,
  bias: View | undefined,
  eps: number,
  out: View,
): void {
  withVector(machine, weight, (weight) =>
    withVector(machine, bias, (bias) => overRows(machine, TASKS.norm, x, out, { mode: 0, eps, weight, bias })),
  )
}

export function rmsNorm(machine: Machine, x: View, weight: View | undefined, eps: number, offset: number, out: View): void {
  withVector(machine, weight, (weight) => overRows(machine, TASKS.norm, x, out, { mode: 1, eps, weight, offset }))
}

function withVector(machine: Machine, vector: View | undefined, use: (address: number) => void): void {
  if (vector) withContiguous(machine, vector, (view) => use(addressOf(view)))
  else use(0)
}

function overRows(machine: Machine, kind: number, x: View, out: View, extra: Record<string, number>): void {
  const { rows, width, rowsPerTask } = rowsOf(out)
  if (rows === 0) return
  withContiguous(machine, x, (x) => {
    const values = { x: addressOf(x), out: addressOf(out), rows, width, rowsPerTask, ...extra }
    machine.run(kind, machine.parameters(ROWS, values), Math.ceil(rows / rowsPerTask), rows * width * 8)
  })
}

/** Reduced axes are brought together behind the kept ones (unless they already stand in front of one run of kept ones). */
export function reduce(machine: Machine, kind: Reduction, x: View, out: View): void {
  const rank = x.shape.length
  const isReduced = (axis: number) => x.shape[axis] !== (out.shape[axis - rank + out.shape.length] ?? 1)
  const axes = x.shape.map((_, axis) => axis)
  const reduced = axes.filter(isReduced)
  const kept = axes.filter((axis) => !isReduced(axis))
  const count = reduced.reduce((n, axis) => n * x.shape[axis]!, 1)
  const size = sizeOf(out.shape)
  if (size === 0) return
  // [outer kept][reduced][inner kept] as they stand, when the reduced axes are neighbours
  const first = reduced[0] ?? rank
  const neighbours = reduced.every((axis, n) => axis === first + n)
  const inner = neighbours ? kept.filter((axis) => axis > first) : []
  const order = neighbours ? axes : [...kept, ...reduced]
  const view: View = { ...x, shape: order.map((axis) => x.shape[axis]!), strides: order.map((axis) => x.strides[axis]!) }
  const innerSize = inner.reduce((n, axis) => n * x.shape[axis]!, 1)
  const outer = size / innerSize
  const perTask =
    outer === 1
      ? LINES * Math.max(1, Math.round(GRAIN / Math.max(1, count) / LINES))
      : Math.max(1, Math.floor(GRAIN / Math.max(1, count * innerSize)))
  withContiguous(machine, view, (x) => {
    const values = { x: addressOf(x), out: addressOf(out), outer, reduced: count, inner: innerSize, f: REDUCTION[kind], perTask }
    machine.run(
      TASKS.reduce,
      machine.parameters(REDUCE, values),
      Math.ceil((outer === 1 ? innerSize : outer) / perTask),
      size * count,
    )
  })
}

export function gather(machine: Machine, table: View, ids: View, out: View): void {
  const [tableRows, width] = table.shape as [number, number]
  const rows = sizeOf(ids.shape)
  if (rows * width === 0) return
  withContiguous(machine, ids, (ids) => {
    const rowsPerTask = Math.max(1, Math.floor(GRAIN / width))
    const values = {
      table: addressOf(table),
      ids: addressOf(ids),
      out: addressOf(out),
      rows,
      width,
      tableRows,
      tableRow: byteStride(table, 0),
      tableColumn: byteStride(table, 1),
      rowsPerTask,
      lanes: table.panels ?? 0,
      kind: NUMBER[table.dtype as keyof typeof NUMBER],
      scales: table.dtype === 'int8' ? scalesOf(table) : 0,
    }
    machine.run(TASKS.gather, machine.parameters(GATHER, values), Math.ceil(rows / rowsPerTask), rows * width)
  })
}

export function rope(machine: Machine, x: View, cos: View, sin: View, interleaved: boolean, out: View): void {
  const [B, H, L, D] = x.shape as [number, number, number, number]
  if (B * H * L * D === 0) return
  const R = cos.shape.at(-1)!
  const anglesAt = (view: View): View => {
    const strides = rowMajor(view.shape)
    return { ...view, strides }
  }
  withContiguous(machine, cos, (cos) =>
    withContiguous(machine, sin, (sin) => {
      const angles = anglesAt(cos)
      const values = {
        x: addressOf(x),
        cos: addressOf(cos),
        sin: addressOf(sin),
        out: addressOf(out),
        B,
        H,
        L,
        D,
        R,
        xB: byteStride(x, 0),
        xH: byteStride(x, 1),
        xL: byteStride(x, 2),
        xD: byteStride(x, 3),
        interleaved: interleaved ? 1 : 0,
        angleB: angles.shape[0] === 1 ? 0 : angles.strides[0]! * 4,
        angleL: angles.strides[1]! * 4,
      }
      machine.run(TASKS.rope, machine.parameters(ROPE, values), B * H, B * H * L * D * 4)
    }),
  )
}

/** Gradients of functions of one number, of norms and of lookups, and a step of Adam. Those of attention are in backward-attention.ts. */

import { rowMajor, sizeOf, type View } from '../../../tensor/index.ts'
import type { AdamCall, NormGradientCall, Unary } from '../../kernels.ts'
import { ADAM, NORM_GRADIENT, SCATTER, SLOPE, TASKS, UNARY } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { addressOf, withContiguous } from '../views.ts'
import { reduce } from './rows.ts'

export { attentionGradient } from './backward-attention.ts'

/** Numbers that a task handles. */
const GRAIN = 16384

export function slope(machine: Machine, kind: Unary, x: View, gradient: View, out: View): void {
  const count = sizeOf(out.shape)
  if (count === 0) return
  withContiguous(machine, x, (x) =>
    withContiguous(machine, gradient, (gradient) => {
      const values = { x: addressOf(x), gradient: addressOf(gradient), out: addressOf(out), f: UNARY[kind], count, perTask: GRAIN }
      machine.run(TASKS.slope, machine.parameters(SLOPE, values), Math.ceil(count / GRAIN), count * 20)
    }),
  )
}

/** Rows are cut into at most so many parts, whose shares of dWeight and dBias are summed in order: the bits depend on shapes alone. */
const MOST_PARTS = 32

export function normGradient(machine: Machine, call: NormGradientCall): void {
  const width = call.x.shape.at(-1)!
  const rows = width === 0 ? 0 : sizeOf(call.x.shape) / width
  const rowsPerTask = Math.max(1, Math.ceil(GRAIN / Math.max(1, width)), Math.ceil(rows / MOST_PARTS))
  const tasks = Math.max(1, Math.ceil(rows / rowsPerTask))
  withContiguous(machine, call.x, (x) =>
    withContiguous(machine, call.gradient, (gradient) =>
      withContiguous(machine, call.weight ?? EMPTY, (weight) =>
        machine.borrow(tasks * 2 * width * 4 + 64, (partial) => {
          const values = {
            x: addressOf(x),
            weight: call.weight ? addressOf(weight) : 0,
            gradient: addressOf(gradient),
            dx: addressOf(call.dx),
            partial,
            rows,
            width,
            rowsPerTask,
            mode: call.kind === 'layerNorm' ? 0 : 1,
            eps: call.eps,
            offset: call.offset,
          }
          machine.run(TASKS.normGradient, machine.parameters(NORM_GRADIENT, values), tasks, rows * width * 16)
          if (call.dWeight) sumParts(machine, partial, tasks, width, call.dWeight)
          if (call.dBias) sumParts(machine, partial + width * 4, tasks, width, call.dBias)
        }),
      ),
    ),
  )
}

const EMPTY: View = { handle: 0, offset: 0, shape: [0], strides: [1], dtype: 'float32' }

/** The sums of [tasks][2][width] over tasks, of one of the two. */
function sumParts(machine: Machine, handle: number, tasks: number, width: number, out: View): void {
  const parts: View = { handle, offset: 0, shape: [tasks, width], strides: [2 * width, 1], dtype: 'float32' }
  reduce(machine, 'sum', parts, { ...out, shape: [1, width], strides: rowMajor([1, width]) })
}

export function scatterAdd(machine: Machine, ids: View, gradient: View, out: View, fresh: boolean): void {
  const [rows, width] = out.shape as [number, number]
  const count = sizeOf(ids.shape)
  if (rows * width === 0) return
  withContiguous(machine, ids, (ids) =>
    withContiguous(machine, gradient, (gradient) => {
      const columnsPerTask = Math.max(16, Math.ceil(width / 16))
      const values = {
        ids: addressOf(ids),
        gradient: addressOf(gradient),
        out: addressOf(out),
        count,
        rows,
        width,
        columnsPerTask,
        fresh: Number(fresh),
      }
      const work = ((fresh ? rows : 0) + count) * width
      machine.run(TASKS.scatter, machine.parameters(SCATTER, values), Math.ceil(width / columnsPerTask), 4 * work)
    }),
  )
}

export function adam(machine: Machine, { rate, betas: [b1, b2], eps, decay, decoupled, step, ...views }: AdamCall): void {
  const count = sizeOf(views.parameter.shape)
  if (count === 0) return
  withContiguous(machine, views.gradient, (gradient) => {
    const values = {
      parameter: addressOf(views.parameter),
      gradient: addressOf(gradient),
      m: addressOf(views.m),
      v: addressOf(views.v),
      vmax: views.vmax ? addressOf(views.vmax) : 0,
      count,
      perTask: GRAIN,
      keep: decoupled ? 1 - rate * decay : 1,
      decay: decoupled ? 0 : decay,
      rate: rate / (1 - b1 ** step),
      b1,
      b2,
      one1: 1 - b1,
      one2: 1 - b2,
      root: 1 / Math.sqrt(1 - b2 ** step),
      eps,
    }
    machine.run(TASKS.adam, machine.parameters(ADAM, values), Math.ceil(count / GRAIN), count * 16)
  })
}

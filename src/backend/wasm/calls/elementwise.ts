/** Copies, functions of one number and of two, over strided views. */

import { sizeOf, type View } from '../../../tensor/index.ts'
import type { Binary, Unary } from '../../kernels.ts'
import { BINARY, ELEMENTWISE, NUMBER, TASKS, UNARY } from '../layout.ts'
import type { Machine } from '../machine.ts'
import { addressOf, byteStride } from '../views.ts'

/** Numbers that a task handles: enough to be worth claiming, few enough to share. */
const GRAIN = 16384

export function copy(machine: Machine, x: View, out: View): void {
  walk(
    machine,
    TASKS.copy,
    [x, out],
    { from: NUMBER[x.dtype as keyof typeof NUMBER], to: NUMBER[out.dtype as keyof typeof NUMBER] },
    2,
  )
}

export function unary(machine: Machine, kind: Unary, x: View, out: View): void {
  walk(machine, TASKS.unary, [x, out], { f: UNARY[kind] }, 20)
}

export function binary(machine: Machine, kind: Binary, a: View, b: View, out: View): void {
  walk(machine, TASKS.binary, [a, out, b], { f: BINARY[kind] }, 4)
}

interface Axis {
  length: number
  /** Byte strides of the operands. */
  strides: number[]
}

/** Axes of length 1 dropped, neighbours that walk memory as one joined: fewer, longer runs. */
function joined(operands: readonly View[]): Axis[] {
  const shape = operands[1]!.shape
  const axes: Axis[] = []
  for (let n = 0; n < shape.length; n++) {
    const length = shape[n]!
    if (length === 1) continue
    const strides = operands.map((view) => {
      const axis = n - shape.length + view.shape.length
      return axis < 0 || view.shape[axis] === 1 ? 0 : byteStride(view, axis)
    })
    const last = axes.at(-1)
    if (last?.strides.every((stride, k) => stride === strides[k]! * length)) {
      last.length *= length
      last.strides = strides
    } else axes.push({ length, strides })
  }
  return axes
}

/** Operands are [first input, output, second input?]; shapes equal the output's, or broadcast to it. */
function walk(machine: Machine, kind: number, operands: readonly View[], extra: Record<string, number>, cost: number): void {
  const [a, out, b] = operands as [View, View, View | undefined]
  const size = sizeOf(out.shape)
  if (size === 0) return
  const axes = joined(operands)
  const run = axes.pop() ?? { length: 1, strides: operands.map(() => 0) }
  if (axes.length > 6)
    throw new RangeError(`a view of more than 7 irregular axes cannot be walked, got shape [${out.shape.join(',')}]`)
  const outer = size / run.length
  const values: Record<string, number> = {
    a: addressOf(a),
    b: b ? addressOf(b) : 0,
    out: addressOf(out),
    rank: axes.length,
    run: run.length,
    aRun: run.strides[0]!,
    oRun: run.strides[1]!,
    bRun: run.strides[2] ?? 0,
    outer,
    perTask: outer === 1 ? GRAIN : Math.max(1, Math.floor(GRAIN / run.length)),
    ...extra,
  }
  axes.forEach(({ length, strides }, n) => {
    values[`d${n}`] = length
    values[`a${n}`] = strides[0]!
    values[`o${n}`] = strides[1]!
    values[`b${n}`] = strides[2] ?? 0
  })
  const tasks = Math.ceil((outer === 1 ? run.length : outer) / values.perTask!)
  machine.run(kind, machine.parameters(ELEMENTWISE, values), tasks, size * cost)
}

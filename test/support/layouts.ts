/** Random numbers, and tensors that hold the same numbers under other strides. */

import fc from 'fast-check'
import { permute, slice, type Tensor, tensor } from '../../src/index.ts'
import { build, type Plain, sizeOf } from './plain.ts'

/** Numbers from −3 to 3 (or 0.1 to 3.1), the same for the same seed. */
export function randomPlain(shape: readonly number[], seed: number, positive = false): Plain {
  const next = generator(seed)
  const data = Float32Array.from({ length: sizeOf(shape) }, () => (positive ? 0.1 + 3 * next() : 6 * next() - 3))
  return { data, shape }
}

/** Uniform in [0, 1): a counter through a multiply–xorshift mix. */
export function generator(seed: number): () => number {
  let counter = seed >>> 0
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0
    let x = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return ((x ^ (x >>> 15)) >>> 0) / 4294967296
  }
}

/** How a tensor lies in memory: the order of its axes, slowest first, and the holes before and after each. */
export interface Layout {
  readonly order: readonly number[]
  readonly before: readonly number[]
  readonly after: readonly number[]
}

export function layouts(rank: number): fc.Arbitrary<Layout> {
  const axes = Array.from({ length: rank }, (_, axis) => axis)
  const hole = fc.array(fc.nat(2), { minLength: rank, maxLength: rank })
  return fc.record({ order: fc.shuffledSubarray(axes, { minLength: rank, maxLength: rank }), before: hole, after: hole })
}

/** The numbers as a view into a larger tensor whose holes are NaN, so that a kernel that reads a hole is found out. */
export function laidOut({ data, shape }: Plain, { order, before, after }: Layout, dtype: 'float32' | 'float64'): Tensor {
  const outer = order.map((axis) => before[axis]! + shape[axis]! + after[axis]!)
  const padded = build(outer, (index) => {
    const inner = shape.map((_, axis) => index[order.indexOf(axis)]! - before[axis]!)
    if (inner.some((n, axis) => n < 0 || n >= shape[axis]!)) return Number.NaN
    return data[inner.reduce((n, k, axis) => n * shape[axis]! + k, 0)]!
  })
  let view = tensor(padded.data, outer, { dtype })
  for (const [n, axis] of order.entries()) view = slice(view, n, before[axis]!, before[axis]! + shape[axis]!)
  return permute(
    view,
    shape.map((_, axis) => order.indexOf(axis)),
  )
}

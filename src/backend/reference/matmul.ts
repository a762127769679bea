/** out[…,M,N] = activation(scale · a[…,M,K] · b[…,K,N] + bias[N]) + residual[…,M,N], a row of a and a column of b at a time. */

import { sizeOf, type View } from '../../tensor/index.ts'
import type { Activation, MatmulCall } from '../kernels.ts'
import { UNARY } from './elementwise.ts'
import { load, store } from './numbers.ts'

export function matmul({ a, b, out, scale, bias, activation, residual }: MatmulCall): void {
  const [rows, depth] = a.shape.slice(-2) as [number, number]
  const columns = b.shape.at(-1)!
  const left = load(a)
  const right = load(columnsFirst(b))
  const biases = bias && load(bias)
  const residuals = residual && load(residual)
  const f = activationOf(activation)
  const results = new Float64Array(sizeOf(out.shape))
  for (let n = 0; n < results.length; n++) {
    const column = n % columns
    const batch = Math.floor(n / (rows * columns))
    const product = dot(left, Math.floor(n / columns) * depth, right, (batch * columns + column) * depth, depth)
    results[n] = f(scale * product + (biases ? biases[column]! : 0)) + (residuals ? residuals[n]! : 0)
  }
  store(out, results)
}

/** b transposed, so that a column lies in a row. */
function columnsFirst(b: View): View {
  const swap = (list: readonly number[]): number[] => [...list.slice(0, -2), list.at(-1)!, list.at(-2)!]
  return { ...b, shape: swap(b.shape), strides: swap(b.strides) }
}

function dot(a: Float64Array, fromA: number, b: Float64Array, fromB: number, length: number): number {
  let sum = 0
  for (let k = 0; k < length; k++) sum += a[fromA + k]! * b[fromB + k]!
  return sum
}

export function activationOf(activation: Activation): (x: number) => number {
  return activation === 'none' ? (x) => x : UNARY[activation]
}

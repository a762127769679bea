/** copy, unary, binary: one number at a time. */

import type { View } from '../../tensor/index.ts'
import type { Binary, Unary } from '../kernels.ts'
import { gelu, geluTanh, sigmoid, silu } from './functions.ts'
import { load, store } from './numbers.ts'

export const UNARY: Record<Unary, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  rsqrt: (x) => 1 / Math.sqrt(x),
  tanh: Math.tanh,
  sigmoid,
  relu: (x) => Math.max(x, 0),
  silu,
  gelu,
  geluTanh,
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
}

const BINARY: Record<Binary, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: Math.min,
  max: Math.max,
}

export function copy(x: View, out: View): void {
  store(out, load(x))
}

export function unary(kind: Unary, x: View, out: View): void {
  const f = UNARY[kind]
  store(out, load(x).map(f))
}

export function binary(kind: Binary, a: View, b: View, out: View): void {
  const f = BINARY[kind]
  const right = load(b)
  store(
    out,
    load(a).map((left, n) => f(left, right[n]!)),
  )
}

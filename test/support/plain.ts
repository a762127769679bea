/**
 * Every operation once more, in the plainest float32: each step rounded, sums in order, no code shared with the product. It is the
 * independent float32 computation of the tolerance rule, and the brute force that broadcasting is compared with.
 */

export interface Plain {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

const f = Math.fround

export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

export const total = (list: readonly number[]): number => list.reduce((sum, n) => sum + n, 0)

/** Makes an array by asking for the element at each index, in row-major order. */
export function build(shape: readonly number[], at: (index: readonly number[]) => number): Plain {
  const data = new Float32Array(sizeOf(shape))
  const index = shape.map(() => 0)
  for (let n = 0; n < data.length; n++) {
    let rest = n
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis]!
      rest = Math.floor(rest / shape[axis]!)
    }
    data[n] = at(index)
  }
  return { data, shape }
}

/** The element at an index, which is aligned at the last axis; axes of length 1 repeat. */
export function at({ data, shape }: Plain, index: readonly number[]): number {
  let n = 0
  for (let axis = 0; axis < shape.length; axis++)
    n = n * shape[axis]! + (shape[axis] === 1 ? 0 : index[axis + index.length - shape.length]!)
  return data[n]!
}

const sigmoid = (x: number): number => f(1 / f(1 + f(Math.exp(-x))))

/** erf by its Taylor series: enough for the |x| < 6 that tests draw, where float64 loses no digit that float32 has. */
function erf(x: number): number {
  if (Math.abs(x) > 4) return Math.sign(x)
  let power = x
  let sum = x
  for (let n = 1; n < 120; n++) {
    power *= (-x * x) / n
    sum += power / (2 * n + 1)
  }
  return (2 / Math.sqrt(Math.PI)) * sum
}

export const PLAIN_UNARY: Record<string, (x: number) => number> = {
  none: (x) => x,
  neg: (x) => -x,
  abs: (x) => Math.abs(x),
  exp: (x) => f(Math.exp(x)),
  log: (x) => f(Math.log(x)),
  sqrt: (x) => f(Math.sqrt(x)),
  rsqrt: (x) => f(1 / f(Math.sqrt(x))),
  square: (x) => f(x * x),
  reciprocal: (x) => f(1 / x),
  tanh: (x) => f(Math.tanh(x)),
  sigmoid,
  relu: (x) => (x < 0 ? 0 : x),
  silu: (x) => f(x * sigmoid(x)),
  gelu: (x) => f(f(0.5 * x) * f(1 + f(erf(f(x * f(Math.SQRT1_2)))))),
  geluTanh: (x) => f(f(0.5 * x) * f(1 + f(Math.tanh(f(f(Math.sqrt(2 / Math.PI)) * f(x + f(f(0.044715) * f(x * f(x * x))))))))),
}

export const PLAIN_BINARY: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => f(a + b),
  sub: (a, b) => f(a - b),
  mul: (a, b) => f(a * b),
  div: (a, b) => f(a / b),
  minimum: (a, b) => (a < b ? a : b),
  maximum: (a, b) => (a > b ? a : b),
}

export function unary(name: string, x: Plain): Plain {
  return { data: x.data.map((value) => PLAIN_UNARY[name]!(value)), shape: x.shape }
}

export function binary(name: string, a: Plain, b: Plain, shape: readonly number[]): Plain {
  return build(shape, (index) => PLAIN_BINARY[name]!(at(a, index), at(b, index)))
}

/** Reduces over `axes`, which stay with length 1. */
export function reduce(name: 'sum' | 'mean' | 'max', x: Plain, axes: readonly number[]): Plain {
  const shape = x.shape.map((d, axis) => (axes.includes(axis) ? 1 : d))
  const inner = x.shape.map((d, axis) => (axes.includes(axis) ? d : 1))
  return build(shape, (index) => {
    let result = name === 'max' ? Number.NEGATIVE_INFINITY : 0
    build(inner, (offset) => {
      const value = at(
        x,
        index.map((n, axis) => n + offset[axis]!),
      )
      result = name === 'max' ? (value > result ? value : result) : f(result + value)
      return 0
    })
    return name === 'mean' ? f(result / sizeOf(inner)) : result
  })
}

export function matmul(a: Plain, b: Plain, shape: readonly number[], scale: number): Plain {
  const depth = a.shape.at(-1)!
  const [rows, columns] = shape.slice(-2) as [number, number]
  const product = build(shape, () => 0)
  for (let n = 0; n < product.data.length; n += rows * columns) {
    const batch = unravel(n / (rows * columns), shape.slice(0, -2))
    const fromA = startOf(a, batch)
    const fromB = startOf(b, batch)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        let sum = 0
        for (let k = 0; k < depth; k++) sum = f(sum + f(a.data[fromA + row * depth + k]! * b.data[fromB + k * columns + column]!))
        product.data[n + row * columns + column] = f(scale * sum)
      }
  }
  return product
}

function unravel(n: number, shape: readonly number[]): number[] {
  return shape.map((d, axis) => Math.floor(n / sizeOf(shape.slice(axis + 1))) % d)
}

/** Where the matrix of a batch index begins. */
function startOf({ shape }: Plain, batch: readonly number[]): number {
  const lead = shape.slice(0, -2)
  const matrix = lead.reduce((n, d, axis) => n * d + (d === 1 ? 0 : batch[axis + batch.length - lead.length]!), 0)
  return matrix * shape.at(-2)! * shape.at(-1)!
}

/** activation(x · weightᵀ + bias) + residual */
export function linear(x: Plain, weight: Plain, bias: Plain | undefined, activation: string, residual: Plain | undefined): Plain {
  const [columns, depth] = weight.shape as [number, number]
  const shape = [...x.shape.slice(0, -1), columns]
  const activate = PLAIN_UNARY[activation]!
  const data = new Float32Array(sizeOf(shape))
  for (let n = 0; n < data.length; n++) {
    const [row, column] = [Math.floor(n / columns), n % columns]
    let sum = 0
    for (let k = 0; k < depth; k++) sum = f(sum + f(x.data[row * depth + k]! * weight.data[column * depth + k]!))
    const activated = activate(bias ? f(sum + bias.data[column]!) : sum)
    data[n] = residual ? activated + residual.data[n]! : activated
  }
  return { data, shape }
}

/** Applies `each` to the rows of the last axis. */
function rows(x: Plain, each: (row: Float32Array) => Float32Array): Plain {
  const width = x.shape.at(-1)!
  const data = new Float32Array(x.data.length)
  for (let n = 0; n < data.length; n += width) data.set(each(x.data.subarray(n, n + width)), n)
  return { data, shape: x.shape }
}

export function softmax(x: Plain, log: boolean): Plain {
  return rows(x, (row) => {
    const max = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    const shares = row.map((s) => f(Math.exp(f(s - max))))
    const total = shares.reduce((a, b) => f(a + b), 0)
    return log ? row.map((s) => f(f(s - max) - f(Math.log(total)))) : shares.map((share) => f(share / total))
  })
}

export function layerNorm(x: Plain, weight: Plain, bias: Plain, eps: number): Plain {
  return rows(x, (row) => {
    const mean = f(row.reduce((a, b) => f(a + b), 0) / row.length)
    const variance = f(row.reduce((a, b) => f(a + f(f(b - mean) * f(b - mean))), 0) / row.length)
    const inverse = f(1 / f(Math.sqrt(f(variance + f(eps)))))
    return row.map((value, n) => f(f(f(f(value - mean) * inverse) * weight.data[n]!) + bias.data[n]!))
  })
}

export function rmsNorm(x: Plain, weight: Plain, eps: number, offset: number): Plain {
  return rows(x, (row) => {
    const square = f(row.reduce((a, b) => f(a + f(b * b)), 0) / row.length)
    const inverse = f(1 / f(Math.sqrt(f(square + f(eps)))))
    return row.map((value, n) => f(f(value * inverse) * f(offset + weight.data[n]!)))
  })
}

import { type DType, type Tensor, tensor } from '../../src/index.ts'

/** Numbers between −1 and 1, none nearer to 0 than 0.02: the same for the same seed. */
export function randomNumbers(size: number, seed: number): Float64Array {
  let state = (seed * 2654435761) >>> 0
  return Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const x = (state / 2 ** 32) * 2 - 1
    return x + (x < 0 ? -0.02 : 0.02)
  })
}

export function random(shape: readonly number[], seed: number, dtype: DType = 'float64'): Tensor {
  const size = shape.reduce((n, d) => n * d, 1)
  return tensor(randomNumbers(size, seed), shape, { dtype })
}

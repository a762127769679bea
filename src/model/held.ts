/** How the numbers of a model are held: in which type, at what cost in bytes and in exactness. */

import { bytesPerElement, type DType, isFloat } from '../tensor/index.ts'

/**
 * What `loadModel` may be asked for. 'stored': matrices in the type of the file. 'int8': matrices rounded, with a scale per row.
 * Whatever the matrices are held in, everything else (biases, norms, positions) is float32, and so is what is computed; with 'float64'
 * all is float64, on the slow reference.
 */
export const WEIGHT_TYPES = ['stored', 'float32', 'float64', 'float16', 'bfloat16', 'int8'] as const

export type WeightType = (typeof WEIGHT_TYPES)[number]

export function computedIn(held: WeightType): 'float32' | 'float64' {
  return held === 'float64' ? 'float64' : 'float32'
}

/** What a matrix is held in that the file has as `natural`. */
export function matrixType(held: WeightType, natural: DType): DType {
  if (held !== 'stored') return held
  return natural === 'float16' || natural === 'bfloat16' ? natural : 'float32'
}

/** What int8 changed in one tensor of the file. */
export interface Rounded {
  readonly name: string
  /** The largest |x − held x| ÷ the largest |x|. */
  readonly worst: number
  /** Σ |x − held x| ÷ Σ |x|. */
  readonly mean: number
}

export interface WeightsReport {
  /** How many bytes the weights take in memory. */
  readonly bytes: number
  /** How many numbers are held in which type. */
  readonly numbers: Readonly<Partial<Record<DType, number>>>
  /** Empty unless the weights were rounded to int8. */
  readonly rounded: readonly Rounded[]
}

/** What 32-bit WebAssembly can address. */
export const MOST_BYTES = 2 ** 32

/** About how many bytes tensors of these shapes and types take. */
export function bytesHeld(tensors: Iterable<{ shape: readonly number[]; natural: DType }>, held: WeightType): number {
  let sum = 0
  for (const { shape, natural } of tensors) {
    const size = shape.reduce((product, d) => product * d, 1)
    const matrix = shape.length >= 2 && isFloat(natural)
    sum += size * bytesPerElement(matrix ? matrixType(held, natural) : computedIn(held))
  }
  return sum
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toPrecision(3)} GiB`
}

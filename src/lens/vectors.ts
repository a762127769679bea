/** Arithmetic of vectors in float64. */

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let n = 0; n < a.length; n++) sum += a[n]! * b[n]!
  return sum
}

export const lengthOf = (x: Float64Array): number => Math.sqrt(dot(x, x))

/** x at length 1; a vector of zeros stays one. */
export function unit(x: Float64Array): Float64Array {
  const length = lengthOf(x)
  return length === 0 ? x : x.map((value) => value / length)
}

export function sumOf(list: readonly Float64Array[], width: number): Float64Array {
  const sum = new Float64Array(width)
  for (const x of list) for (let n = 0; n < width; n++) sum[n]! += x[n]!
  return sum
}

export function meanOf(list: readonly Float64Array[], width: number): Float64Array {
  return sumOf(list, width).map((value) => value / list.length)
}

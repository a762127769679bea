/** What works on one row (the last axis) at a time: softmax and the norms. */

import type { View } from '../../tensor/index.ts'
import { load, store } from './numbers.ts'

/** Replaces every row of x by what `each` writes into `out`. */
function mapRows(x: View, out: View, each: (row: Float64Array, out: Float64Array) => void): void {
  const width = x.shape.at(-1) ?? 1
  const numbers = load(x)
  const results = new Float64Array(numbers.length)
  for (let at = 0; at < numbers.length; at += width) each(numbers.subarray(at, at + width), results.subarray(at, at + width))
  store(out, results)
}

/** exp(x − max) / Σ exp(x − max), or its logarithm. A row of −∞ gives 0 (log: −∞); a NaN or +∞ in a row makes the row NaN. */
export function softmax(x: View, out: View, log: boolean): void {
  mapRows(x, out, (row, result) => {
    let max = Number.NEGATIVE_INFINITY
    for (const s of row) max = Math.max(max, s)
    if (max === Number.NEGATIVE_INFINITY) {
      result.fill(log ? max : 0)
      return
    }
    let sum = 0
    for (const s of row) sum += Math.exp(s - max)
    const logSum = Math.log(sum)
    for (let n = 0; n < row.length; n++) result[n] = log ? row[n]! - max - logSum : Math.exp(row[n]! - max) / sum
  })
}

/** (x − mean) / √(variance + eps) · weight + bias; the variance divides by the row's length. */
export function layerNorm(x: View, weight: View | undefined, bias: View | undefined, eps: number, out: View): void {
  const w = weight && load(weight)
  const b = bias && load(bias)
  mapRows(x, out, (row, result) => {
    let sum = 0
    for (const value of row) sum += value
    const mean = sum / row.length
    let squares = 0
    for (const value of row) squares += (value - mean) ** 2
    const inverse = 1 / Math.sqrt(squares / row.length + eps)
    for (let n = 0; n < row.length; n++) result[n] = (row[n]! - mean) * inverse * (w ? w[n]! : 1) + (b ? b[n]! : 0)
  })
}

/** x / √(mean(x²) + eps) · (offset + weight); without a weight the last factor is 1. */
export function rmsNorm(x: View, weight: View | undefined, eps: number, offset: number, out: View): void {
  const w = weight && load(weight)
  mapRows(x, out, (row, result) => {
    let squares = 0
    for (const value of row) squares += value * value
    const inverse = 1 / Math.sqrt(squares / row.length + eps)
    for (let n = 0; n < row.length; n++) result[n] = row[n]! * inverse * (w ? offset + w[n]! : 1)
  })
}

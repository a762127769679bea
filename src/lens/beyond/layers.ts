/** The attention of all layers of one tower, a strip of rows at a time: what rollout and flow are made of. */

import { type Half, sightOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'

/** A square matrix for each layer, the first layer first. Rows are the tokens that look. */
export interface Layers {
  readonly layers: number
  readonly n: number
  /** Rows from … to−1 of a layer, row-major. */
  rows(layer: number, from: number, to: number): Promise<Float64Array>
}

export interface Which {
  /** Of an encoder–decoder: the half that reads (default), or the one that writes. */
  readonly kind?: Half | undefined
  /** Which text of a batch. Default 0. */
  readonly batch?: number | undefined
}

/** The mean of each layer's heads. Refuses cross-attention, which joins two texts: nothing can be followed down through it alone. */
export function meanWeights(operation: string, reading: Reading, { kind: asked, batch = 0 }: Which = {}): Layers {
  const { kind, layers, square } = sightOf(operation, reading, asked)
  if (!square)
    throw new RangeError(
      `${operation}: follows one text through its layers, and cross-attention joins two; the kind must be encoder or decoder`,
    )
  const views = Array.from({ length: layers }, (_, layer) => reading.attention(layer, 'mean', { batch, kind }))
  const n = views[0]!.rows
  return { layers, n, rows: async (layer, from, to) => new Float64Array(await views[layer]!.tile(from, to, 0, n)) }
}

/** What position alone would give: every row spread evenly over the keys that have any weight in it. */
export function evenly({ layers, n, rows }: Layers): Layers {
  const spread = (row: Float64Array): void => {
    const seen = row.reduce((count, weight) => count + (weight > 0 ? 1 : 0), 0)
    for (const [column, weight] of row.entries()) row[column] = weight > 0 ? 1 / seen : 0
  }
  return { layers, n, rows: async (layer, from, to) => eachRow(await rows(layer, from, to), n, spread) }
}

/**
 * What a layer passes on when a share `residual` of every token comes from the token itself, past attention: (1 − residual) · A +
 * residual · I, each row brought to the sum 1 (a row whose sink or mask took everything is then the token alone).
 */
export function withResidual({ layers, n, rows }: Layers, residual: number): Layers {
  if (!(residual >= 0 && residual <= 1)) throw new RangeError(`residual must lie between 0 and 1, got ${residual}`)
  const mix = (row: Float64Array, at: number): void => {
    for (const [column, weight] of row.entries()) row[column] = (1 - residual) * weight
    row[at]! += residual
    const sum = row.reduce((total, weight) => total + weight, 0)
    if (sum > 0) for (const [column, weight] of row.entries()) row[column] = weight / sum
    else row[at] = 1
  }
  return { layers, n, rows: async (layer, from, to) => eachRow(await rows(layer, from, to), n, mix, from) }
}

function eachRow(strip: Float64Array, n: number, change: (row: Float64Array, at: number) => void, from = 0): Float64Array {
  for (let r = 0; r * n < strip.length; r++) change(strip.subarray(r * n, (r + 1) * n), from + r)
  return strip
}

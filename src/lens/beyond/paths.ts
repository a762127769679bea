/** What rollout and flow have in common: which rows, with how much residual, and what position alone would give. */

import { sightOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'
import { evenly, type Layers, meanWeights, type Which, withResidual } from './layers.ts'

export interface PathOptions extends Which {
  /** Rows from … to−1: the tokens at the top. Default: all. */
  readonly rows?: readonly [number, number] | undefined
  /** Which layers, the first and the last. Default: all. */
  readonly layers?: readonly [number, number] | undefined
  /** Which share of a token goes past attention in every layer. Default ½. */
  readonly residual?: number | undefined
  /**
   * 'position': also computed for a model that spreads every row evenly over what the row sees, and compared. Default: 'position' where
   * queries see no later key, else 'nothing'.
   */
  readonly against?: 'position' | 'nothing' | undefined
}

/** Matrices [rows, n], row-major: how much of the token at the top of the tower comes from each token at the bottom. */
export interface Paths {
  readonly rows: readonly [number, number]
  readonly n: number
  readonly values: Float64Array
  /** The same for even attention: what position alone gives. */
  readonly alone?: Float64Array
  /** values ÷ alone, each row brought to the sum 1: what is left when position is taken out. 0 where the row cannot see. */
  readonly relative?: Float64Array
}

/** How many of how many computations are done. */
export interface Passes {
  readonly done: number
  readonly of: number
}

/** Runs `compute` on the reading's mean attention, and on even attention if that is to be compared. */
export async function pathsOf(
  operation: string,
  reading: Reading,
  options: PathOptions,
  compute: (layers: Layers, rows: readonly [number, number], passes: Passes) => Promise<Float64Array>,
): Promise<Paths> {
  const { causal } = sightOf(operation, reading, options.kind)
  const { residual = 0.5, against = causal ? 'position' : 'nothing' } = options
  const weights = between(operation, meanWeights(operation, reading, options), options.layers)
  const { n } = weights
  const rows = rowsOf(operation, options.rows, n)
  const of = against === 'nothing' ? 1 : 2
  const values = await compute(withResidual(weights, residual), rows, { done: 0, of })
  if (against === 'nothing') return { rows, n, values }
  const alone = await compute(withResidual(evenly(weights), residual), rows, { done: 1, of })
  return { rows, n, values, alone, relative: quotient(values, alone, n) }
}

function between(operation: string, all: Layers, range: PathOptions['layers']): Layers {
  if (!range) return all
  const [first, last] = range
  if (!Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last < first || last >= all.layers)
    throw new RangeError(`${operation}: layers must be [first, last] within 0 to ${all.layers - 1}, got [${first}, ${last}]`)
  return { layers: last - first + 1, n: all.n, rows: (layer, from, to) => all.rows(first + layer, from, to) }
}

function rowsOf(operation: string, rows: PathOptions['rows'], n: number): readonly [number, number] {
  const [from, to] = rows ?? [0, n]
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > n)
    throw new RangeError(`${operation}: rows must be [from, to] within 0 to ${n}, got [${from}, ${to}]`)
  return [from, to]
}

function quotient(values: Float64Array, alone: Float64Array, n: number): Float64Array {
  const out = values.map((value, at) => (alone[at]! > 0 ? value / alone[at]! : 0))
  for (let from = 0; from < out.length; from += n) {
    const row = out.subarray(from, from + n)
    const sum = row.reduce((total, value) => total + value, 0)
    if (sum > 0) for (const [column, value] of row.entries()) row[column] = value / sum
  }
  return out
}

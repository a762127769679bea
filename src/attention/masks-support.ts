/** What the catalogue of masks shares. */

import { build, type Expr } from '../expression/index.ts'
import { Mask } from './mask.ts'
import { TruthTable } from './table.ts'
import type { Tables, Truth, Value } from './traced.ts'

export function wholeNumbers(operation: string, numbers: Record<string, number>, least: number): void {
  for (const [name, n] of Object.entries(numbers))
    if (!Number.isInteger(n) || n < least) throw new RangeError(`${operation}: ${name} must be an integer ≥ ${least}, got ${n}`)
}

/** The mask `kind(detail)` over the positions 0 … n−1 that something of n entries describes; negative positions see nothing. */
export function perPosition(kind: string, detail: string, n: number, allows: { expr: Expr; tables: Tables }): Mask {
  const real = build.compare('ge', build.i, build.constant(0))
  return Mask.of(`${kind}(${detail})`, build.both(allows.expr, real), allows.tables, [
    { what: `masks.${kind}`, queries: n, keys: n },
  ])
}

/** → is this position listed? The table's first and last entries are false, so that clamping finds no other. */
export function flagged(operation: string, positions: readonly number[]): (position: Value) => Truth {
  const last = positions.reduce((a, b) => Math.max(a, b), -1)
  for (const position of positions) wholeNumbers(operation, { 'every position': position }, 0)
  const flags = new Float64Array(last + 3)
  for (const position of positions) flags[position + 1] = 1
  const table = new TruthTable(flags, [flags.length])
  return (position) => table.at(position.add(1))
}

/** Score functions that have a name. They apply after scale, softcap and bias, in the order given. */

import { build } from '../expression/index.ts'
import { Score } from './score.ts'
import { NumberTable } from './table.ts'
import { type ScoreFunction, traceScore } from './trace.ts'

/** A function traced into a score: `from((s, b, h, i, j) => s.add(t.at(h, i.sub(j))))`. */
export function from(score: ScoreFunction, name = 'from(…)'): Score {
  return new Score(name, traceScore('scores.from', score))
}

/** c · tanh(s / c), at its place in the list (the option `softcap` comes before any bias). */
export function softcap(c: number): Score {
  if (!(c > 0) || !Number.isFinite(c)) throw new RangeError(`scores.softcap: c must be a finite number > 0, got ${c}`)
  return new Score(`softcap(${c})`, {
    expr: build.mul(build.unary('tanh', build.div(build.s, build.constant(c))), build.constant(c)),
  })
}

/**
 * ALiBi (Press et al. 2022): s + slope[h] · (j − i). Without slopes, those of the paper for however many heads the call has.
 * symmetric: s − slope[h] · |i − j|, for attention in both directions.
 */
export function alibi(slopes?: readonly number[] | Float32Array | Float64Array, { symmetric = false } = {}): Score {
  const tables = new Map<number, NumberTable>()
  return new Score('alibi()', ({ heads }) => {
    if (slopes && slopes.length !== heads)
      throw new RangeError(`scores.alibi: one slope per query head is needed, got ${slopes.length} for H=${heads}`)
    const table = tables.get(heads) ?? new NumberTable(Float64Array.from(slopes ?? alibiSlopes(heads)), [heads])
    tables.set(heads, table)
    const slope = build.lookup(table.id, [build.h])
    const distance = symmetric ? build.unary('neg', build.unary('abs', build.sub(build.i, build.j))) : build.sub(build.j, build.i)
    return { expr: build.add(build.s, build.mul(slope, distance)), tables: new Set([table]) }
  })
}

/**
 * The slopes of ALiBi for n heads: r, r², …, rⁿ with r = 2^(−8/n) where n is a power of two; otherwise those of the power of two m below n,
 * then every other one of those of 2m.
 */
export function alibiSlopes(n: number): number[] {
  if (!Number.isInteger(n) || n < 0)
    throw new RangeError(`scores.alibiSlopes: the number of heads must be an integer ≥ 0, got ${n}`)
  if (n === 0) return []
  const m = 2 ** Math.floor(Math.log2(n))
  const powers = (count: number): number[] => Array.from({ length: count }, (_, h) => 2 ** ((-8 / count) * (h + 1)))
  return [...powers(m), ...powers(2 * m).filter((_, h) => h % 2 === 0)].slice(0, n)
}

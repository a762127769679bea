/** Score functions that have a name. They apply after scale, softcap and bias, in the order given. */

import { build } from '../expression/index.ts'
import { show, Tensor } from '../tensor/index.ts'
import { type BucketOptions, bucketOf, checkBuckets } from './buckets.ts'
import { Score } from './score.ts'
import { NumberTable, table } from './table.ts'
import { type ScoreFunction, traceScore } from './trace.ts'
import { Value } from './traced.ts'

export { type BucketOptions, bucketOf } from './buckets.ts'

const [S, B, H, I, J] = [build.s, build.b, build.h, build.i, build.j].map((expr) => new Value(expr)) as [
  Value,
  Value,
  Value,
  Value,
  Value,
]

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
 * Sandwich (Chi et al. 2023): s + Σₖ cos((i − j) / 10000^(2k/width)) / (8·(h + 1)/H), k < width/2: what sinusoidal positions add to a product.
 */
export function sandwich({ width = 128 } = {}): Score {
  if (!Number.isInteger(width) || width < 2) throw new RangeError(`scores.sandwich: width must be an integer ≥ 2, got ${width}`)
  const tables = new Map<number, NumberTable>()
  return new Score('sandwich()', ({ heads, reach }) => {
    const length = 2 ** Math.ceil(Math.log2(reach + 1))
    const bias =
      tables.get(length) ??
      new NumberTable(
        Float64Array.from({ length }, (_, d) => cosines(d, width)),
        [length],
      )
    tables.set(length, bias)
    const { expr, tables: used } = S.add(bias.at(I.sub(J).abs()).div(H.add(1).mul(8 / heads)))
    return { expr, tables: used }
  })
}

function cosines(distance: number, width: number): number {
  let sum = 0
  for (let k = 0; k < width / 2; k++) sum += Math.cos(distance / 10000 ** ((2 * k) / width))
  return sum
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

/**
 * Relative bias by bucket (Raffel et al. 2020): s + weights[bucket(j − i), h]. `weights` is [buckets, H], a tensor or numbers.
 */
export function relativeBias(
  weights: Tensor | readonly number[] | Float32Array,
  options: BucketOptions & { heads?: number } = {},
): Score {
  const { buckets = 32, maxDistance = 128, bidirectional = true, heads } = options
  checkBuckets('scores.relativeBias', options)
  const shape = weights instanceof Tensor ? weights.shape : [buckets, heads ?? weights.length / buckets]
  if (shape.length !== 2 || shape[0] !== buckets || !Number.isInteger(shape[1]))
    throw new RangeError(`scores.relativeBias: weights must be [buckets, H] with ${buckets} buckets, got ${show(shape)}`)
  const values = weights instanceof Tensor ? table(weights) : table(weights, shape)
  const reach = maxDistance + buckets
  const near = Float64Array.from({ length: 2 * reach + 1 }, (_, n) => bucketOf(n - reach, options))
  const bucket = table(near).at(J.sub(I).add(reach))
  const { expr, tables } = S.add(values.at(bucket, H))
  return new Score(`relativeBias(${bidirectional ? 'both directions' : 'causal'})`, ({ heads: H }) => {
    if (shape[1] !== H)
      throw new RangeError(
        `scores.relativeBias: weights [buckets, H] must have one column per query head, got ${show(shape)} for H=${H}`,
      )
    return { expr, tables }
  })
}

export interface DebertaTables {
  /** Query content · key position, [B, H, L, 2·span], already scaled: read at (i, bucket). */
  readonly contentToPosition?: Tensor
  /** Key content · query position, [B, H, S, 2·span], already scaled: read at (j, bucket). */
  readonly positionToContent?: Tensor
  /** Half the number of position buckets. */
  readonly span: number
  /** DeBERTa v2: distances beyond span/2 share buckets by logarithm up to this one. Default: none, distances are clamped. */
  readonly maxDistance?: number
}

/**
 * Disentangled attention (He et al. 2021): s + contentToPosition[b,h,i,c] + positionToContent[b,h,j,c] with
 * c = clamp(bucket(i − j) + span, 0, 2·span − 1). Both terms come from matrix products, and are scaled as the scores are:
 * 1/√(D·(1 + how many terms)).
 */
export function deberta({ contentToPosition, positionToContent, span, maxDistance }: DebertaTables): Score {
  if (!Number.isInteger(span) || span < 1) throw new RangeError(`scores.deberta: span must be an integer ≥ 1, got ${span}`)
  for (const [name, x] of Object.entries({ contentToPosition, positionToContent }))
    if (x && (x.rank !== 4 || x.shape[3] !== 2 * span))
      throw new RangeError(`scores.deberta: ${name} must be [B,H,length,2·span=${2 * span}], got ${show(x.shape)}`)
  const distance = maxDistance === undefined ? I.sub(J) : logBucket(span, maxDistance)
  const bucket = distance.add(span)
  let score = S
  if (contentToPosition) score = score.add(table(contentToPosition).at(B, H, I, bucket))
  if (positionToContent) score = score.add(table(positionToContent).at(B, H, J, bucket))
  return new Score('deberta()', { expr: score.expr, tables: score.tables })
}

/** DeBERTa v2's signed bucket of i − j, from a table up to where all distances share the last. */
function logBucket(span: number, maxDistance: number): Value {
  const reach = 2 * maxDistance
  const entries = Float64Array.from({ length: 2 * reach + 1 }, (_, n) => debertaBucket(n - reach, span, maxDistance))
  return table(entries).at(I.sub(J).add(reach))
}

/** Distances up to span/2 stay; beyond, ⌈log(|d|/mid) / log((max − 1)/mid) · (mid − 1)⌉ + mid with the sign of d. */
export function debertaBucket(distance: number, span: number, maxDistance: number): number {
  const mid = Math.floor(span / 2)
  const far = Math.abs(distance)
  if (far <= mid) return distance
  return Math.sign(distance) * (Math.ceil((Math.log(far / mid) / Math.log((maxDistance - 1) / mid)) * (mid - 1)) + mid)
}

/** One head's attention matrix, looked at without ever being whole: what is asked for is computed from q, k and lse. */

import { attentionWeights, type MaskLike } from '../attention/index.ts'
import type { Looked } from '../nn/index.ts'
import { contiguous, slice } from '../ops/index.ts'
import { scope, Tensor } from '../tensor/index.ts'

/** How many weights of all heads together are computed at a time for a mean. */
const AT_ONCE = 2 ** 20

/**
 * Rows are queries (the token that looks), columns are keys (the token looked at); both count positions as `run.tokensOf(batch)`
 * does. Weights are exact: a row sums to 1 over the keys it may see, and is 0 elsewhere.
 */
export class AttentionView {
  /** How many queries. */
  readonly rows: number
  /** How many keys. */
  readonly cols: number
  readonly #looked: Looked
  readonly #heads: readonly number[]
  readonly #batch: number

  /** More than one head: their mean. What the layer looked with belongs to the run; the view holds no memory of its own. */
  constructor(looked: Looked, heads: readonly number[], batch: number) {
    this.rows = looked.q.shape[2]!
    this.cols = looked.k.shape[2]!
    this.#looked = looked
    this.#heads = heads
    this.#batch = batch
  }

  /** What query i gives to every key. */
  row(i: number): Promise<Float32Array> {
    return this.tile(i, i + 1, 0, this.cols)
  }

  /** What query i gives to key j. */
  async cell(i: number, j: number): Promise<number> {
    return (await this.tile(i, i + 1, j, j + 1))[0]!
  }

  /** The whole matrix, row-major: rows × cols numbers. */
  all(): Promise<Float32Array> {
    return this.tile(0, this.rows, 0, this.cols)
  }

  /** Rows r0 … r1−1 and columns c0 … c1−1, row-major. */
  async tile(r0: number, r1: number, c0: number, c1: number): Promise<Float32Array> {
    checkRange('row', r0, r1, this.rows)
    checkRange('column', c0, c1, this.cols)
    const width = c1 - c0
    const out = new Float32Array((r1 - r0) * width)
    if (out.length === 0) return out
    const step = Math.max(1, Math.floor(AT_ONCE / (this.#heads.length * width)))
    for (let from = r0; from < r1; from += step) {
      const to = Math.min(r1, from + step)
      out.set(meanOf(await this.#weights(from, to, c0, c1), this.#heads.length), (from - r0) * width)
    }
    return out
  }

  /**
   * The same part made smaller: each number stands for `by` × `by` weights (fewer at the far edges), their largest or their mean. Every
   * weight is computed and none is kept, so memory does not grow with the part. → ⌈rows/by⌉ × ⌈cols/by⌉ numbers, row-major.
   */
  async pooled(
    { rows: [r0, r1], cols: [c0, c1] }: { rows: readonly [number, number]; cols: readonly [number, number] },
    by: number,
    how: 'max' | 'mean',
  ): Promise<Float32Array> {
    checkRange('row', r0, r1, this.rows)
    checkRange('column', c0, c1, this.cols)
    if (!Number.isInteger(by) || by < 1) throw new RangeError(`attention view: pooled by ${by}; it must be a whole number from 1`)
    if (how !== 'max' && how !== 'mean')
      throw new TypeError(`attention view: pooled by the ${JSON.stringify(how)} of weights; it must be 'max' or 'mean'`)
    if (by === 1) return Float32Array.from(await this.tile(r0, r1, c0, c1))
    const pool = new Pool(r1 - r0, c1 - c0, by, how)
    const step = Math.max(1, Math.floor(AT_ONCE / (this.#heads.length * Math.max(1, c1 - c0))))
    for (let from = r0; from < r1; from += step) pool.add(from - r0, await this.tile(from, Math.min(r1, from + step), c0, c1))
    return pool.done()
  }

  /** [heads, rows, cols] */
  async #weights(r0: number, r1: number, c0: number, c1: number): Promise<Float32Array | Float64Array> {
    const weights = tileOf(this.#looked, this.#batch, { rows: [r0, r1], cols: [c0, c1], heads: this.#heads })
    try {
      return (await weights.read()) as Float32Array | Float64Array
    } finally {
      weights.dispose()
    }
  }
}

/** Takes the rows of a matrix in any order, and keeps what stands for each square of them. */
class Pool {
  readonly #rows: number
  readonly #cols: number
  readonly #by: number
  readonly #how: 'max' | 'mean'
  readonly #across: number
  readonly #out: Float64Array

  constructor(rows: number, cols: number, by: number, how: 'max' | 'mean') {
    this.#rows = rows
    this.#cols = cols
    this.#by = by
    this.#how = how
    this.#across = Math.ceil(cols / by)
    this.#out = new Float64Array(Math.ceil(rows / by) * this.#across)
  }

  /** Whole rows, from row `first` on. */
  add(first: number, weights: Float32Array | Float64Array): void {
    const largest = this.#how === 'max'
    const [cols, by, out] = [this.#cols, this.#by, this.#out]
    for (let at = 0, row = first; at < weights.length; at += cols, row++) {
      let square = Math.floor(row / by) * this.#across
      for (let from = 0; from < cols; from += by, square++) {
        const to = at + Math.min(cols, from + by)
        let kept = largest ? out[square]! : 0
        for (let n = at + from; n < to; n++) {
          const weight = weights[n]!
          if (!largest) kept += weight
          else if (weight > kept) kept = weight
        }
        out[square] = largest ? kept : out[square]! + kept
      }
    }
  }

  done(): Float32Array {
    if (this.#how === 'max') return Float32Array.from(this.#out)
    const side = (index: number, all: number): number => Math.min(this.#by, all - index * this.#by)
    return Float32Array.from(
      this.#out,
      (sum, n) => sum / (side(Math.floor(n / this.#across), this.#rows) * side(n % this.#across, this.#cols)),
    )
  }
}

/** The tile of one text of the batch. */
function tileOf(
  looked: Looked,
  batch: number,
  tile: { rows: [number, number]; cols: [number, number]; heads: readonly number[] },
): Tensor {
  using s = scope()
  const one = (x: Tensor): Tensor => (x.shape[0] === 1 ? x : slice(x, 0, batch, batch + 1))
  const { q, k, lse, options, byText } = looked
  if (byText) return s.keep(contiguous(one(attentionWeights(q, k, options, { ...tile, lse }))))
  const { lengths, mask, offset } = options
  const own = {
    ...options,
    ...(lengths && { lengths: [lengths[batch]!] }),
    ...(typeof offset === 'object' && { offset: offset[batch]! }),
    ...(mask && { mask: listOf(mask).map((each) => (each instanceof Tensor && each.rank === 4 ? one(each) : each)) }),
  }
  return s.keep(attentionWeights(one(q), one(k), own, { ...tile, lse: one(lse) }))
}

function listOf(mask: NonNullable<Looked['options']['mask']>): readonly MaskLike[] {
  return Array.isArray(mask) ? mask : [mask as MaskLike]
}

function meanOf(weights: Float32Array | Float64Array, heads: number): Float32Array | Float64Array {
  if (heads === 1) return weights
  const size = weights.length / heads
  const out = new Float64Array(size)
  for (let n = 0; n < weights.length; n++) out[n % size]! += weights[n]! / heads
  return out
}

function checkRange(what: string, from: number, to: number, length: number): void {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > length || from > to)
    throw new RangeError(`attention view: ${what}s ${from} to ${to} do not lie within 0 to ${length}`)
}

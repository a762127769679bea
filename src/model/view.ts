/** One head's attention matrix, looked at without ever being whole: what is asked for is computed from q, k and lse. */

import { attentionWeights } from '../attention/index.ts'
import type { Looked } from '../nn/index.ts'
import { slice } from '../ops/index.ts'
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

/** The tile of one text of the batch. */
function tileOf(
  looked: Looked,
  batch: number,
  tile: { rows: [number, number]; cols: [number, number]; heads: readonly number[] },
): Tensor {
  using s = scope()
  const one = (x: Tensor): Tensor => slice(x, 0, batch, batch + 1)
  const { q, k, lse, options } = looked
  const { lengths, mask, offset } = options
  const own = {
    ...options,
    ...(lengths && { lengths: [lengths[batch]!] }),
    ...(typeof offset === 'object' && { offset: offset[batch]! }),
    ...(mask instanceof Tensor && { mask: one(mask) }),
  }
  return s.keep(attentionWeights(one(q), one(k), own, { ...tile, lse: one(lse) }))
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

/** What is added to a score by how far apart query and key stand. */

import { type Score, scores, table } from '../attention/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { Module } from './module.ts'

/** A score for `attention`, and the tensors it reads that have a life of their own. */
export interface BiasScore {
  readonly score: Score
  readonly held: readonly Tensor[]
}

/** Layers may share one. */
export abstract class DistanceBias extends Module {
  /** `watch`: what the score reads must outlive this layer. */
  abstract score(watch: boolean): BiasScore
}

/** ALiBi: slope[h] · (j − i). slopes [H] */
export class LinearBias extends DistanceBias {
  readonly #slopes: ReturnType<typeof numbers>
  readonly #score: Score

  constructor({ slopes }: { slopes: readonly number[] }) {
    super()
    const each = numbers(slopes)
    this.#slopes = each
    this.#score = scores.from((s, _b, h, i, j) => s.add(each.at(h).mul(j.sub(i))), 'alibi()')
  }

  score(): BiasScore {
    return { score: this.#score, held: [] }
  }

  override dispose(): void {
    super.dispose()
    this.#slopes.dispose()
  }
}

/** T5: weight[bucket(j − i), h], near distances each with a bucket of their own. weight [buckets,H] */
export class RelativeBias extends DistanceBias {
  readonly weight: Tensor
  readonly #options: scores.BucketOptions
  /** Bucket of distance n − reach. */
  readonly #buckets: ReturnType<typeof numbers>
  readonly #reach: number

  constructor({ weight, ...options }: { weight: Tensor } & scores.BucketOptions) {
    super()
    const { buckets = 32, maxDistance = 128 } = options
    this.weight = weight
    this.#options = options
    this.#reach = maxDistance + buckets
    this.#buckets = numbers(Array.from({ length: 2 * this.#reach + 1 }, (_, n) => scores.bucketOf(n - this.#reach, options)))
  }

  score(watch: boolean): BiasScore {
    const weight = watch ? this.weight.restride(this.weight.shape, this.weight.strides) : this.weight
    const values = table(weight)
    const name = `relativeBias(${this.#options.bidirectional === false ? 'causal' : 'both directions'})`
    const score = scores.from((s, _b, h, i, j) => s.add(values.at(this.#buckets.at(j.sub(i).add(this.#reach)), h)), name)
    return { score, held: watch ? [weight] : [] }
  }

  override dispose(): void {
    super.dispose()
    this.#buckets.dispose()
  }
}

const numbers = (list: readonly number[]) => table([...list])

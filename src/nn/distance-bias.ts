/** What is added to a score by how far apart query and key stand. */

import { type NumberTable, type Score, scores, table, type Value } from '../attention/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { Module } from './module.ts'

/** A score for `attention`, and the tensors it reads that have a life of their own. */
export interface BiasScore {
  readonly score: Score
  readonly held: readonly Tensor[]
}

/** Layers may share one. */
export abstract class DistanceBias extends Module {
  /**
   * `watch`: what the score reads must outlive this layer. `places` [texts or 1, positions]: where tokens stand, if not at 0, 1, 2, …
   */
  abstract score(watch: boolean, places?: NumberTable): BiasScore
}

/** How far the key stands behind the query. */
function distance(places: NumberTable | undefined, b: Value, i: Value, j: Value): Value {
  return places ? places.at(b, j).sub(places.at(b, i)) : j.sub(i)
}

/** ALiBi: slope[h] · (j − i). slopes [H] */
export class LinearBias extends DistanceBias {
  readonly #slopes: ReturnType<typeof numbers>
  readonly #score: Score

  constructor({ slopes }: { slopes: readonly number[] }) {
    super()
    this.#slopes = numbers(slopes)
    this.#score = this.#with()
  }

  score(_watch: boolean, places?: NumberTable): BiasScore {
    return { score: places ? this.#with(places) : this.#score, held: [] }
  }

  #with(places?: NumberTable): Score {
    const slopes = this.#slopes
    return scores.from((s, b, h, i, j) => s.add(slopes.at(h).mul(distance(places, b, i, j))), 'alibi()')
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

  score(watch: boolean, places?: NumberTable): BiasScore {
    const weight = watch ? this.weight.restride(this.weight.shape, this.weight.strides) : this.weight
    const values = table(weight)
    const name = `relativeBias(${this.#options.bidirectional === false ? 'causal' : 'both directions'})`
    const [buckets, reach] = [this.#buckets, this.#reach]
    const score = scores.from((s, b, h, i, j) => s.add(values.at(buckets.at(distance(places, b, i, j).add(reach)), h)), name)
    return { score, held: watch ? [weight] : [] }
  }

  override dispose(): void {
    super.dispose()
    this.#buckets.dispose()
  }
}

const numbers = (list: readonly number[]) => table([...list])

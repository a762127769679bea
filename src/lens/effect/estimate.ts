/**
 * The first-order estimate of cutting any edge and of silencing any head, from one pass back.
 *
 * Let o_i = Σ_k w_ik v_k be what a head gives for token i. Without edge (i,j) it gives o_i + δ, where
 *
 *     cut before the softmax:  δ = w/(1 − w) · (o_i − v_j)      (the other weights grow by 1/(1 − w); w = w_ij)
 *     cut after the softmax:   δ = −w · v_j
 *     head silenced:           δ = −o_i, for every token i
 *
 * exactly: nothing is approximated so far. What follows from δ is: with c the slope of a quantity with regard to o_i, the estimate is c·δ. A distance
 * has no slope at the unedited run; its estimate is ½ Σ_p (c_p·δ)², the Gauss–Newton form, over directions p of what is measured.
 * Products with v are made a tile at a time, so that n² numbers are never held.
 */

import type { AttentionKind } from '../../model/index.ts'
import { matmul, mul, neg, reshape, slice, square, sub, sum, transpose } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Looks, Place } from './looks.ts'

type Range = readonly [from: number, to: number]

/** Where 1 − w loses this much to rounding, the other weights are added up instead. */
const NEARLY_ALL = 1 - 2 ** -10
/** Numbers that a tile may take on the way. */
const AT_ONCE = 2 ** 21

export interface EstimateParts {
  readonly looks: Looks
  readonly places: readonly Place[]
  /** For each place [P,H,L,Dv]: see `slopes`. They pass into the estimate's hands. */
  readonly slopes: readonly Tensor[]
  readonly distance: boolean
  readonly how: 'before' | 'after'
}

export class EdgeEstimate {
  readonly places: readonly Place[]
  readonly #looks: Looks
  readonly #slopes: readonly Tensor[]
  readonly #distance: boolean
  readonly #how: 'before' | 'after'

  constructor({ looks, places, slopes, distance, how }: EstimateParts) {
    this.#looks = looks
    this.places = places
    this.#slopes = slopes
    this.#distance = distance
    this.#how = how
  }

  headsIn(place: Place): number {
    return this.#looks.shape(place)[0]
  }

  /** Throws for a layer that is not estimated. `kind`: default the first that is. */
  find({ layer, kind = this.places[0]!.kind }: { layer: number; kind?: AttentionKind }): Place {
    const found = this.places.find((place) => place.layer === layer && place.kind === kind)
    if (found) return found
    const of = this.places.filter((place) => place.kind === kind)
    throw new RangeError(
      `effects: there is no layer ${layer} of kind ${JSON.stringify(kind)}; estimated are ${of.length} (counted from 0)`,
    )
  }

  /** How many rows one tile should have at most. */
  rowsAtOnce(place: Place): number {
    const { cols } = this.#looks.view(place, 0)
    return Math.max(1, Math.floor(AT_ONCE / (this.#slopesOf(place).shape[0]! * cols)))
  }

  /** Estimated effect of cutting each edge, rows r0 … r1−1, columns c0 … c1−1 of one head, row-major; and the weights. */
  async tile(place: Place, head: number, rows: Range, cols: Range): Promise<{ effects: Float64Array; weights: Float32Array }> {
    const shifts = this.#feltTile(place, head, rows, cols)
    try {
      const weights = await this.#looks.view(place, head).tile(...rows, ...cols)
      const felt = await shifts.read()
      const effects = Float64Array.from(weights, (w, n) => this.#effectOf(w, felt[n]!))
      if (this.#how === 'before') await this.#repair(effects, weights, place, head, rows, cols)
      return { effects, weights }
    } finally {
      shifts.dispose()
    }
  }

  /** Estimated effect of silencing each head of a place. */
  async heads(place: Place): Promise<Float64Array> {
    using given = this.#given(place)
    const [directions, heads] = given.shape as [number, number]
    const numbers = await given.read()
    return Float64Array.from({ length: heads }, (_, head) => {
      const each = Array.from({ length: directions }, (_, p) => -numbers[p * heads + head]!)
      return this.#distance ? each.reduce((total, felt) => total + (felt * felt) / 2, 0) : each[0]!
    })
  }

  dispose(): void {
    for (const tensor of this.#slopes) tensor.dispose()
    this.#looks.dispose()
  }

  /** What a weight makes of what is felt per unit of shift. */
  #effectOf(w: number, felt: number): number {
    const share = this.#how === 'after' ? w : w >= 1 ? 0 : w / (1 - w)
    return this.#distance ? share * share * felt : share * felt
  }

  #slopesOf(place: Place): Tensor {
    return this.#slopes[this.places.indexOf(place)]!
  }

  /** [rows, cols]: c·(o_i − v_j), or −c·v_j for cuts after the softmax; of a distance ½ Σ of its squares. */
  #feltTile(place: Place, head: number, rows: Range, cols: Range): Tensor {
    using s = scope()
    const { slopes, blend, values } = this.#ofHead(place, head, rows, cols)
    const [directions, count, width] = slopes.shape as [number, number, number]
    const [, length] = values.shape as [number, number]
    const seen = reshape(matmul(reshape(slopes, [directions * count, width]), values), [directions, count, length])
    const shift = this.#how === 'after' ? neg(seen) : sub(sum(mul(slopes, blend), -1, { keepDims: true }), seen)
    return s.keep(this.#distance ? mul(sum(square(shift), 0), 0.5) : reshape(shift, [count, length]))
  }

  /** slopes [P,rows,Dv], blend [1,rows,Dv] and values, turned, [Dv,cols] of one head. They belong to the open scope. */
  #ofHead(place: Place, head: number, [r0, r1]: Range, [c0, c1]: Range): { slopes: Tensor; blend: Tensor; values: Tensor } {
    const all = { slopes: this.#slopesOf(place), blend: this.#looks.blend(place), values: this.#looks.values(place) }
    const [directions, heads, , width] = all.slopes.shape as [number, number, number, number]
    const shared = Math.floor((head * all.values.shape[1]!) / heads)
    const part = (x: Tensor, n: number, from: number, to: number) => slice(slice(x, 1, n, n + 1), 2, from, to)
    return {
      slopes: reshape(part(all.slopes, head, r0, r1), [directions, r1 - r0, width]),
      blend: reshape(part(all.blend, head, r0, r1), [1, r1 - r0, width]),
      values: transpose(reshape(part(all.values, shared, c0, c1), [c1 - c0, width])),
    }
  }

  /** [P,H]: Σ_i c·o_i */
  #given(place: Place): Tensor {
    using s = scope()
    return s.keep(sum(mul(this.#slopesOf(place), this.#looks.blend(place)), [2, 3]))
  }

  /** Edges that have nearly all the weight of their row: δ is made from the other weights themselves. There is at most one in a row. */
  async #repair(
    effects: Float64Array,
    weights: Float32Array,
    place: Place,
    head: number,
    [r0]: Range,
    [c0, c1]: Range,
  ): Promise<void> {
    for (const [n, w] of weights.entries()) {
      if (w <= NEARLY_ALL) continue
      const [i, j] = [r0 + Math.floor(n / (c1 - c0)), c0 + (n % (c1 - c0))]
      effects[n] = await this.#alone(place, head, i, j)
    }
  }

  async #alone(place: Place, head: number, i: number, j: number): Promise<number> {
    const row = await this.#looks.view(place, head).row(i)
    const rest = restOf(row, j)
    const numbers = await this.#numbersOf(place, head, i, row.length)
    const shift = numbers.blend.map((o, d) => {
      let left = 0
      for (let k = 0; k < row.length; k++) if (k !== j && row[k]! > 0) left += row[k]! * numbers.values[d * row.length + k]!
      return (rest > 0 ? left / rest : 0) - o
    })
    const width = shift.length
    let total = 0
    for (let p = 0; p < numbers.slopes.length / width; p++) {
      let felt = 0
      for (let d = 0; d < width; d++) felt += numbers.slopes[p * width + d]! * shift[d]!
      total += this.#distance ? (felt * felt) / 2 : felt
    }
    return total
  }

  async #numbersOf(place: Place, head: number, i: number, length: number) {
    const tensors = this.#copies(place, head, i, length)
    try {
      const [slopes, blend, values] = await Promise.all(
        tensors.map(async (each) => Float64Array.from((await each.read()) as Float32Array)),
      )
      return { slopes: slopes!, blend: blend!, values: values! }
    } finally {
      for (const each of tensors) each.dispose()
    }
  }

  #copies(place: Place, head: number, i: number, length: number): readonly Tensor[] {
    using s = scope()
    const { slopes, blend, values } = this.#ofHead(place, head, [i, i + 1], [0, length])
    return [slopes, blend, values].map((each) => s.keep(each))
  }
}

/** What the other weights of a row sum to; where a sink takes part of the row, what is left with it. */
function restOf(row: Float32Array, j: number): number {
  let others = 0
  for (let k = 0; k < row.length; k++) if (k !== j) others += row[k]!
  const left = 1 - row[j]!
  return left - others > 2 ** -16 ? left : others
}

/**
 * Gradient × attention: w · ∂m/∂w, how much a measure moves with a weight, times the weight. For a head that gives o_i = Σ_j w_ij v_j it is
 * w_ij · (g_i · v_j) with g_i = ∂m/∂o_i: to first order, the opposite of what cutting the link after the softmax does. Over several heads and layers it adds
 * up. A distance (1 − cosine, KL) is 0 in the run as it is and has no slope there: its links are given ½ Σ_p (Σ w · c_p·v_j)² instead, the
 * same to second order, along directions c_p of what is measured.
 */

import type { Model } from '../../model/index.ts'
import type { ModelInput } from '../../model/input.ts'
import { sidesOf } from '../../model/kinds.ts'
import { repeatHeads } from '../../nn/index.ts'
import { matmul, reshape, slice, transpose } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import { breath } from '../breath.ts'
import { subjectFor } from '../effect/effect.ts'
import { uneditedVectors } from '../effect/exact.ts'
import { gaugeOf } from '../effect/gauge.ts'
import { Looks, type Place } from '../effect/looks.ts'
import type { Measure } from '../effect/measure.ts'
import { slopes } from '../effect/slopes.ts'
import { firstKind } from '../effect/subject.ts'
import type { KindOption } from '../kinds.ts'

export interface GradientAttentionOptions extends KindOption {
  /** The token that looks. */
  readonly row: number
  /** Default 'cosine': 1 − cosine of the last hidden vector of the token that looks. */
  readonly measure?: Measure | undefined
  /** In this layer, of this head. Default: in all. */
  readonly layer?: number | undefined
  readonly head?: number | undefined
  /** For distances: along how many directions. As many as the vector is wide are exact. Default 32. */
  readonly probes?: number | undefined
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
}

export interface GradientAttention {
  /** What was measured, in words. */
  readonly measure: string
  /** Is it a distance, whose values are of second order and never below 0? */
  readonly distance: boolean
  /** For every token that could be looked at. */
  readonly values: Float64Array
}

export async function gradientAttention(
  model: Model,
  input: ModelInput,
  options: GradientAttentionOptions,
): Promise<GradientAttention> {
  const { row, measure = 'cosine', layer, head, probes = 32, seed = 0, signal } = options
  const subject = subjectFor(model, input, measure)
  const { kind = firstKind(subject) } = options
  const gauge = gaugeOf(measure, subject, { half: sidesOf(kind).rows, tokens: [row] })
  const directions = gauge.directions(await uneditedVectors(subject, gauge), probes, seed)
  const looks = new Looks(subject, subject.prepared)
  try {
    const places = looks.places(gauge.half).filter((place) => place.kind === kind && (layer === undefined || place.layer === layer))
    const felt = await slopes(subject, gauge, directions, looks, places, breath(signal))
    try {
      const sums = directions.map(() => new Float64Array(places.length > 0 ? looks.view(places[0]!, 0).cols : 0))
      for (const [n, place] of places.entries()) await add(sums, looks, place, felt[n]!, { row, head })
      return { measure: gauge.name, distance: gauge.distance, values: joined(sums, gauge.distance) }
    } finally {
      for (const each of felt) each.dispose()
    }
  } finally {
    looks.dispose()
  }
}

/** Adds Σ over heads of w · c_p·v_j to each direction p. */
async function add(
  sums: readonly Float64Array[],
  looks: Looks,
  place: Place,
  slopes: Tensor,
  { row, head }: { row: number; head: number | undefined },
): Promise<void> {
  const [directions, heads] = slopes.shape as [number, number, number, number]
  using along = perValue(slopes, looks.values(place), row)
  const numbers = await along.read()
  const n = sums[0]!.length
  for (let h = 0; h < heads; h++) {
    if (head !== undefined && head !== h) continue
    const weights = await looks.view(place, h).row(row)
    for (let p = 0; p < directions; p++)
      for (let j = 0; j < n; j++) sums[p]![j]! += weights[j]! * (numbers[(h * directions + p) * n + j] as number)
  }
}

/** [H,P,S]: c_p of the row, times each value. */
function perValue(slopes: Tensor, values: Tensor, row: number): Tensor {
  using s = scope()
  const [directions, heads, , width] = slopes.shape as [number, number, number, number]
  const [, shared, length] = values.shape as [number, number, number]
  const own = transpose(reshape(slice(slopes, 2, row, row + 1), [directions, heads, width]), 0, 1)
  const each = reshape(repeatHeads(values, heads / shared), [heads, length, width])
  return s.keep(matmul(own, transpose(each)))
}

function joined(sums: readonly Float64Array[], distance: boolean): Float64Array {
  if (!distance) return sums[0]!
  return sums[0]!.map((_, j) => sums.reduce((total, each) => total + each[j]! ** 2 / 2, 0))
}

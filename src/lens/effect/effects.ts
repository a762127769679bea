/** All edges and heads at once: an estimate of each effect, and the exact effect of those that come out on top. */

import type { Edit, Where } from '../../model/edit/edit.ts'
import type { AttentionKind, Model } from '../../model/index.ts'
import type { ModelInput } from '../../model/input.ts'
import { sidesOf } from '../../model/kinds.ts'
import { breath } from '../breath.ts'
import { subjectFor } from './effect.ts'
import { EdgeEstimate } from './estimate.ts'
import { eachUnder, measured, uneditedVectors } from './exact.ts'
import type { Vector } from './formulas.ts'
import { gaugeOf, type Looking } from './gauge.ts'
import { Looks, type Place } from './looks.ts'
import type { Gauge, Measure } from './measure.ts'
import { type Progress, steps } from './progress.ts'
import { type RankAgreement, rankAgreement } from './rank.ts'
import { everyHead, type Field, type FoundEdge, type FoundHead, largestEdges, largestHeads } from './search.ts'
import { slopes } from './slopes.ts'
import { firstKind, type Half, placesOf, type Subject, tokensOf } from './subject.ts'

export interface EffectsOptions extends Progress {
  /**
   * Default 'cosine': 1 − cosine of the last hidden vector of `from`; without `from`, its mean over the tokens of the text.
   */
  readonly measure?: Measure | undefined
  /** Only links from this token, or to this one. Default: all. */
  readonly from?: Where | undefined
  readonly to?: Where | undefined
  /**
   * Of an encoder–decoder: only links of this kind. Default: all that the measure depends on; with `from` or `to`, those of the half that
   * reads, whose tokens they name.
   */
  readonly kind?: AttentionKind | undefined
  /** Default 'before' the softmax. */
  readonly how?: 'before' | 'after' | undefined
  /** How many links, and how many heads, are measured exactly. Default 10. */
  readonly top?: number | undefined
  /**
   * For distances: along how many directions a change is felt. Half of them (from 8 on) are those into which the largest links and heads of a first,
   * rough estimate turn what is measured; the others are random. More are more exact and take longer; as many as the vector is wide (times the
   * tokens it is a mean over) leave no error of this kind. Default 40, less where their gradients would take more than 2²⁶ numbers, but 4 at least.
   */
  readonly probes?: number | undefined
  /** Of these directions. Default 0. */
  readonly seed?: number | undefined
}

export interface RankedHead {
  readonly kind: AttentionKind
  readonly layer: number
  readonly head: number
  /** First-order estimate. */
  readonly estimate: number
  /** By running the model without it. */
  readonly exact: number
}

export interface RankedEdge extends RankedHead {
  /** The token that looks, and the one looked at. */
  readonly from: number
  readonly to: number
  readonly weight: number
}

/** Estimates of one head. */
export interface HeadEstimate {
  readonly kind: AttentionKind
  readonly layer: number
  readonly head: number
  /** First-order estimate of silencing it: it gives zeros. */
  readonly estimate: number
}

export interface Effects {
  /** What was measured, in words. */
  readonly measure: string
  /** How the estimate was made, in words. Everything called an estimate here is one. */
  readonly method: string
  /** Links with the largest estimate (by size), largest first, each with its exact effect beside it. */
  readonly edges: readonly RankedEdge[]
  /** The same of whole heads, silenced. */
  readonly heads: readonly RankedHead[]
  /** The estimate of every head. */
  readonly headEstimates: readonly HeadEstimate[]
  /** Do estimate and exact effect put those links, and those heads, in the same order? */
  readonly agreement: { readonly edges: RankAgreement; readonly heads: RankAgreement }
  /** Estimates of links: rows r0 … r1−1, columns c0 … c1−1 of one head, row-major, with their weights. Made when asked for. */
  tile(
    place: { layer: number; head: number; kind?: AttentionKind },
    rows: readonly [number, number],
    cols: readonly [number, number],
  ): Promise<{ effects: Float64Array; weights: Float32Array }>
  /** Frees what tiles are made of. */
  dispose(): void
  [Symbol.dispose](): void
}

/**
 * Estimates the effect of every link and of every head from one pass back, and measures the largest of them exactly.
 *
 *     using all = await effects(model, text, { from: 'it' })
 *     all.edges[0]                  // { layer, head, from, to, weight, estimate, exact }
 *     all.agreement.edges           // { count, spearman, kendall }
 *     await all.tile({ layer: 5, head: 11 }, [0, 15], [0, 15])
 */
export async function effects(model: Model, input: ModelInput, asked: EffectsOptions = {}): Promise<Effects> {
  const subject = subjectFor(model, input, asked.measure)
  const options = completed(asked, subject)
  const { how, probes, seed } = options
  const gauge = gaugeOf(options.measure ?? 'cosine', subject, lookingOf(subject, options))
  const unedited = await uneditedVectors(subject, gauge)
  const edited = await underLargest(subject, gauge, unedited, options)
  const directions = gauge.directions(unedited, probes, seed, edited)
  const estimate = await estimateOf(subject, gauge, directions, options)
  try {
    const measuredOnes = await measureTop(estimate, subject, gauge, options)
    return {
      measure: gauge.name,
      method: methodOf(gauge, directions.length, edited.length, how),
      ...measuredOnes,
      tile: (place, rows, cols) => estimate.tile(estimate.find(place), place.head, rows, cols),
      dispose: () => estimate.dispose(),
      [Symbol.dispose]: () => estimate.dispose(),
    }
  } catch (error) {
    estimate.dispose()
    throw error
  }
}

type Complete = EffectsOptions & Required<{ [K in 'how' | 'top' | 'probes' | 'seed']: NonNullable<EffectsOptions[K]> }>

function completed(options: EffectsOptions, subject: Subject): Complete {
  const { config, prepared } = subject
  const { from, to, kind: asked, top = 10, probes: wanted, how = 'before', seed = 0 } = options
  const most = Math.floor(GRADIENTS / (config.layers * config.width * prepared.length))
  const probes = wanted ?? Math.max(4, Math.min(40, most))
  checkCount('top', top, 0)
  checkCount('probes', probes, 1)
  const kind = asked ?? (from === undefined && to === undefined ? undefined : firstKind(subject))
  return { ...options, kind, top, probes, how, seed }
}

/** What the gradients along all directions may take, in numbers, unless somebody says how many directions. */
const GRADIENTS = 2 ** 26

function lookingOf(subject: Subject, { from, kind }: EffectsOptions): Looking | undefined {
  if (from === undefined) return undefined
  const half = sidesOf(kind ?? firstKind(subject)).rows
  return { half, tokens: placesOf(subject, half, from) }
}

async function estimateOf(
  subject: Subject,
  gauge: Gauge,
  directions: readonly (readonly Vector[])[],
  { how, kind, signal }: Complete,
): Promise<EdgeEstimate> {
  const looks = new Looks(subject, subject.prepared)
  try {
    const places = looks.places(gauge.half).filter((place) => kind === undefined || place.kind === kind)
    if (places.length === 0)
      throw new RangeError(`effects: what is measured does not depend on links of kind ${JSON.stringify(kind)}`)
    const made = await slopes(subject, gauge, directions, looks, places, breath(signal))
    return new EdgeEstimate({ looks, places, slopes: made, distance: gauge.distance, how })
  } catch (error) {
    looks.dispose()
    throw error
  }
}

/** Of the directions along which a distance is felt: so many for a first, rough estimate; into so many its largest links and heads turn it. */
const ROUGH = 1 / 4
const EDGES = 1 / 2
const HEADS = 1 / 10
/** Fewer are all left to chance. */
const FEWEST = 8

/**
 * What the measure reads without the links and the heads that a rough estimate puts first: the directions into which a distance is turned
 * by what matters, so that these need not be left to chance. Nothing where there is no chance in it.
 */
async function underLargest(
  subject: Subject,
  gauge: Gauge,
  unedited: readonly Vector[],
  options: Complete,
): Promise<readonly (readonly Vector[])[]> {
  const { probes, seed, signal } = options
  const size = unedited.length * unedited[0]!.length
  if (!gauge.distance || probes >= size || probes < FEWEST) return []
  const rough = await estimateOf(subject, gauge, gauge.directions(unedited, Math.ceil(probes * ROUGH), seed), options)
  try {
    const step = steps({ signal }, 0)
    const edges = await largestEdges(rough, (place) => fieldOf(place, subject, options), Math.floor(probes * EDGES), step)
    const heads = largestHeads(await everyHead(rough), Math.floor(probes * HEADS))
    const found: (readonly Vector[])[] = []
    for await (const each of eachUnder([...cutsOf(edges, options), ...silencedOf(heads)], subject, gauge, step)) found.push(each)
    return found
  } finally {
    rough.dispose()
  }
}

const cutsOf = (edges: readonly FoundEdge[], { how }: Complete): Edit[][] =>
  edges.map(({ place, head, from, to }) => [{ cut: 'edge', ...place, head, from, to, how }])

const silencedOf = (heads: readonly FoundHead[]): Edit[][] => heads.map(({ place, head }) => [{ ablate: 'head', ...place, head }])

function methodOf({ distance }: Gauge, directions: number, known: number, how: string): string {
  const chosen = known > 0 ? `, ${known} of them those of the largest changes` : ''
  const linear = distance ? `Gauss–Newton along ${directions} directions${chosen}` : 'one gradient'
  return `first-order estimate (${linear}): links cut ${how} the softmax, heads silenced; what a head then gives is exact, what follows from it linear`
}

async function measureTop(
  estimate: EdgeEstimate,
  subject: Subject,
  gauge: Gauge,
  options: Complete,
): Promise<Pick<Effects, 'edges' | 'heads' | 'headEstimates' | 'agreement'>> {
  const { top } = options
  const all = await everyHead(estimate)
  const step = steps(options, all.length + top + Math.min(top, all.length))
  const found = await largestEdges(estimate, (place) => fieldOf(place, subject, options), top, step)
  const chosen = largestHeads(all, top)
  const cuts = cutsOf(found, options)
  const exact = (await measured([...cuts, ...silencedOf(chosen)], subject, gauge, step)).map(({ effect }) => effect)
  const edges = found.map(({ place, ...edge }, n): RankedEdge => ({ ...place, ...edge, exact: exact[n]! }))
  const heads = chosen.map(({ place, ...head }, n): RankedHead => ({ ...place, ...head, exact: exact[cuts.length + n]! }))
  return {
    edges,
    heads,
    headEstimates: all.map(({ place, ...head }) => ({ ...place, ...head })),
    agreement: { edges: agreementOf(edges), heads: agreementOf(heads) },
  }
}

/** The links that are asked for. */
function fieldOf({ kind }: Place, subject: Subject, { from, to }: EffectsOptions): Field {
  const { rows, columns } = sidesOf(kind)
  const range = (where: Where | undefined, half: Half): readonly [number, number] => {
    const tokens = where === undefined ? undefined : placesOf(subject, half, where)
    return tokens ? [tokens[0]!, tokens.at(-1)!] : [0, tokensOf(subject, half).length - 1]
  }
  return { rows: range(from, rows), cols: range(to, columns) }
}

/** By size: which matters more. */
function agreementOf(list: readonly RankedHead[]): RankAgreement {
  return rankAgreement(
    list.map(({ estimate }) => Math.abs(estimate)),
    list.map(({ exact }) => Math.abs(exact)),
  )
}

function checkCount(what: string, count: number, least: number): void {
  if (!Number.isInteger(count) || count < least)
    throw new RangeError(`effects: ${what} must be a whole number from ${least}, got ${count}`)
}

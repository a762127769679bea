/** Going through all estimates, keeping the largest. */

import type { EdgeEstimate } from './estimate.ts'
import type { Place } from './looks.ts'
import { Top } from './top.ts'

export interface FoundHead {
  readonly place: Place
  readonly head: number
  readonly estimate: number
}

export interface FoundEdge extends FoundHead {
  readonly from: number
  readonly to: number
  readonly weight: number
}

/** Rows and columns to look through in a place: first to last, both included. */
export interface Field {
  readonly rows: readonly [first: number, last: number]
  readonly cols: readonly [first: number, last: number]
}

/** The `count` links with the largest estimates (by size), largest first. `step` is awaited after every head. */
export async function largestEdges(
  estimate: EdgeEstimate,
  fieldOf: (place: Place) => Field,
  count: number,
  step: (more: number) => Promise<void>,
): Promise<readonly FoundEdge[]> {
  const top = new Top<FoundEdge>(count, (edge) => Math.abs(edge.estimate))
  for (const place of estimate.places)
    for (let head = 0; head < estimate.headsIn(place); head++) {
      if (count > 0) await searchHead(estimate, place, head, fieldOf(place), top)
      await step(1)
    }
  return top.list
}

async function searchHead(
  estimate: EdgeEstimate,
  place: Place,
  head: number,
  { rows, cols }: Field,
  top: Top<FoundEdge>,
): Promise<void> {
  const [c0, c1] = [cols[0], cols[1] + 1]
  const strip = estimate.rowsAtOnce(place)
  for (let r0 = rows[0]; r0 <= rows[1]; r0 += strip) {
    const r1 = Math.min(rows[1] + 1, r0 + strip)
    const { effects, weights } = await estimate.tile(place, head, [r0, r1], [c0, c1])
    for (const [n, effect] of effects.entries()) {
      if (weights[n] === 0 || !top.takes(Math.abs(effect))) continue
      const [from, to] = [r0 + Math.floor(n / (c1 - c0)), c0 + (n % (c1 - c0))]
      top.add({ place, head, from, to, weight: weights[n]!, estimate: effect })
    }
  }
}

/** Every head, in order of layers and heads. */
export async function everyHead(estimate: EdgeEstimate): Promise<readonly FoundHead[]> {
  const found: FoundHead[] = []
  for (const place of estimate.places)
    for (const [head, effect] of (await estimate.heads(place)).entries()) found.push({ place, head, estimate: effect })
  return found
}

/** Those with the largest estimates (by size), largest first. */
export function largestHeads(heads: readonly FoundHead[], count: number): readonly FoundHead[] {
  return heads.toSorted((a, b) => Math.abs(b.estimate) - Math.abs(a.estimate)).slice(0, count)
}

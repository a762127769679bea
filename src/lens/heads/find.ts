/** Which heads look from here to there, and which do as a given head does. */

import type { Reading } from '../reading.ts'
import { type DistanceOptions, type HeadDistance, headDistances } from './distance.ts'
import { type HeadLooks, type LooksOptions, looks } from './looks.ts'
import { listed } from './strips.ts'

export interface FoundLooks extends HeadLooks {
  readonly sought: 'looks'
}

export interface FoundAlike extends HeadDistance {
  readonly sought: 'alike'
}

export interface LikeOptions extends DistanceOptions {
  /** The head whose like is sought. */
  readonly like: readonly [layer: number, head: number]
}

/**
 * `{ from, to }` (or `each`, one for each text): heads by how much `from` looks at `to`, the most first (see `HeadLook`). `{ like: [layer, head] }`: heads by how little their
 * attention differs from that head's, the nearest first (see `HeadApart`).
 */
export function find(given: Reading | readonly Reading[], sought: LooksOptions): Promise<FoundLooks>
export function find(given: Reading | readonly Reading[], sought: LikeOptions): Promise<FoundAlike>
export async function find(
  given: Reading | readonly Reading[],
  sought: LooksOptions | LikeOptions,
): Promise<FoundLooks | FoundAlike> {
  const readings = listed('find', given)
  if ('like' in sought) return { sought: 'alike', ...(await headDistances(readings, sought.like, sought)) }
  return { sought: 'looks', ...(await looks(readings, sought)) }
}

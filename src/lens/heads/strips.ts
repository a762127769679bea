/** The heads of every layer, row by row, from strips of their matrices: n×n is never held. */

import { breath } from '../breath.ts'
import { type KindOption, type Sight, sightOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'

export interface StripOptions extends KindOption {
  readonly signal?: AbortSignal | undefined
  /** Told after each layer of each text, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined
}

/** One token's looks in all heads of one layer. The arrays are used again for the next row. */
export interface Row {
  readonly layer: number
  /** The token that looks. */
  readonly at: number
  /** What each head gives to each token. */
  readonly heads: readonly Float32Array[]
  /**
   * 1 where the token may look. A mask leaves exact zeros in every head, so what any head of the layer gives weight to can be seen; a key that
   * is too weak for a number in all of them counts as unseen.
   */
  readonly visible: Uint8Array
  /** What the head `along` of the options gives to each token, whatever the layer; empty without one. */
  readonly along: Float32Array
}

const NOTHING = new Float32Array(0)

/** Weights of all heads that are held at a time. */
const AT_ONCE = 2 ** 21

/** What is visited: one text of a reading, and one attention of its model. */
export interface Visited {
  readonly reading: Reading
  readonly batch: number
  readonly sight: Sight
}

/** Visits the rows of one text for which `wanted` is true, layer by layer. */
export async function eachRow(
  { reading, batch, sight }: Visited,
  wanted: (at: number) => boolean,
  visit: (row: Row) => void,
  { signal, onProgress, along }: Omit<StripOptions, 'kind'> & { readonly along?: readonly [layer: number, head: number] } = {},
): Promise<void> {
  const { kind, layers, heads } = sight
  const pause = breath(signal)
  const viewOf = (layer: number, head: number) => reading.attention(layer, head, { batch, kind })
  const other = along && viewOf(...along)
  for (let layer = 0; layer < layers; layer++) {
    const views = Array.from({ length: heads }, (_, head) => viewOf(layer, head))
    const { rows, cols: n } = views[0]!
    const step = Math.max(1, Math.floor(AT_ONCE / (heads * n)))
    for (let from = 0; from < rows; from += step) {
      const to = Math.min(rows, from + step)
      const tiles: Float32Array[] = []
      for (const view of views) tiles.push(await view.tile(from, to, 0, n))
      const beside = (await other?.tile(from, to, 0, n)) ?? NOTHING
      for (let at = from; at < to; at++) if (wanted(at)) visit(rowOf(layer, at, tiles, beside, (at - from) * n, n))
      await pause()
    }
    onProgress?.((layer + 1) / layers)
  }
}

function rowOf(layer: number, at: number, tiles: readonly Float32Array[], beside: Float32Array, from: number, n: number): Row {
  const heads = tiles.map((tile) => tile.subarray(from, from + n))
  const visible = new Uint8Array(n)
  for (const weights of heads) for (let key = 0; key < n; key++) if (weights[key]! > 0) visible[key] = 1
  return { layer, at, heads, visible, along: beside.subarray(from, from + n) }
}

/** Every text of every reading, with what it takes to name it. */
export function textsOf(operation: string, readings: readonly Reading[], kind: StripOptions['kind']): Visited[] {
  const sights = readings.map((reading) => sightOf(operation, reading, kind))
  const [first] = sights
  const other = sights.find(({ layers, heads }) => layers !== first?.layers || heads !== first.heads)
  if (first && other)
    throw new RangeError(
      `${operation}: the readings are of different models, got ${first.layers} × ${first.heads} and ${other.layers} × ${other.heads} heads`,
    )
  return readings.flatMap((reading, n) =>
    Array.from({ length: reading.batch }, (_, batch) => ({ reading, batch, sight: sights[n]! })),
  )
}

/** One reading, or several, as a list of at least one. */
export function listed(operation: string, given: Reading | readonly Reading[]): readonly Reading[] {
  const readings = Array.isArray(given) ? (given as readonly Reading[]) : [given as Reading]
  if (readings.length === 0) throw new RangeError(`${operation}: there is nothing to look at; give at least one reading`)
  return readings
}

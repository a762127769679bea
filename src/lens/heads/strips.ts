/** The heads of every layer, row by row, from strips of their matrices: n×n is never held. */

import { towerOf } from '../beyond/layers.ts'
import { breath } from '../breath.ts'
import type { Reading } from '../reading.ts'

export interface StripOptions {
  /** Of an encoder–decoder: which half. Default: the half that reads. */
  readonly kind?: 'encoder' | 'decoder' | undefined
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

/** Visits the rows of one text for which `wanted` is true, layer by layer. */
export async function eachRow(
  reading: Reading,
  batch: number,
  wanted: (at: number) => boolean,
  visit: (row: Row) => void,
  { kind, signal, onProgress, along }: StripOptions & { readonly along?: readonly [layer: number, head: number] } = {},
): Promise<void> {
  const { layers, heads } = towerOf(reading, kind)
  const pause = breath(signal)
  const viewOf = (layer: number, head: number) => reading.attention(layer, head, { batch, ...(kind && { kind }) })
  const other = along && viewOf(...along)
  for (let layer = 0; layer < layers; layer++) {
    const views = Array.from({ length: heads }, (_, head) => viewOf(layer, head))
    const n = views[0]!.cols
    const step = Math.max(1, Math.floor(AT_ONCE / (heads * n)))
    for (let from = 0; from < n; from += step) {
      const to = Math.min(n, from + step)
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
export function textsOf(readings: readonly Reading[], kind: StripOptions['kind']): { reading: Reading; batch: number }[] {
  return readings.flatMap((reading) => {
    towerOf(reading, kind)
    return Array.from({ length: reading.batch }, (_, batch) => ({ reading, batch }))
  })
}

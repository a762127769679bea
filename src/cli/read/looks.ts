/** One matrix to show: a head, the mean of a layer's heads, or the mean of all heads. */

import type { Tiles } from '../../lens/index.ts'
import { together } from '../terminal/width.ts'

/** What is read of a run here. */
export interface Attending {
  readonly config: { readonly layers: number; readonly heads: number }
  attention(layer: number, head: number | 'mean'): Tiles
}

export interface Choice {
  /** undefined: all layers, for a mean. */
  readonly layer: number | undefined
  readonly head: number | 'mean'
}

/** "layer 3, head 1"; a mean says over what. */
export function placeOf({ layer, head }: Choice, { layers, heads }: Attending['config']): string {
  if (head !== 'mean') return `${together(`layer ${layer}`)}, ${together(`head ${head}`)}`
  return layer === undefined ? `the mean of all ${layers * heads} heads` : `the mean of layer ${layer}’s ${heads} heads`
}

export function looksOf(run: Attending, { layer, head }: Choice): Tiles {
  if (layer !== undefined) return run.attention(layer, head)
  const views = Array.from({ length: run.config.layers }, (_, at) => run.attention(at, 'mean'))
  return {
    async tile(r0, r1, c0, c1) {
      const sum = new Float64Array((r1 - r0) * (c1 - c0))
      for (const view of views) for (const [at, weight] of (await view.tile(r0, r1, c0, c1)).entries()) sum[at]! += weight
      return Float32Array.from(sum, (total) => total / views.length)
    },
  }
}

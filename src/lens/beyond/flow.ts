/**
 * Attention flow (Abnar & Zuidema 2020, arXiv:2005.00928): the layers as a network of pipes, each link as wide as Â = ½A + ½I says. The flow
 * from token i at the top to token j at the bottom is the most that can be sent through at once, a maximum flow. Where rollout multiplies along
 * ways and adds them up, flow is held by the narrowest place. Values lie between 0 and 1; rows do not sum to 1.
 *
 * In a network without later keys early tokens have more ways leading to them; `relative` divides by the flow of even attention.
 */

import { breath } from '../breath.ts'
import type { Reading } from '../reading.ts'
import type { Layers } from './layers.ts'
import { LayeredNetwork } from './max-flow.ts'
import { type PathOptions, type Paths, pathsOf } from './paths.ts'

/** A maximum flow for every pair is work that grows with the fourth power of the length. */
export const LONGEST_FLOW = 64

export interface FlowOptions extends PathOptions {
  readonly signal?: AbortSignal | undefined
  /** How many of how many flows are done. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

/** Exact, up to rounding. Refuses texts of more than `LONGEST_FLOW` tokens. */
export function flow(reading: Reading, options: FlowOptions = {}): Promise<Paths> {
  const { signal, onProgress } = options
  return pathsOf('flow', reading, options, async (layers, [from, to], { done, of }) => {
    const { n } = layers
    if (n > LONGEST_FLOW)
      throw new RangeError(
        `flow: ${n} tokens are too many, it is computed for at most ${LONGEST_FLOW}; use rollout, or a shorter text`,
      )
    const network = new LayeredNetwork(await downwards(layers), n)
    const out = new Float64Array((to - from) * n)
    const pause = breath(signal)
    for (let at = 0; at < out.length; at++) {
      out[at] = network.flow(from + Math.floor(at / n), at % n)
      onProgress?.(done * out.length + at + 1, of * out.length)
      await pause()
    }
    return out
  })
}

/** The top layer first. */
async function downwards({ layers, n, rows }: Layers): Promise<Float64Array[]> {
  const all: Float64Array[] = []
  for (let layer = layers - 1; layer >= 0; layer--) all.push(await rows(layer, 0, n))
  return all
}

/** How much each step of each layer adds to the stream: a trace at a glance. */

import { extentOf, kindsOf } from '../../model/kinds.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Half } from '../kinds.ts'
import { realTokens } from '../meaning/states.ts'
import type { Trace } from './trace.ts'

/** Means over the tokens of a text (padding left out) of ‖x‖. */
export interface LayerLengths {
  readonly kind: Half
  readonly layer: number
  /** The stream as it comes to the layer. */
  readonly stream: number
  /** What attention adds; what the look at another text adds, where there is one; what the feed-forward adds. */
  readonly attention: number
  readonly cross: number | undefined
  readonly feedForward: number
}

/** Every layer, of an encoder–decoder first those of its encoder. Of a batch its first text. */
export async function lengths(trace: Trace): Promise<LayerLengths[]> {
  const made: LayerLengths[] = []
  const kinds = kindsOf(trace.config)
  for (const kind of kinds.filter((each): each is Half => each !== 'cross')) {
    const rows = realTokens(trace, { kind })
    const { layers } = extentOf(trace.config, kind)
    for (let layer = 0; layer < layers; layer++)
      made.push({
        kind,
        layer,
        stream: await mean(trace.residual(layer, { kind }), rows),
        attention: await mean(trace.attentionOutput(layer, { kind }), rows),
        cross:
          kind === 'decoder' && kinds.includes('cross')
            ? await mean(trace.attentionOutput(layer, { kind: 'cross' }), rows)
            : undefined,
        feedForward: await mean(trace.feedForwardOutput(layer, { kind }), rows),
      })
  }
  return made
}

async function mean(x: Tensor, rows: readonly number[]): Promise<number> {
  const numbers = await x.read()
  const width = x.shape[2]!
  const lengthOf = (row: number): number => Math.hypot(...numbers.subarray(row * width, (row + 1) * width))
  return rows.reduce((sum, row) => sum + lengthOf(row), 0) / rows.length
}

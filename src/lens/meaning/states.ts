/** Hidden states of one text as vectors. */

import { slice } from '../../ops/index.ts'
import { scope } from '../../tensor/index.ts'
import type { Reading } from '../reading.ts'

export interface Whose {
  /** Of an encoder–decoder: which half. Default: the half that reads. */
  readonly kind?: 'encoder' | 'decoder' | undefined
  /** Which text of a batch. Default 0. */
  readonly batch?: number | undefined
}

/** How many states there are: after the embeddings and after each layer. */
export function statesOf({ config }: Reading, kind: Whose['kind']): number {
  return 1 + (kind === 'decoder' && config.decoder ? config.decoder.layers : config.layers)
}

/** The state of every token after `layer` layers (0: the embeddings), as float64. */
export async function vectorsAt(reading: Reading, layer: number, { kind, batch = 0 }: Whose): Promise<Float64Array[]> {
  const hidden = reading.hidden(layer, kind && { kind })
  const one = ((): typeof hidden => {
    using s = scope()
    return s.keep(slice(hidden, 0, batch, batch + 1))
  })()
  try {
    const [, length, width] = one.shape as [number, number, number]
    const numbers = await one.read()
    return Array.from({ length }, (_, n) => new Float64Array(numbers.subarray(n * width, (n + 1) * width)))
  } finally {
    one.dispose()
  }
}

/** Which tokens of the text are not padding. */
export function realTokens(reading: Reading, { kind, batch = 0 }: Whose): number[] {
  const tokens = reading.tokensOf(batch, kind && { kind })
  const pads = tokens.map(({ special, id }) => reading.batch > 1 && special && id === reading.config.padId)
  const [first, last] = [pads.indexOf(false), pads.lastIndexOf(false)]
  return tokens.flatMap((_, n) => (n >= first && n <= last ? [n] : []))
}

/** Hidden states of one text as vectors. */

import { slice } from '../../ops/index.ts'
import { scope } from '../../tensor/index.ts'
import { type Half, sightOf } from '../kinds.ts'
import type { Reading } from '../reading.ts'

export interface Whose {
  /** Of an encoder–decoder: the half that reads (default), or the one that writes. */
  readonly kind?: Half | undefined
  /** Which text of a batch. Default 0. */
  readonly batch?: number | undefined
}

/** How many states there are: after the embeddings and after each layer. */
export function statesOf(operation: string, reading: Reading, kind: Whose['kind']): number {
  return 1 + sightOf(operation, reading, kind).layers
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

/** Which tokens of the text are not padding. What a decoder begins to write with may have the id of padding, and is none. */
export function realTokens(reading: Reading, { kind, batch = 0 }: Whose): number[] {
  const { config } = reading
  const tokens = reading.tokensOf(batch, kind && { kind })
  const begins = kind === 'decoder' && config.decoder !== undefined
  const pads = tokens.map(({ special, id }, n) => reading.batch > 1 && special && id === config.padId && !(begins && n === 0))
  const [first, last] = [pads.indexOf(false), pads.lastIndexOf(false)]
  return tokens.flatMap((_, n) => (n >= first && n <= last ? [n] : []))
}

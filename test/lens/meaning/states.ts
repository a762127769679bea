/** A reading made of written-down states. */

import type { Reading } from '../../../src/lens/index.ts'
import { tensor } from '../../../src/ops/index.ts'

/** `layers[layer][token]` is a vector. Tokens are written apart by spaces; [names] are special. */
export function readingOf(text: string, layers: readonly (readonly (readonly number[])[])[]): Reading {
  let read = ''
  const tokens = text.split(' ').map((text) => {
    if (/^\[.*\]$/.test(text)) return { id: 0, text, start: 0, end: 0, special: true }
    read += `${read === '' ? '' : ' '}${text}`
    return { id: 0, text, start: read.length - text.length, end: read.length, special: false }
  })
  return {
    text: read,
    batch: 1,
    tokens,
    tokensOf: () => tokens,
    textOf: () => read,
    config: { layers: layers.length - 1, padId: 0, kind: 'encoder' },
    hidden: (layer: number) => {
      const states = layers[layer]!
      return tensor(Float64Array.from(states.flat()), [1, states.length, states[0]!.length])
    },
  } as unknown as Reading
}

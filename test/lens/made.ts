/** Readings made by hand: tokens of a text split at `|`, and matrices. Tests that need no engine. */

import type { Reading } from '../../src/lens/index.ts'
import type { ModelConfig, Token } from '../../src/model/index.ts'

/** Tokens of a text split at `|`; [names] are special. Ids: the same text, the same id. */
export function tokensOf(pieces: string): { tokens: Token[]; text: string } {
  let text = ''
  const ids = new Map<string, number>()
  const tokens = pieces.split('|').map((piece): Token => {
    const name = piece.trim()
    const id = ids.get(name) ?? ids.size
    ids.set(name, id)
    if (/^\[.*\]$/.test(piece)) return { id, text: piece, start: 0, end: 0, special: true }
    text += piece
    return { id, text: name, start: text.length - name.length, end: text.length, special: false }
  })
  return { tokens, text }
}

/** layers × heads matrices, each n rows of n weights. */
export function made(pieces: string, layers: readonly (readonly (readonly (readonly number[])[])[])[], causal = false): Reading {
  const { tokens, text } = tokensOf(pieces)
  const heads = layers[0]!.length
  const mean = (layer: number, i: number, j: number): number =>
    layers[layer]!.reduce((sum, matrix) => sum + matrix[i]![j]! / heads, 0)
  return {
    text,
    batch: 1,
    tokens,
    config: { layers: layers.length, heads, causal } as ModelConfig,
    tokensOf: () => tokens,
    attention: (layer, head) => {
      const cell = (i: number, j: number): number => (head === 'mean' ? mean(layer, i, j) : layers[layer]![head]![i]![j]!)
      const tile = async (r0: number, r1: number, c0: number, c1: number): Promise<Float32Array> =>
        Float32Array.from({ length: (r1 - r0) * (c1 - c0) }, (_, at) =>
          cell(r0 + Math.floor(at / (c1 - c0)), c0 + (at % (c1 - c0))),
        )
      const n = tokens.length
      return {
        rows: n,
        cols: n,
        tile,
        row: (i) => tile(i, i + 1, 0, n),
        all: () => tile(0, n, 0, n),
        cell: async (i, j) => (await tile(i, i + 1, j, j + 1))[0]!,
      }
    },
    hidden: () => {
      throw new Error('made by hand: there are no hidden states')
    },
    logits: undefined,
    dispose: () => {},
  }
}

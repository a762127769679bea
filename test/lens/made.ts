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

/** A text that was written, looking at one that was read: layers × heads matrices, a row for each written token, a column for each read one. */
export function madeAcross(
  read: string,
  written: string,
  layers: readonly (readonly (readonly (readonly number[])[])[])[],
): Reading {
  const sides = { encoder: tokensOf(read), decoder: tokensOf(written) }
  const one = made(read, [])
  const [rows, cols] = [sides.decoder.tokens.length, sides.encoder.tokens.length]
  const decoder = { layers: layers.length, heads: layers[0]!.length, innerWidth: 0, startId: 0 }
  return {
    ...one,
    config: { ...one.config, layers: 1, heads: 1, kind: 'encoder-decoder', family: 'by hand', decoder },
    tokensOf: (_, { kind = 'encoder' } = {}) => sides[kind].tokens,
    textOf: (_, { kind = 'encoder' } = {}) => sides[kind].text,
    attention: (layer, head, { kind } = {}) => {
      if (kind !== 'cross' || head === 'mean') throw new Error('made by hand: heads of cross-attention alone')
      const tile = async (r0: number, r1: number, c0: number, c1: number): Promise<Float32Array> =>
        Float32Array.from(layers[layer]![head]!.slice(r0, r1).flatMap((row) => row.slice(c0, c1)))
      return {
        rows,
        cols,
        tile,
        row: (i) => tile(i, i + 1, 0, cols),
        all: () => tile(0, rows, 0, cols),
        cell: async (i, j) => (await tile(i, i + 1, j, j + 1))[0]!,
      }
    },
  }
}

/** layers × heads matrices, each n rows of n weights. */
export function made(pieces: string, layers: readonly (readonly (readonly (readonly number[])[])[])[], causal = false): Reading {
  const { tokens, text } = tokensOf(pieces)
  const heads = layers[0]?.length ?? 0
  const mean = (layer: number, i: number, j: number): number =>
    layers[layer]!.reduce((sum, matrix) => sum + matrix[i]![j]! / heads, 0)
  return {
    text,
    batch: 1,
    tokens,
    config: { layers: layers.length, heads, causal, kind: causal ? 'decoder' : 'encoder' } as ModelConfig,
    tokensOf: () => tokens,
    textOf: () => text,
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

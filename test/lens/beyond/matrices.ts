/** A reading made of written-down matrices, for analyses that need nothing but weights. */

import type { Reading, WeightsView } from '../../../src/lens/index.ts'

type Matrix = readonly (readonly number[])[]

/** `layers[layer][head]` is a matrix of n × n weights. */
export function readingOf(layers: readonly (readonly Matrix[])[], { causal = false } = {}): Reading {
  const heads = layers[0]!.length
  return {
    text: undefined,
    batch: 1,
    config: { layers: layers.length, heads, causal, kind: causal ? 'decoder' : 'encoder' },
    attention: (layer: number, head: number | 'mean') => viewOf(head === 'mean' ? meanOf(layers[layer]!) : layers[layer]![head]!),
  } as unknown as Reading
}

function viewOf(matrix: Matrix): WeightsView {
  const n = matrix.length
  const tile = async (r0: number, r1: number, c0: number, c1: number) =>
    Float32Array.from(matrix.slice(r0, r1).flatMap((row) => row.slice(c0, c1)))
  return {
    rows: n,
    cols: n,
    tile,
    all: () => tile(0, n, 0, n),
    row: (i) => tile(i, i + 1, 0, n),
    cell: async (i, j) => matrix[i]![j]!,
  }
}

function meanOf(heads: readonly Matrix[]): Matrix {
  return heads[0]!.map((row, i) => row.map((_, j) => heads.reduce((sum, head) => sum + head[i]![j]!, 0) / heads.length))
}

/** Rows of random weights that sum to 1; with `causal`, none for later keys. `uniform` draws from [0, 1). */
export function randomWeights(n: number, uniform: () => number, causal = false): number[][] {
  return Array.from({ length: n }, (_, i) => {
    const row = Array.from({ length: n }, (_, j) => (causal && j > i ? 0 : uniform() ** 3 + 1e-3))
    const sum = row.reduce((total, weight) => total + weight, 0)
    return row.map((weight) => weight / sum)
  })
}

/** Uniform numbers in (0, 1) from a seed (Park & Miller). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 16807) % 2147483647
    return state / 2147483647
  }
}

/** How alike all tokens of a text become, layer by layer. */

import type { Reading } from '../reading.ts'
import { dot, meanOf, sumOf, unit } from '../vectors.ts'
import { realTokens, statesOf, vectorsAt, type Whose } from './states.ts'

export interface Alike {
  /** After so many layers; 0: the embeddings. */
  readonly layer: number
  /** The mean cosine of two different tokens. Undefined for fewer than two. */
  readonly cosine: number | undefined
  /** The same without special tokens. */
  readonly wordsCosine: number | undefined
  /**
   * ‖X − 1·x̄ᵀ‖ / ‖X‖ (Frobenius): which share of the states is left when all tokens give up what they have in common. 0: all tokens are the same,
   * the rank collapse of Dong et al. 2021 (arXiv:2103.03404).
   */
  readonly apart: number
}

/** Exact for any length: the mean over all pairs follows from the sum of the unit vectors. */
export async function alike(reading: Reading, whose: Whose = {}): Promise<Alike[]> {
  const tokens = reading.tokensOf(whose.batch ?? 0, whose.kind && { kind: whose.kind })
  const real = realTokens(reading, whose)
  const out: Alike[] = []
  for (let layer = 0; layer < statesOf('alike', reading, whose.kind); layer++) {
    const all = await vectorsAt(reading, layer, whose)
    const states = real.map((n) => all[n]!)
    const words = real.filter((n) => !tokens[n]!.special).map((n) => all[n]!)
    out.push({ layer, cosine: meanCosine(states), wordsCosine: meanCosine(words), apart: apart(states) })
  }
  return out
}

/** Σ over i ≠ j of û_i · û_j is |Σ û|² − n. */
export function meanCosine(vectors: readonly Float64Array[]): number | undefined {
  const n = vectors.length
  if (n < 2) return undefined
  const sum = sumOf(vectors.map(unit), vectors[0]!.length)
  return (dot(sum, sum) - n) / (n * (n - 1))
}

function apart(vectors: readonly Float64Array[]): number {
  const mean = meanOf(vectors, vectors[0]!.length)
  let [left, whole] = [0, 0]
  for (const x of vectors) {
    const rest = x.map((value, n) => value - mean[n]!)
    left += dot(rest, rest)
    whole += dot(x, x)
  }
  return whole === 0 ? 0 : Math.sqrt(left / whole)
}

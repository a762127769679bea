/** Are two uses of a word in one sense closer to each other than in two senses? */

import type { SenseTriple } from '../corpus.ts'
import type { Reader } from '../recipe.ts'

/**
 * For each layer (0: after the embeddings), the share of triples in which the word is closer (by the cosine) to its other use in the same
 * sense than to that in the other sense. Ties count half: without contexts it is one half.
 */
export async function senseShares(reader: Reader, triples: readonly SenseTriple[]): Promise<number[]> {
  const layers = reader.config.layers + 1
  const right = Array<number>(layers).fill(0)
  for (const { word, same, other } of triples) {
    const [first, second, third] = [
      await statesOf(reader, same[0], word),
      await statesOf(reader, same[1], word),
      await statesOf(reader, other, word),
    ]
    for (let layer = 0; layer < layers; layer++) {
      const difference = cosine(first![layer]!, second![layer]!) - cosine(first![layer]!, third![layer]!)
      right[layer]! += Math.abs(difference) < 1e-6 ? 0.5 : difference > 0 ? 1 : 0
    }
  }
  return right.map((count) => count / triples.length)
}

/** The layer that tells senses apart best, and how well. */
export function bestOf(shares: readonly number[]): { readonly layer: number; readonly share: number } {
  return shares.map((share, layer) => ({ layer, share })).reduce((best, each) => (each.share > best.share ? each : best))
}

/** The word's state in every layer: the mean over its tokens. */
async function statesOf(reader: Reader, text: string, word: string): Promise<Float64Array[]> {
  const found = new RegExp(`\\b${word}\\b`, 'i').exec(text)
  if (!found) throw new Error(`senseShares: ${JSON.stringify(text)} does not hold ${JSON.stringify(word)}`)
  const run = await reader.run(text)
  const places = run.tokens.flatMap(({ start, end, special }, n) =>
    !special && start >= found.index && end <= found.index + word.length && end > start ? [n] : [],
  )
  const states: Float64Array[] = []
  for (let layer = 0; layer <= reader.config.layers; layer++) {
    const hidden = run.hidden(layer)
    const [, , width] = hidden.shape as [number, number, number]
    const all = await hidden.read()
    states.push(
      Float64Array.from(
        { length: width },
        (_, c) => places.reduce((sum, place) => sum + all[place * width + c]!, 0) / places.length,
      ),
    )
  }
  run.dispose()
  return states
}

function cosine(a: Float64Array, b: Float64Array): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let n = 0; n < a.length; n++) {
    ab += a[n]! * b[n]!
    aa += a[n]! ** 2
    bb += b[n]! ** 2
  }
  return ab / Math.sqrt(aa * bb)
}

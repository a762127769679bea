/** Are two uses of a word in one sense closer to each other than in two senses? */

import type { Tensor } from '../../tensor/index.ts'
import type { SenseTriple } from '../corpus.ts'
import type { Mark } from '../grammar/write.ts'
import type { Reader } from '../recipe.ts'
import { readAll, tokensAt } from './read.ts'

/**
 * For each layer (0: after the embeddings), the share of triples in which the word is closer (by the cosine) to its other use in the same
 * sense than to that in the other sense. Ties count half: without contexts it is one half.
 */
export async function senseShares(reader: Reader, triples: readonly SenseTriple[]): Promise<number[]> {
  const states = await statesOf(
    reader,
    triples.flatMap(({ word, same, other }) => [...same, other].map((text) => ({ word, text }))),
  )
  return Array.from({ length: reader.config.layers + 1 }, (_, layer) => {
    const right = triples.map((_, n) => {
      const [first, second, third] = states.slice(3 * n, 3 * n + 3).map((each) => each[layer]!)
      const difference = cosine(first!, second!) - cosine(first!, third!)
      return Math.abs(difference) < 1e-6 ? 0.5 : difference > 0 ? 1 : 0
    })
    return right.reduce((sum: number, each) => sum + each, 0) / triples.length
  })
}

/** The layer that tells senses apart best, and how well. */
export function bestOf(shares: readonly number[]): { readonly layer: number; readonly share: number } {
  return shares.map((share, layer) => ({ layer, share })).reduce((best, each) => (each.share > best.share ? each : best))
}

/** For each text the word's state in every layer: the mean over its tokens. */
async function statesOf(
  reader: Reader,
  uses: readonly { readonly word: string; readonly text: string }[],
): Promise<Float64Array[][]> {
  const made: Float64Array[][] = []
  let all: Awaited<ReturnType<Tensor['read']>>[] = []
  await readAll(
    reader,
    uses.map(({ text }) => text),
    async (run, batch, n) => {
      const layers = Array.from({ length: reader.config.layers + 1 }, (_, layer) => run.hidden(layer))
      if (batch === 0) all = await Promise.all(layers.map((hidden) => hidden.read()))
      const [, length, width] = layers[0]!.shape as [number, number, number]
      const places = tokensAt(run, batch, markOf(uses[n]!)).map((place) => (batch * length + place) * width)
      made.push(all.map((hidden) => meanOf(hidden, places, width)))
    },
  )
  return made
}

function markOf({ word, text }: { readonly word: string; readonly text: string }): Mark {
  const found = new RegExp(`\\b${word}\\b`, 'i').exec(text)
  if (!found) throw new Error(`senseShares: ${JSON.stringify(text)} does not hold ${JSON.stringify(word)}`)
  return { word, start: found.index, end: found.index + word.length }
}

function meanOf(hidden: ArrayLike<number>, starts: readonly number[], width: number): Float64Array {
  const sum = (c: number): number => starts.reduce((total, start) => total + hidden[start + c]!, 0)
  return Float64Array.from({ length: width }, (_, c) => sum(c) / starts.length)
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

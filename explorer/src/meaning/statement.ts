/** In words: how alike a word's places are after one layer. */

import type { LayerMeaning } from 'regard/lens'
import type { Senses } from '../engine/questions/meaning.ts'
import { meaningStrings as say } from './strings.ts'

export interface Said {
  readonly text: string
  readonly strong?: boolean
}

export function senseStatement({ word, data }: { word: string; data: Senses }, layer: LayerMeaning | undefined): Said[] {
  const m = data.occurrences.length
  const hardly = data.hardly ? [{ text: say.said.hardly }] : []
  if (m === 0 || !layer) return [{ text: say.said.nowhere(word) }, ...hardly]
  const subject = { text: word, strong: true }
  if (m === 1) return [subject, { text: say.said.one }, ...hardly]
  const baseline = layer.baseline === undefined ? '' : say.said.baseline(say.decimal(layer.baseline))
  return [subject, { text: say.said.stands(m) + compared(layer, m) + baseline }, ...hardly]
}

function compared({ layer, cosine }: LayerMeaning, m: number): string {
  const state = say.state(layer)
  const pairs = pairsOf(cosine, m)
  const [most, least] = [pairs[0]!, pairs.at(-1)!]
  const [high, low] = [say.decimal(most.cosine), say.decimal(least.cosine)]
  if (m === 2) return say.said.pair(state, high)
  if (high === low) return say.said.allAlike(state, high)
  const name = ({ a, b }: Pair): string => say.said.couple(a + 1, b + 1)
  return say.said.ends(state, name(most), high, name(least), low)
}

interface Pair {
  readonly a: number
  readonly b: number
  readonly cosine: number
}

/** All pairs of different places, the most alike first. */
function pairsOf(cosine: Float64Array, m: number): Pair[] {
  const made: Pair[] = []
  for (let a = 0; a < m; a++) for (let b = a + 1; b < m; b++) made.push({ a, b, cosine: cosine[a * m + b]! })
  return made.sort((p, q) => q.cosine - p.cosine)
}

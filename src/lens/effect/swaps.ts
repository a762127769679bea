/** Edits that put other words into the text: what is measured moves along with its token. */

import { type Edit, readEdits } from '../../model/edit/edit.ts'
import { swapped } from '../../model/edit/swap.ts'
import { prepare } from '../../model/input.ts'
import type { Gauge } from './measure.ts'
import { reading, type Subject, tokensOf } from './subject.ts'

/** The text as it is read with the swaps, and the measure at the places where its tokens stand then. */
export function afterSwaps(edits: readonly Edit[], subject: Subject, gauge: Gauge): { subject: Subject; gauge: Gauge } {
  if (!edits.some((edit) => 'swap' in edit)) return { subject, gauge }
  const { config, tokenizer } = subject
  const input = swapped(readEdits(edits), subject.input, { config, tokenizer })
  const other = reading({ ...subject, input }, prepare(input, config, tokenizer))
  const [before, after] = [subject, other].map((each) => tokensOf(each, gauge.half).map(({ id }) => id))
  const places = gauge.reads === 'embedding' ? gauge.places : gauge.places.map((place) => moved(place, before!, after!))
  return { subject: other, gauge: { ...gauge, places } }
}

/** Where a token of one text stands in another that has other tokens somewhere in the middle. */
export function moved(place: number, before: readonly number[], after: readonly number[]): number {
  if (before.length === after.length) return place
  const shorter = Math.min(before.length, after.length)
  let [head, tail] = [0, 0]
  while (head < shorter && before[head] === after[head]) head++
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++
  if (place < head) return place
  if (place >= before.length - tail) return place + after.length - before.length
  throw new RangeError(
    `effect: token ${place} is measured, and a swap puts other tokens in its place, ${after.length} in all instead of ${before.length}; measure at another token`,
  )
}

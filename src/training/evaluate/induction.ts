/** Does a head look at what followed the last time? And how well is English foreseen? */

import { Random } from '../random.ts'
import type { Reader } from '../recipe.ts'

export interface Copied {
  readonly layer: number
  readonly head: number
  /** The mean weight on the token after the previous occurrence of this one. */
  readonly score: number
}

/** For each head: passages of random words, said twice; the mean weight from each repeated token to the one after its first occurrence. */
export async function inductionScores(
  reader: Reader,
  words: readonly number[],
  passages: number,
  length: number,
): Promise<Copied[]> {
  const { layers, heads } = reader.config
  const sums = new Float64Array(layers * heads)
  for (let n = 0; n < passages; n++) {
    const random = new Random('induction', n)
    const passage = random.shuffled(words).slice(0, length)
    const run = await reader.run([...passage, ...passage])
    for (let at = 0; at < layers * heads; at++) {
      const view = run.attention(Math.floor(at / heads), at % heads)
      for (let place = length; place < 2 * length; place++) sums[at]! += await view.cell(place, place - length + 1)
    }
    run.dispose()
  }
  return Array.from(sums, (sum, at) => ({ layer: Math.floor(at / heads), head: at % heads, score: sum / (passages * length) }))
}

/** exp of the mean of −log p over the texts' tokens, each foreseen from those before it. */
export async function perplexity(reader: Reader, rows: readonly (readonly number[])[]): Promise<number> {
  let total = 0
  let count = 0
  for (const row of rows) {
    const run = await reader.run(row)
    total += (await run.loss()) * (row.length - 1)
    count += row.length - 1
    run.dispose()
  }
  return Math.exp(total / count)
}

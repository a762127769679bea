/** How many hidden words of English that it never saw does an encoder restore? */

import { Random } from '../random.ts'
import type { Reader } from '../recipe.ts'
import { largest } from './read.ts'

const TOGETHER = 32

/** In each sentence one token is hidden, by chance; → the share that is restored exactly. */
export async function restoredShare(reader: Reader, sentences: readonly string[], seed: number): Promise<number> {
  const hidden = sentences.map((text, n) => hideOne(reader, text, new Random('restored', seed, n)))
  let right = 0
  for (let from = 0; from < hidden.length; from += TOGETHER) {
    const part = hidden.slice(from, from + TOGETHER)
    const run = await reader.run({ inputIds: part.map(({ ids }) => ids) })
    const scores = await run.logits!.read()
    const [, length, vocabulary] = run.logits!.shape as [number, number, number]
    run.dispose()
    for (const [batch, { place, id }] of part.entries()) {
      const at = (batch * length + place) * vocabulary
      if (largest(scores.subarray(at, at + vocabulary)) === id) right++
    }
  }
  return right / hidden.length
}

function hideOne({ tokenizer, config }: Reader, text: string, random: Random): { ids: number[]; place: number; id: number } {
  const ids = [...tokenizer.encode(text).ids].slice(0, config.positions)
  const place = 1 + random.below(Math.max(1, ids.length - 2))
  const id = ids[place]!
  ids[place] = tokenizer.tokenToId('[MASK]')!
  return { ids, place, id }
}

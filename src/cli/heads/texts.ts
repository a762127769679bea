/** The texts that a command looks at, read one by one. */

import type { Reading } from '../../lens/index.ts'
import type { Model } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { telling, textOf } from '../lens/with-model.ts'
import { Problem } from '../problem.ts'
import { plural, whole } from '../terminal/figures.ts'

/** `-` among the texts: all of standard input. */
export async function readTexts(given: readonly string[], model: Model, console: Console, signal: AbortSignal): Promise<Reading[]> {
  if (!model.tokenizer)
    throw new Problem(`${model.name} has no tokenizer.json, so it cannot read text; add the tokenizer.json that belongs to it`)
  const tell = telling('reading', console)
  const runs: Reading[] = []
  for (const text of given) {
    signal.throwIfAborted()
    runs.push(await model.run(await textOf(text, console)))
    tell(runs.length, given.length)
  }
  return runs
}

/** "2 texts, 424 tokens": on how much it was measured. */
export const amount = (texts: number, tokens: number): string => `${plural(texts, 'text')}, ${whole(tokens)} tokens`

/** A line that tells how far the matrices are read, where that takes a while. */
export function matrices(console: Console): (share: number) => void {
  const tell = telling('looking through the heads, per cent', console)
  return (share) => tell(Math.floor(100 * share), 100)
}

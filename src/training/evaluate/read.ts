/** Reading many sentences with a model, a few at a time. */

import type { Mark } from '../grammar/write.ts'
import type { Reader } from '../recipe.ts'

type Run = Awaited<ReturnType<Reader['run']>>

const TOGETHER = 64

/** Calls `use` for every text, in order, with the run that holds it and its place in the run. */
export async function readAll(
  reader: Reader,
  texts: readonly string[],
  use: (run: Run, batch: number, n: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < texts.length; from += TOGETHER) {
    const part = texts.slice(from, from + TOGETHER)
    const run = await reader.run(part)
    try {
      for (const batch of part.keys()) await use(run, batch, from + batch)
    } finally {
      run.dispose()
    }
  }
}

/** The tokens that a word of the text became. */
export function tokensAt(run: Run, batch: number, { start, end }: Mark): number[] {
  return run
    .tokensOf(batch)
    .flatMap((token, n) => (!token.special && token.start >= start && token.end <= end && token.end > token.start ? [n] : []))
}

/** Where the largest of them stands. */
export function largest(values: ArrayLike<number>): number {
  let best = 0
  for (let n = 1; n < values.length; n++) if (values[n]! > values[best]!) best = n
  return best
}

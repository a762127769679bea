/** On how much was measured, and how far along that is. */

import type { Console } from '../console.ts'
import { telling } from '../lens/with-model.ts'
import { plural, whole } from '../terminal/figures.ts'

/** "2 texts, 424 tokens": on how much it was measured. */
export const amount = (texts: number, tokens: number): string => `${plural(texts, 'text')}, ${whole(tokens)} tokens`

/** A line that tells how far the matrices are read, where that takes a while. */
export function matrices(console: Console): (share: number) => void {
  const tell = telling('looking through the heads, per cent', console)
  return (share) => tell(Math.floor(100 * share), 100)
}

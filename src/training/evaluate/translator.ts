/** Every figure that the translator's card shows. */

import type { Reader } from '../recipe.ts'
import { dateScores } from './dates.ts'
import type { Extent, Figure } from './figures.ts'

export async function translatorFigures(reader: Reader, { size }: Extent): Promise<Figure[]> {
  const scores = await dateScores(reader, size)
  return Object.entries(scores).map(([what, value]) => ({
    key: what,
    what,
    value,
    least: what.startsWith('held-out') ? 0.98 : 0.9,
  }))
}

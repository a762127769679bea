/** Every figure that the translator's card shows. */

import type { Reader } from '../recipe.ts'
import { dateScores } from './dates.ts'
import type { Figure } from './figures.ts'

export async function translatorFigures(reader: Reader, count: number): Promise<Figure[]> {
  const scores = await dateScores(reader, count)
  return Object.entries(scores).map(([what, value]) =>
    what.startsWith('held-out') ? { what, value, least: 0.98 } : { what, value },
  )
}

/** The words of a text as the page names them. */

import type { Word } from '../engine/questions/heads.ts'
import type { Reading } from '../engine/questions/read.ts'
import { labelsOf } from '../state/picture.ts'
import { fullName } from '../words/name.ts'

/** As the reader wrote each of them; what is no word of the text by its name. */
export function namesOf(reading: Reading, words: readonly Word[]): string[] {
  const labels = labelsOf(reading)
  return words.map(([first, last]) => {
    const [from, to] = [reading.tokens[first]!, reading.tokens[last]!]
    return first === last ? labels[first]! : reading.text.slice(from.start, to.end).trim()
  })
}

/** With which one it is, where several are alike. */
export const fullNames = (names: readonly string[]): string[] => names.map((_, n) => fullName(names, n))

/** The word that a token is of. */
export function wordAt(words: readonly Word[], token: number): number {
  return words.findIndex(([first, last]) => first <= token && token <= last)
}

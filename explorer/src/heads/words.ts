/** The words of a text as the page names them. */

import type { Word } from '../engine/questions/heads.ts'
import { labelsOf, type Side } from '../state/picture.ts'
import { fullName } from '../words/name.ts'

/** As the reader wrote each of them; what is no word of the text by its name. */
export function namesOf(side: Side, words: readonly Word[]): string[] {
  const labels = labelsOf(side)
  return words.map(([first, last]) => {
    const [from, to] = [side.tokens[first]!, side.tokens[last]!]
    return first === last ? labels[first]! : side.text.slice(from.start, to.end).trim()
  })
}

/** One text of those that are looked at, in words: their tokens, their names, and their names with which one it is. */
export interface Named {
  readonly words: readonly Word[]
  readonly names: readonly string[]
  readonly full: readonly string[]
}

export function named(side: Side, words: readonly Word[]): Named {
  const names = namesOf(side, words)
  return { words, names, full: fullNames(names) }
}

/** With which one it is, where several are alike. */
export const fullNames = (names: readonly string[]): string[] => names.map((_, n) => fullName(names, n))

/** The word that a token is of. */
export function wordAt(words: readonly Word[], token: number): number {
  return words.findIndex(([first, last]) => first <= token && token <= last)
}

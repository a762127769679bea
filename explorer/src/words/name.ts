/** How the page speaks of a token: its label, which one where several are alike, and what those are called that stand in no text. */

import { strings } from '../strings.ts'
import { type Occurrence, occurrences } from './tokens.ts'

const counted = new WeakMap<readonly string[], readonly Occurrence[]>()

/** Which of the like-named tokens each one is: counted once for a list. */
export function occurrence(labels: readonly string[], index: number): Occurrence {
  const known = counted.get(labels) ?? occurrences(labels)
  counted.set(labels, known)
  return known[index]!
}

/** `it`, or `the second the` where the text has several. */
export function nameOf(labels: readonly string[], index: number): { before: string; label: string } {
  const { nth, of } = occurrence(labels, index)
  return { before: of > 1 ? strings.statement.nth(strings.ordinal(nth)) : '', label: labels[index]! }
}

const NEWLINE = '⏎'
const SPACE = '␣'

/** A word of the vocabulary, without the spaces around it; where it is nothing else, a sign for them. */
export function wordName(text: string): string {
  return text.trim().replaceAll('\n', NEWLINE) || (text.includes('\n') ? NEWLINE : SPACE)
}

export function fullName(labels: readonly string[], index: number): string {
  const { before, label } = nameOf(labels, index)
  return before + label
}

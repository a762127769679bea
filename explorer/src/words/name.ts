/** How the page speaks of a token: its label, and which one where several are alike. */

import { strings } from '../strings.ts'
import { occurrence } from './tokens.ts'

/** `it`, or `the second the` where the text has several. */
export function nameOf(labels: readonly string[], index: number): { before: string; label: string } {
  const { nth, of } = occurrence(labels, index)
  return { before: of > 1 ? strings.statement.nth(strings.ordinal(nth)) : '', label: labels[index]! }
}

export function fullName(labels: readonly string[], index: number): string {
  const { before, label } = nameOf(labels, index)
  return before + label
}

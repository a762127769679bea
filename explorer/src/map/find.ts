/** Where in a text is what the reader asks for: a token by its number, or the next place of some words. */

import type { Token } from '../engine/protocol.ts'

/** → the token, after `from` and else from the beginning; undefined: there is none. */
export function findToken(text: string, tokens: readonly Token[], sought: string, from: number): number | undefined {
  const wish = sought.trim()
  if (wish === '') return undefined
  if (/^\d+$/.test(wish.replaceAll(/\s/g, ''))) {
    const number = Number(wish.replaceAll(/\s/g, ''))
    if (number < tokens.length) return number
  }
  const lower = text.toLowerCase()
  // Where lower case is longer than the text, places would not fit it.
  const [hay, needle] = lower.length === text.length ? [lower, wish.toLowerCase()] : [text, wish]
  const start = tokens[from]?.end ?? 0
  const after = hay.indexOf(needle, start)
  const place = after >= 0 ? after : hay.indexOf(needle)
  if (place < 0) return undefined
  const found = tokens.findIndex(({ start, end }) => start < end && end > place)
  return found < 0 ? undefined : found
}

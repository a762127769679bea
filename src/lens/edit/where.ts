/** Which tokens are meant. */

import { type TokenLike, wordsOf } from '../words.ts'

/** A token by its index, a span of tokens (both ends included), a word, or the n-th place where a word stands: 'it:2', counted from 1. */
export type Where = number | readonly [first: number, last: number] | string

/** Of what is looked at: tokens, and the text that they came from. */
export interface Placed {
  readonly tokens: readonly TokenLike[]
  readonly text: string | undefined
}

/**
 * The tokens that `where` means, in order: neighbours, at least one. A word is found as it is written or, failing that, whatever the case; among
 * words first, then among single tokens ("##ing", "[CLS]"). Without a number it is the first place. Throws for what is not there.
 */
export function tokensAt(where: Where, reading: Placed, operation: string): readonly number[] {
  const { length } = reading.tokens
  if (typeof where === 'string') return wordAt(where, reading, operation)
  const [first, last] = typeof where === 'number' ? [where, where] : where
  for (const index of [first, last])
    if (!Number.isInteger(index) || index < 0 || index >= length)
      throw new RangeError(`${operation}: token ${index} does not exist, there are ${length} (counted from 0)`)
  if (last < first) throw new RangeError(`${operation}: a span runs from its first to its last token, got [${first}, ${last}]`)
  return Array.from({ length: last - first + 1 }, (_, n) => first + n)
}

function wordAt(asked: string, reading: Placed, operation: string): readonly number[] {
  const whole = places(asked, reading)
  if (whole.length > 0) return whole[0]!
  const [, word, digits] = /^(.+):(\d+)$/su.exec(asked) ?? []
  const found = word === undefined ? [] : places(word, reading)
  const place = found[Number(digits) - 1]
  if (place) return place
  if (found.length > 0)
    throw new RangeError(
      `${operation}: ${JSON.stringify(word)} stands in the text ${found.length} times, so there is no ${JSON.stringify(asked)}`,
    )
  const { pieces } = wordsOf(reading.tokens, reading.text)
  throw new RangeError(`${operation}: the text has no ${JSON.stringify(word ?? asked)}; its tokens are ${listed(pieces)}`)
}

function places(asked: string, { tokens, text }: Placed): (readonly number[])[] {
  const { list, pieces } = wordsOf(tokens, text)
  const search = (same: (text: string) => boolean): (readonly number[])[] => {
    const words = list.filter((word) => same(word.text)).map((word) => word.tokens)
    const taken = new Set(words.flat())
    const alone = pieces.flatMap((piece, n) => (!taken.has(n) && (same(piece.trim()) || same(tokens[n]!.text)) ? [[n]] : []))
    return [...words, ...alone].sort((a, b) => a[0]! - b[0]!)
  }
  const exact = search((each) => each === asked)
  const lower = asked.toLowerCase()
  return exact.length > 0 ? exact : search((each) => each.toLowerCase() === lower)
}

/** More than these would bury the message. */
const LISTED = 60

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).join(' ')
  return names.length > LISTED ? `${shown} … (${names.length} in all)` : shown
}

/** What tokens are called on the page, and which part of the text each one is. */

import type { Token } from '../engine/protocol.ts'
import { carry, type Edit, type Span } from './edit.ts'

/** A piece of the text: a token, or what lies between tokens. */
export interface Segment {
  readonly text: string
  readonly token: number | undefined
  /** The token before or after it touches it: together they are one word. */
  readonly joined: { readonly before: boolean; readonly after: boolean }
}

/** A token as the reader wrote it; a special token by its name, and a space by a sign of its own. */
export function labelOf(text: string, token: Token): string {
  if (token.special) return token.text
  return text.slice(token.start, token.end).trim() || (SPACES.test(token.text) ? SPACE : token.text.trim())
}

/** A space, as vocabularies of bytes and of pieces write it. */
const SPACES = /^[\sĠ▁]*$/
const SPACE = '␣'

/** Cuts `text` at the tokens' places (undefined: the token has none here). Spaces at a token's ends stay outside it. */
export function segments(text: string, places: readonly (Span | undefined)[]): Segment[] {
  const pieces: { start: number; end: number; token: number }[] = []
  let cursor = 0
  places.forEach((place, token) => {
    if (!place) return
    const start = skipSpaces(text, Math.max(place.start, cursor), place.end)
    if (start >= place.end) return
    pieces.push({ start, end: place.end, token })
    cursor = place.end
  })
  const made: Segment[] = []
  let from = 0
  pieces.forEach(({ start, end, token }, n) => {
    if (start > from) made.push({ text: text.slice(from, start), token: undefined, joined: { before: false, after: false } })
    const before = n > 0 && pieces[n - 1]!.end === start
    const after = n + 1 < pieces.length && pieces[n + 1]!.start === end
    made.push({ text: text.slice(start, end), token, joined: { before, after } })
    from = end
  })
  if (from < text.length) made.push({ text: text.slice(from), token: undefined, joined: { before: false, after: false } })
  return made
}

/** The tokens' places after an edit of the text they were read from; special tokens have none. */
export function placesAfter(tokens: readonly Token[], edit: Edit): (Span | undefined)[] {
  return tokens.map((token) => (token.special || token.start === token.end ? undefined : carry(token, edit)))
}

export interface Occurrence {
  readonly nth: number
  readonly of: number
}

/** Which of the like-named tokens each one is: { nth: 2, of: 2 } for the second of two. */
export function occurrences(labels: readonly string[]): Occurrence[] {
  const met = new Map<string, number>()
  const numbers = labels.map((label) => {
    const nth = (met.get(label) ?? 0) + 1
    met.set(label, nth)
    return nth
  })
  return labels.map((label, n) => ({ nth: numbers[n]!, of: met.get(label)! }))
}

/**
 * The token of a new reading that stands where `index` stood before the edit: by its place in the text, and a special token by its
 * count from the nearer end. A token that was itself edited is followed to what stands there now. Undefined if the whole text changed.
 */
export function follow(before: readonly Token[], index: number, edit: Edit, after: readonly Token[]): number | undefined {
  const token = before[index]
  if (!token) return undefined
  if (token.special || token.start === token.end) {
    const at = index < before.length / 2 ? index : after.length - (before.length - index)
    return after[at]?.text === token.text ? at : undefined
  }
  const place = carry(token, edit)
  if (!place && before.every((each) => each.start === each.end || !carry(each, edit))) return undefined
  return nearest(after, place?.start ?? Math.min(token.start, edit.after))
}

function nearest(tokens: readonly Token[], at: number): number | undefined {
  let best: number | undefined
  let least = Number.POSITIVE_INFINITY
  tokens.forEach(({ start, end }, index) => {
    const distance = at < start ? start - at : at >= end ? at - end + 1 : 0
    if (start === end || distance >= least) return
    least = distance
    best = index
  })
  return best
}

function skipSpaces(text: string, start: number, end: number): number {
  while (start < end && /\s/.test(text[start]!)) start++
  return start
}

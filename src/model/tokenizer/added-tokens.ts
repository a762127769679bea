/** Tokens that stand outside the model's vocabulary rules ([MASK], <s>): they are found in the text before anything else happens. */

import type { Aligned } from './aligned.ts'
import type { Normalizer } from './normalizers.ts'
import type { AddedTokenEntry } from './schema.ts'

/** A stretch of text, or an added token that was found in it. */
export interface Found {
  readonly text: Aligned
  readonly id?: number
}

export type Finder = (text: Aligned) => Found[]

/**
 * Finds the tokens whose `normalized` is as asked: the longest at each place, from left to right. Those with `normalized` are
 * looked for as the normalizer writes them.
 */
export function finder(tokens: readonly AddedTokenEntry[], normalize?: (content: string) => string): Finder {
  const byFirst = new Map<string, { text: string; token: AddedTokenEntry }[]>()
  for (const token of tokens) {
    const text = normalize ? normalize(token.content) : token.content
    const first = text[0]
    if (first === undefined) continue
    const same = byFirst.get(first) ?? []
    byFirst.set(first, same)
    if (!same.some((other) => other.text === text)) same.push({ text, token })
  }
  for (const same of byFirst.values()) same.sort((a, b) => b.text.length - a.text.length)
  if (byFirst.size === 0) return (text) => [{ text }]
  return (text) => find(text, (at) => byFirst.get(text.text[at]!)?.find((each) => text.text.startsWith(each.text, at)))
}

type Match = (at: number) => { text: string; token: AddedTokenEntry } | undefined

function find(whole: Aligned, match: Match): Found[] {
  const { text } = whole
  const found: Found[] = []
  let done = 0
  for (let at = 0; at < text.length; ) {
    const hit = match(at)
    const end = at + (hit?.text.length ?? 1)
    if (hit && (!hit.token.single_word || standsAlone(text, at, end))) {
      const from = hit.token.lstrip ? Math.max(done, text.slice(0, at).trimEnd().length) : at
      const to = hit.token.rstrip ? text.length - text.slice(end).trimStart().length : end
      if (from > done) found.push({ text: whole.slice(done, from) })
      found.push({ text: whole.slice(from, to), id: hit.token.id })
      done = to
    }
    at = Math.max(end, done)
  }
  if (done < text.length) found.push({ text: whole.slice(done, text.length) })
  return found
}

const WORD_AT_END = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u
const WORD_AT_START = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u

function standsAlone(text: string, start: number, end: number): boolean {
  return !WORD_AT_END.test(text.slice(Math.max(0, start - 2), start)) && !WORD_AT_START.test(text.slice(end, end + 2))
}

/** Cuts out the added tokens of both kinds, and normalises the rest. */
export function extract(text: Aligned, plain: Finder, normalize: Normalizer, normalized: Finder): Found[] {
  return plain(text).flatMap((part) => (part.id === undefined ? normalized(normalize(part.text)) : [part]))
}

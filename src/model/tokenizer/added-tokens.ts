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
  const byText = new Map<string, AddedTokenEntry>()
  for (const token of tokens) {
    const text = normalize ? normalize(token.content) : token.content
    if (text !== '' && !byText.has(text)) byText.set(text, token)
  }
  if (byText.size === 0) return (text) => [{ text }]
  const longestFirst = [...byText.keys()].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'gu')
  return (text) => find(text, pattern, byText)
}

function find(text: Aligned, pattern: RegExp, tokens: ReadonlyMap<string, AddedTokenEntry>): Found[] {
  const found: Found[] = []
  let done = 0
  for (const match of text.text.matchAll(pattern)) {
    const token = tokens.get(match[0])!
    const [start, end] = [match.index, match.index + match[0].length]
    if (token.single_word && !standsAlone(text.text, start, end)) continue
    const from = token.lstrip ? Math.max(done, text.text.slice(0, start).trimEnd().length) : start
    const to = token.rstrip ? text.text.length - text.text.slice(end).trimStart().length : end
    if (from > done) found.push({ text: text.slice(done, from) })
    found.push({ text: text.slice(from, to), id: token.id })
    done = to
  }
  if (done < text.text.length) found.push({ text: text.slice(done, text.text.length) })
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

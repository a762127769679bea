/** Tokens that stand outside the model's vocabulary rules ([MASK], <s>): they are found in the text before anything else happens. */

import { Aligned } from './aligned.ts'
import type { Normalizer } from './normalizers.ts'
import { RUST_WORD } from './regex-sets.ts'
import type { AddedTokenEntry } from './schema.ts'
import { Trie } from './trie.ts'
import { spaceAfter, spaceBefore } from './unicode.ts'

/** An added token with the id that it has, and as the normalizer writes it if it is looked for so. */
export interface AddedToken extends AddedTokenEntry {
  readonly written: string
}

/** A stretch of text, or an added token that was found in it. */
export interface Found {
  readonly text: Aligned
  readonly id?: number
}

/**
 * The added tokens of a file, by id. As in the crate `tokenizers`, one that the vocabulary has keeps that id, and the others are
 * numbered on from its size, whatever id the file says; of two with one content, the later one's options count.
 */
export function addTokens(
  entries: readonly AddedTokenEntry[],
  ids: ReadonlyMap<string, number>,
  normalize: Normalizer,
): Map<number, AddedToken> {
  const made = new Map<number, AddedToken>()
  const numbered = new Map<string, number>()
  let next = ids.size
  for (const entry of entries) {
    const id = numbered.get(entry.content) ?? ids.get(entry.content) ?? next++
    numbered.set(entry.content, id)
    const content = entry.content.toWellFormed()
    made.set(id, { ...entry, id, written: entry.normalized ? normalize(Aligned.of(content)).text : content })
  }
  return made
}

/** Finds tokens: the longest at each place, from left to right. */
export type Finder = (text: Aligned) => Found[]

export function finder(tokens: readonly AddedToken[]): Finder {
  const byId = new Map(tokens.map((token) => [token.id, token]))
  const first = new Map<string, number>()
  for (const { written, id } of tokens) if (!first.has(written)) first.set(written, id)
  const trie = new Trie(first)
  if (tokens.length === 0) return (text) => [{ text }]
  return (text) => find(text, trie, byId)
}

function find(whole: Aligned, trie: Trie, tokens: ReadonlyMap<number, AddedToken>): Found[] {
  const { text } = whole
  const found: Found[] = []
  let done = 0
  for (let at = 0; at < text.length; ) {
    const hit = trie.longest(text, at)
    const end = hit?.end ?? at + 1
    const token = hit && tokens.get(hit.value)
    if (token && (!token.single_word || standsAlone(text, at, end))) {
      const from = token.lstrip ? Math.max(done, at - spaceBefore(text, at)) : at
      const to = token.rstrip ? end + spaceAfter(text, end) : end
      if (from > done) found.push({ text: whole.slice(done, from) })
      found.push({ text: whole.slice(from, to), id: token.id })
      done = to
    }
    at = Math.max(end, done)
  }
  if (done < text.length) found.push({ text: whole.slice(done, text.length) })
  return found
}

const WORD_AT_END = new RegExp(`${RUST_WORD}$`, 'v')
const WORD_AT_START = new RegExp(`^${RUST_WORD}`, 'v')

function standsAlone(text: string, start: number, end: number): boolean {
  return !WORD_AT_END.test(text.slice(Math.max(0, start - 2), start)) && !WORD_AT_START.test(text.slice(end, end + 2))
}

/** Cuts out the added tokens of both kinds, and normalises the rest. */
export function extract(text: Aligned, plain: Finder, normalize: Normalizer, normalized: Finder): Found[] {
  return plain(text).flatMap((part) => (part.id === undefined ? normalized(normalize(part.text)) : [part]))
}

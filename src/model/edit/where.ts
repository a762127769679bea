/** From what an edit calls a token to the tokens of a text. */

import type { Token } from '../tokenizer/tokenizer.ts'
import type { Where } from './edit.ts'

/** One side of a text that tokens are looked up in. */
export interface Place {
  readonly tokens: readonly Token[]
  readonly text: string | undefined
  /** How many positions there may come to be: more than tokens where a text is being written. */
  readonly reach: number
}

/** The first and the last token that `where` means. Throws one line that starts with `name`. */
export function spanOf(where: Where, place: Place, name: string): readonly [number, number] {
  if (typeof where === 'string') return spanOfWord(where, place, name)
  const [first, last] = typeof where === 'number' ? [where, where] : where
  if (first > last) throw new RangeError(`${name}: the span [${first}, ${last}] ends before it begins`)
  if (last >= place.reach)
    throw new RangeError(`${name}: token ${last} does not exist, the text has ${place.reach} (counted from 0)`)
  return [first, last]
}

function spanOfWord(asked: string, place: Place, name: string): Span {
  const found = lookUp(asked, place)
  if (found) return found
  const { word } = numbered(asked)
  const count = word === undefined ? 0 : find(word, place).length
  throw new RangeError(
    count === 0
      ? `${name}: the text has no ${JSON.stringify(word ?? asked)}; it has ${listed(place)}`
      : `${name}: ${JSON.stringify(word)} stands in the text ${count === 1 ? 'once' : `${count} times`}, counted from 1, so there is no ${asked}`,
  )
}

type Span = readonly [number, number]

/** The tokens of a word, or of its nth occurrence; undefined if the text has no such. */
export function lookUp(asked: string, place: Place): Span | undefined {
  const whole = find(asked, place)
  if (whole.length > 0) return whole[0]
  const { word, nth } = numbered(asked)
  return word === undefined ? undefined : find(word, place)[nth - 1]
}

function numbered(asked: string): { word: string | undefined; nth: number } {
  const [, word, digits] = /^(.+):(\d+)$/su.exec(asked) ?? []
  return { word, nth: Number(digits) }
}

/** Every place where the word stands, as written or, failing that, whatever the case. */
function find(word: string, { tokens, text }: Place): Span[] {
  for (const fold of [(x: string) => x, (x: string) => x.toLowerCase()]) {
    const found = [...(text === undefined ? [] : inText(fold(word), fold(text), tokens)), ...byName(fold(word), tokens, fold)]
    const spans = found.filter(([a, b], n) => found.findIndex(([c, d]) => a === c && b === d) === n)
    if (spans.length > 0) return spans.sort(([a], [b]) => a - b)
  }
  return []
}

const BEARING = /[\p{L}\p{N}]/u

/** The tokens that bear a stretch of the text which neither begins nor ends within a word. */
function inText(word: string, text: string, tokens: readonly Token[]): Span[] {
  const spans: Span[] = []
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length
    if (joins(text, at) || joins(text, end)) continue
    const bearing = tokens.flatMap(({ start, end: stop }, n) => (stop > start && start < end && stop > at ? [n] : []))
    if (bearing.length > 0) spans.push([bearing[0]!, bearing.at(-1)!])
  }
  return spans
}

/** Do letters or digits stand on both sides? */
function joins(text: string, at: number): boolean {
  return BEARING.test(text[at - 1] ?? '') && BEARING.test(text[at] ?? '')
}

/** Special tokens by their name, and all tokens where there is no text: as the vocabulary writes them, or without its marks. */
function byName(word: string, tokens: readonly Token[], fold: (x: string) => string): Span[] {
  const plain = (text: string): string => text.replace(/^(##|Ġ|▁)/u, '')
  return tokens.flatMap((token, n): Span[] => {
    if (!token.special && token.end > token.start) return []
    return fold(token.text) === word || fold(plain(token.text)) === word ? [[n, n]] : []
  })
}

const LISTED = 40

/** The tokens as the text has them; those that stand for nothing of it by their names. */
function listed({ tokens, text: whole }: Place): string {
  const names = tokens.slice(0, LISTED).map(({ text, start, end }) => whole?.slice(start, end).trim() || text)
  return names.join(' ') + (tokens.length > LISTED ? ` … (${tokens.length} in all)` : '')
}

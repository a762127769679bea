/** Which word a token belongs to: subwords join, punctuation and special tokens belong to none. */

export interface TokenLike {
  readonly text: string
  /** UTF-16 offsets into the text that was read; equal for special tokens. */
  readonly start: number
  readonly end: number
  readonly special: boolean
}

/** The words of a reading, in order. A word is what Unicode calls one (UAX #29): it may hold several tokens and an apostrophe. */
export interface Words {
  /** For every token the number of its word; undefined for special tokens and for tokens without a letter or digit. */
  readonly of: readonly (number | undefined)[]
  /** For every token: does it go on where the token before it stopped, inside one word (`believ` in `un·believ·able`)? */
  readonly joins: readonly boolean[]
  /** Every word: its text and the tokens that bear it. */
  readonly list: readonly { readonly text: string; readonly tokens: readonly number[] }[]
}

const BEARING = /[\p{L}\p{N}]/u
const segments = new Intl.Segmenter('en', { granularity: 'word' })

/** Finds the words of a token list. Tokens that touch are one run of text; a gap between their offsets is a space. */
export function wordsOf(tokens: readonly TokenLike[]): Words {
  const { text, starts } = lay(tokens)
  const cuts = [...segments.segment(text)]
  const list: { text: string; tokens: number[] }[] = []
  let last = -1
  let next = 0
  const of = tokens.map((token, index) => {
    const letter = token.special ? -1 : token.text.search(BEARING)
    if (letter < 0) return undefined
    const at = starts[index]! + letter
    while (next < cuts.length - 1 && cuts[next + 1]!.index <= at) next++
    if (next !== last) list.push({ text: cuts[next]?.segment ?? token.text.trim(), tokens: [] })
    last = next
    list.at(-1)!.tokens.push(index)
    return list.length - 1
  })
  const joins = tokens.map(
    (token, index) => index > 0 && of[index] !== undefined && of[index] === of[index - 1] && touch(tokens[index - 1]!, token),
  )
  return { of, joins, list }
}

/** The tokens as one text again, and where each begins in it. */
function lay(tokens: readonly TokenLike[]): { text: string; starts: number[] } {
  let text = ''
  let end = 0
  const starts = tokens.map((token) => {
    if (token.special) return text.length
    if (token.start > end) text += ' '
    end = token.end
    text += token.text
    return text.length - token.text.length
  })
  return { text, starts }
}

function touch(left: TokenLike, right: TokenLike): boolean {
  return left.end === right.start && BEARING.test(left.text.at(-1) ?? '') && BEARING.test(right.text.at(0) ?? '')
}

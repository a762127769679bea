/** Which word a token belongs to: subwords join, punctuation and special tokens belong to none. */

export interface TokenLike {
  /** As the vocabulary writes it ("##ing"). */
  readonly text: string
  /** UTF-16 offsets into the text that was read; equal for special tokens. */
  readonly start: number
  readonly end: number
  readonly special: boolean
}

/** The words of a reading, in order. A word is what Unicode calls one (UAX #29): it may hold several tokens and an apostrophe. */
export interface Words {
  /** What every token stands for, as the text has it; the name of a special token. */
  readonly pieces: readonly string[]
  /** For every token the number of its word; undefined for special tokens and for tokens without a letter or digit. */
  readonly of: readonly (number | undefined)[]
  /** For every token: does it go on where the token before it stopped, inside one word (`believ` in `un·believ·able`)? */
  readonly joins: readonly boolean[]
  /** Every word: its text and the tokens that bear it. */
  readonly list: readonly { readonly text: string; readonly tokens: readonly number[] }[]
}

const BEARING = /[\p{L}\p{N}]/u
const segments = new Intl.Segmenter('en', { granularity: 'word' })

/** Finds the words. Without the text (a run on ids) tokens are words of their own, but for those that the vocabulary marks with ##. */
export function wordsOf(tokens: readonly TokenLike[], text?: string): Words {
  const pieces = tokens.map((token) => pieceOf(token, text))
  const laid = text === undefined ? lay(tokens, pieces) : { text, starts: tokens.map(({ start }) => start) }
  const cuts = [...segments.segment(laid.text)]
  const list: { text: string; tokens: number[] }[] = []
  let cut = 0
  let last = -1
  const of = tokens.map((token, index) => {
    const letter = token.special ? -1 : pieces[index]!.search(BEARING)
    if (letter < 0) return undefined
    while (cut < cuts.length - 1 && cuts[cut + 1]!.index <= laid.starts[index]! + letter) cut++
    if (cut !== last) list.push({ text: cuts[cut]!.segment, tokens: [] })
    last = cut
    list.at(-1)!.tokens.push(index)
    return list.length - 1
  })
  const joins = tokens.map((_, n) => n > 0 && of[n] !== undefined && of[n] === of[n - 1] && touch(pieces[n - 1]!, pieces[n]!))
  return { pieces, of, joins, list }
}

function pieceOf(token: TokenLike, text: string | undefined): string {
  if (token.special) return token.text
  return text === undefined ? token.text.replace(/^##/, '') : text.slice(token.start, token.end)
}

/** Tokens without a text as one: where each begins in it. */
function lay(tokens: readonly TokenLike[], pieces: readonly string[]): { text: string; starts: number[] } {
  let text = ''
  const starts = tokens.map((token, n) => {
    if (token.special) return text.length
    if (!token.text.startsWith('##')) text += ' '
    text += pieces[n]!
    return text.length - pieces[n]!.length
  })
  return { text, starts }
}

/** Inside one word, an apostrophe of its own keeps the letters on its sides apart. */
function touch(left: string, right: string): boolean {
  return BEARING.test(left.at(-1) ?? '') && BEARING.test(right.at(0) ?? '')
}

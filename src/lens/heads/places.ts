/** What the tokens of a text are to heads: which of them are sinks, separators, pieces of one word, the same word again. */

import { type Sight, sideOf } from '../kinds.ts'
import { realTokens } from '../meaning/states.ts'
import type { Reading } from '../reading.ts'
import { wordsOf } from '../words.ts'

/** All but `rows` is of the tokens that are looked at. */
export interface Places {
  readonly n: number
  /** Do they look at themselves? Else two texts have no places in common. */
  readonly square: boolean
  /** Tokens whose looks are counted: those of the text, but for the first position; of cross-attention all that were written or begun with. */
  readonly rows: readonly number[]
  /** 1 for special tokens, and for the first position where tokens look at themselves: where attention goes that has nowhere to go. */
  readonly sink: Uint8Array
  /** 1 for special tokens beyond the first position, and for tokens without a letter or a digit. */
  readonly separator: Uint8Array
  /** What one token has in common with others. */
  kin(at: number): Kin
}

export interface Kin {
  /** The other pieces of its word. */
  readonly pieces: readonly number[]
  /** The tokens of all other places where its word stands. */
  readonly same: readonly number[]
  /** The tokens that followed earlier places of the same token, but for the token itself and the one right before it. */
  readonly followed: readonly number[]
}

const NONE: readonly number[] = []

/** Memory is linear in the text. */
export function placesOf(reading: Reading, batch: number, { square, rows, columns }: Sight): Places {
  const { tokens, text } = sideOf(reading, batch, columns)
  const { of, list } = wordsOf(tokens, text)
  const n = tokens.length
  const flags = (is: (at: number) => boolean): Uint8Array => Uint8Array.from({ length: n }, (_, at) => Number(is(at)))
  const sink = flags((at) => (square && at === 0) || tokens[at]!.special)
  const separator = flags((at) => at > 0 && (tokens[at]!.special || of[at] === undefined))
  const byWord = grouped(list, ({ text: word }) => word.normalize('NFKC').toLowerCase())
  const byToken = grouped(tokens, ({ id, special }) => (special ? undefined : id))
  return {
    n,
    square,
    rows: square
      ? Array.from({ length: n }, (_, at) => at).filter((at) => sink[at] === 0)
      : realTokens(reading, { kind: rows, batch }),
    sink,
    separator,
    kin: (at) => {
      if (!square) return { pieces: NONE, same: NONE, followed: NONE }
      const word = of[at]
      const again = word === undefined || byWord[word]!.length < 2 ? NONE : byWord[word]!.filter((other) => other !== word)
      const earlier = byToken[at]!.length < 2 ? NONE : byToken[at]!.filter((other) => other + 2 < at && sink[other + 1] === 0)
      return {
        pieces: word === undefined ? NONE : list[word]!.tokens.filter((other) => other !== at),
        same: again.flatMap((other) => list[other]!.tokens),
        followed: earlier.map((other) => other + 1),
      }
    },
  }
}

/** For every thing the numbers of all that have the same key, itself included; one list is shared by all of them. */
function grouped<T>(things: readonly T[], keyOf: (thing: T) => unknown): (readonly number[])[] {
  const lists = new Map<unknown, number[]>()
  return things.map((thing, number) => {
    const key = keyOf(thing)
    if (key === undefined) return NONE
    const list = lists.get(key) ?? []
    lists.set(key, list)
    list.push(number)
    return list
  })
}

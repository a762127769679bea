/** What tokens are called on the screen. */

import { type TokenLike, type Words, wordsOf } from '../../lens/words.ts'
import { harmless } from '../terminal/width.ts'

export interface Labels {
  /** A piece of a word carries a dot where it goes on: `un·`, `·believ·`, `·able`. */
  readonly of: readonly string[]
  /** The label, with `:2` after a label that stands there before: what `--token` takes. */
  readonly names: readonly string[]
  /** Special tokens, which are shown softly. */
  readonly soft: readonly boolean[]
  readonly words: Words
}

export function labelsOf(tokens: readonly TokenLike[], text: string): Labels {
  const words = wordsOf(tokens, text)
  const of = words.pieces.map(
    (piece, n) => `${words.joins[n] ? '·' : ''}${harmless(piece).trim() || '␣'}${words.joins[n + 1] ? '·' : ''}`,
  )
  const total = new Map<string, number>()
  for (const label of of) total.set(label, (total.get(label) ?? 0) + 1)
  const sofar = new Map<string, number>()
  const names = of.map((label) => {
    const nth = (sofar.get(label) ?? 0) + 1
    sofar.set(label, nth)
    return total.get(label) === 1 ? label : `${label}:${nth}`
  })
  return { of, names, soft: tokens.map(({ special }) => special), words }
}

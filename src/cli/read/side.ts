/** The tokens of one side of a matrix: those that look, or those that are looked at. */

import type { TokenLike } from '../../lens/words.ts'
import type { Seen } from '../../model/index.ts'
import { type Labels, labelsOf } from './labels.ts'
import { hardlySeen, marked } from './seen.ts'

/** A text and what it is made of; offsets count in the text. */
export interface SideText {
  readonly text: string
  readonly tokens: readonly (TokenLike & { readonly id: number })[]
}

export interface Side extends SideText {
  readonly labels: Labels
  /** Is it of a word that the model hardly knows? */
  readonly hardly: readonly boolean[]
}

export function sideWith({ text, tokens }: SideText, seen: Pick<Seen, 'hardly'> | undefined): Side {
  return { text, tokens, labels: labelsOf(tokens, text), hardly: hardlySeen(tokens, text, seen) }
}

/** As they stand beside a matrix or (`names`, which tell equal ones apart) in a list: words that are hardly known are marked. */
export const shownOf = ({ labels, hardly }: Side, what: 'of' | 'names' = 'of'): string[] => marked(labels[what], hardly)

/** What the vocabulary does not have, the model did not read. */
export function unknown({ tokens, labels }: Side): string[] {
  const lost = tokens.flatMap(({ text }, n) => (/^(\[UNK\]|<unk>)$/i.test(text) && labels.of[n] !== text ? [labels.of[n]!] : []))
  return lost.length === 0
    ? []
    : [`${lost.join(' ')}: not in this model’s vocabulary; it read ${tokens.find(({ text }) => /unk/i.test(text))!.text} instead`]
}

/** Words that the model hardly met while it learned are marked wherever they are shown. */

import type { TokenLike } from '../../lens/index.ts'
import type { Seen } from '../../model/index.ts'

const MARK = '°'

/** For each token: is it of such a word? Of a model that does not tell, none is. */
export function hardlySeen(tokens: readonly TokenLike[], text: string, seen: Pick<Seen, 'hardly'> | undefined): boolean[] {
  const ranges = seen?.hardly(text) ?? []
  return tokens.map(({ start, end, special }) => !special && ranges.some((word) => start < word.end && word.start < end))
}

export function marked(labels: readonly string[], hardly: readonly boolean[]): string[] {
  return labels.map((label, n) => (hardly[n] ? label + MARK : label))
}

/** The legend of the mark, where it is needed. */
export function markNote(hardly: readonly boolean[]): string[] {
  return hardly.includes(true)
    ? [`${MARK} a word that this model hardly met while it learned: what it makes of it means little`]
    : []
}

/** Words as entries of a vocabulary: what a logit can be asked for. */

import type { Tokenizer } from '../../model/index.ts'

/** A word that is one token, or the id of a token. */
export type WordOrId = string | number

/**
 * The one token that writes `word`, as it stands inside a text if there are two forms (" cat" rather than "cat"; begin the word with a space, or
 * give the id, to say it exactly). Throws where the word takes several tokens, and names them.
 */
export function idOf(word: WordOrId, tokenizer: Tokenizer | undefined, vocabulary: number): number {
  if (typeof word === 'number') {
    if (Number.isInteger(word) && word >= 0 && word < vocabulary) return word
    throw new RangeError(`effect: id ${word} does not exist; the model has 0 to ${vocabulary - 1}`)
  }
  if (!tokenizer) throw new Error(`effect: this model has no tokenizer.json, so ${JSON.stringify(word)} must be given as an id`)
  const forms = (/^\s/.test(word) ? [word] : [` ${word}`, word]).map((form) => tokenizer.encode(form, { special: false }).tokens)
  const single = forms.find((tokens) => tokens.length === 1)
  if (single) return single[0]!.id
  const pieces = forms.at(-1)!.map(({ text }) => text)
  throw new RangeError(
    `effect: ${JSON.stringify(word)} is ${pieces.length} tokens (${pieces.join(' ')}), and only one token has a score; give one of them by its id`,
  )
}

/** As the vocabulary writes it. */
export function written(id: number, tokenizer: Tokenizer | undefined): string {
  const text = tokenizer?.idToToken(id)
  return text === undefined ? `#${id}` : JSON.stringify(text)
}

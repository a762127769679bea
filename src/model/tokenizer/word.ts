/** What a token is called that is known by its id alone. */

import type { Tokenizer } from './tokenizer.ts'

/** As the vocabulary writes it; `#id` where no vocabulary has it. */
export function pieceOf(id: number, tokenizer: Tokenizer | undefined): string {
  return tokenizer?.idToToken(id) || `#${id}`
}

/**
 * As it stands inside a text: with the space before it if it begins a word, without if it goes on with one. It is what the second of two
 * adds, since formats drop the space that a text would begin with. Where that is nothing, as the vocabulary writes it.
 */
export function wordOf(id: number, tokenizer: Tokenizer | undefined): string {
  if (!tokenizer) return pieceOf(id, tokenizer)
  const [once, twice] = [tokenizer.decode([id]), tokenizer.decode([id, id])]
  const added = twice.startsWith(once) ? twice.slice(once.length) : ''
  return added || once || pieceOf(id, tokenizer)
}

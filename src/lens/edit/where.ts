/** Which tokens are meant, as a list. */

import { spanOf } from '../../model/edit/where.ts'
import type { Token, Where } from '../../model/index.ts'

export type { Where } from '../../model/index.ts'

/** The tokens that `where` means, in order: neighbours, at least one. Throws one line that begins with `operation` for what is not there. */
export function tokensAt(
  where: Where,
  { tokens, text }: { readonly tokens: readonly Token[]; readonly text: string | undefined },
  operation: string,
): readonly number[] {
  for (const index of typeof where === 'string' ? [] : [where].flat())
    if (!Number.isInteger(index) || index < 0)
      throw new RangeError(`${operation}: a token is a whole number from 0, or a word, got ${index}`)
  const [first, last] = spanOf(where, { tokens, text, reach: tokens.length }, operation)
  return Array.from({ length: last - first + 1 }, (_, n) => first + n)
}

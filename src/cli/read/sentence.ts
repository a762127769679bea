/** The text itself as one row of the heat map: every token on the colour of its weight. */

import type { TokenLike } from '../../lens/index.ts'
import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { harmless, type Span, widthOf, wrap } from '../terminal/width.ts'

/** More lines than this would be a page, not a glance. */
const LONGEST = 6

/** `focus`: the token that looks, where it is of this text. Empty where there are not colours enough for weights, or the text is too long to be taken in. */
export function sentence(
  tokens: readonly TokenLike[],
  text: string,
  weights: Float32Array,
  focus: number | undefined,
  screen: Screen,
  paint: Paint,
): string[] {
  if (screen.depth < 8 || widthOf(text) > LONGEST * (screen.columns - 4)) return []
  const spans: Span[] = [{ text: '  ' }]
  let end = 0
  for (const [at, token] of tokens.entries()) {
    const own = token.special ? token.text : text.slice(token.start, token.end)
    if (!token.special) spans.push({ text: harmless(text.slice(end, token.start)) })
    if (!token.special) end = token.end
    const seen = harmless(own)
    const marked = (word: string): string =>
      paint.onWeight(at === focus ? paint.underlined(paint.strong(word)) : word, weights[at]!)
    spans.push({
      text: token.special && at > 0 ? ` ${seen}` : seen,
      paint: token.special ? (word) => special(word, marked) : marked,
    })
    if (token.special && at === 0) spans.push({ text: ' ' })
  }
  spans.push({ text: harmless(text.slice(end)) })
  return wrap(spans, screen.columns, '  ')
}

/** The blank before a special token is not part of it. */
function special(word: string, marked: (word: string) => string): string {
  return word === ' ' ? word : marked(word)
}

/** One line for each token: what was written, how likely it was, and what else could have come. */

import type { GeneratedToken, Tokenizer } from '../../model/index.ts'
import { percent } from '../terminal/figures.ts'
import { paintFor } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { fit, harmless, padEnd, padStart, widthOf } from '../terminal/width.ts'

/** Columns for the token itself and for its probability, and the most for each of the likeliest. */
const WORD = 14
const CHANCE = 7
const LABEL = 14

export function header(screen: Screen): string {
  return paintFor(screen).soft(fit(`${padEnd('written', WORD)}${padStart('p', CHANCE)}   likeliest, in %`, screen.columns))
}

/** The likeliest are shown as far as the line holds them, whole. */
export function candidateLine(token: GeneratedToken, tokenizer: Tokenizer | undefined, screen: Screen): string {
  const paint = paintFor(screen)
  const start = `${padEnd(fit(labelOf(token.id, tokenizer), WORD - 1), WORD)}${padStart(percent(Math.exp(token.logprob)), CHANCE)}  `
  let line = start
  let used = widthOf(start)
  for (const { id, logprob } of token.top ?? []) {
    const part = ` ${fit(labelOf(id, tokenizer), LABEL)} ${inPercent(Math.exp(logprob))}`
    if (used + widthOf(part) > screen.columns) break
    line += id === token.id ? paint.looked(part) : part
    used += widthOf(part) + 1
    line += ' '
  }
  return line.trimEnd()
}

function inPercent(share: number): string {
  return share > 0 && share < 0.001 ? '<0.1' : (100 * share).toFixed(1)
}

/** The text that a token stands for, in quotes so that its spaces show; an id where there is no text. */
export function labelOf(id: number, tokenizer: Tokenizer | undefined): string {
  if (!tokenizer) return `#${id}`
  const text = tokenizer.decode([id])
  return text === '' ? (tokenizer.idToToken(id) ?? `#${id}`) : `"${harmless(text.replaceAll('\n', '⏎'))}"`
}

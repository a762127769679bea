/** Words that the model hardly met while it learned: what it makes of them means little. */

import type { Reading } from '../engine/questions/read.ts'

/** These words as they stand in the text, each once, in its order; the pieces of a word together. */
export function hardlyWords({ text, tokens, hardly }: Pick<Reading, 'text' | 'tokens' | 'hardly'>): string[] {
  const spans: { start: number; end: number }[] = []
  tokens.forEach(({ start, end }, n) => {
    if (!hardly[n]) return
    const last = spans.at(-1)
    if (last && hardly[n - 1] && last.end === start) last.end = end
    else spans.push({ start, end })
  })
  return [...new Set(spans.map(({ start, end }) => text.slice(start, end).trim()))]
}

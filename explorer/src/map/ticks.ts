/** Labels along an axis that thin out: paragraphs and sentences first, then words, where there is room for them. */

import type { Token } from '../engine/protocol.ts'

export interface Tick {
  readonly token: number
  /** Pixels from the edge of the view to the middle of the token. */
  readonly at: number
}

/** What begins at a token: the more, the sooner it is labelled. */
const PARAGRAPH = 0
const SENTENCE = 1
const WORD = 2
const PIECE = 3
const RANKS = 4

/** The rank of every token of a text. */
export function ranksOf(text: string, tokens: readonly Token[]): Uint8Array {
  return Uint8Array.from(tokens, (token, n) => {
    if (token.special) return n === 0 || n === tokens.length - 1 ? SENTENCE : PIECE
    const before =
      text.slice(Math.max(0, token.start - 8), token.start) + (/^\s*/.exec(text.slice(token.start, token.end))?.[0] ?? '')
    if (token.start === 0 || /\n\s*\n\s*$/.test(before)) return PARAGRAPH
    if (/(?:[.!?]["'”’)]*\s+|\n\s*)$/.test(before)) return SENTENCE
    return /\s$/.test(before) ? WORD : PIECE
  })
}

/** Tokens from `from` on, `scale` pixels each, `length` pixels in all, labels at least `gap` apart. In the order of the text. */
export function ticksOf(ranks: Uint8Array, from: number, scale: number, length: number, gap: number): Tick[] {
  const first = Math.max(0, Math.floor(from))
  const last = Math.min(ranks.length, Math.ceil(from + length / scale))
  const most = 1 + Math.floor(length / gap)
  const placed: Tick[] = []
  for (let rank = 0; rank < RANKS && placed.length < most; rank++) {
    for (let token = first; token < last && placed.length < most; token++) {
      if (ranks[token] !== rank) continue
      const at = (token + 0.5 - from) * scale
      if (at < 0 || at > length) continue
      const next = placeFor(placed, at)
      const [before, after] = [placed[next - 1], placed[next]]
      if ((before && at - before.at < gap) || (after && after.at - at < gap)) continue
      placed.splice(next, 0, { token, at })
    }
  }
  return placed
}

/** Where a tick belongs in a list that rises. */
function placeFor(list: readonly Tick[], at: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.at < at) low = middle + 1
    else high = middle
  }
  return low
}

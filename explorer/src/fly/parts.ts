/** Which tokens stand in the space, and what of the run is theirs. */

import type { Token } from '../engine/protocol.ts'
import type { Standing } from './layout.ts'
import type { Links } from './links.ts'
import { MOST_TOKENS } from './shaders.ts'

export interface Part {
  readonly from: number
  readonly to: number
}

/** All tokens of a short text; of a long one, as many as fit round `token`, in steps of half as many. */
export function partAround(token: number, length: number): Part {
  if (length <= MOST_TOKENS) return { from: 0, to: length }
  const half = MOST_TOKENS / 2
  const from = Math.max(0, Math.min(length - MOST_TOKENS, (Math.floor(token / half) - 1) * half + half / 2))
  return { from, to: from + MOST_TOKENS }
}

/** The first token and the marks that the tokenizer adds: what is looked at when there is nothing to look at. */
export function sinksOf(tokens: readonly Token[], { from, to }: Part): Set<number> {
  const sinks = new Set<number>()
  for (let n = from; n < to; n++) if (n === 0 || tokens[n]!.special) sinks.add(n - from)
  return sinks
}

export function standingOf(text: string, tokens: readonly Token[], { from, to }: Part, apart: ReadonlySet<number>): Standing[] {
  return tokens.slice(from, to).map((token, n) => {
    const before = tokens[from + n - 1]
    const touches = before !== undefined && !before.special && !token.special && before.end === token.start
    return { joined: touches && !/^\s/.test(text.slice(token.start, token.end)), apart: apart.has(n) }
  })
}

/** Where the threshold stands first: so that some links are drawn and not all, at a round weight. */
export function firstThreshold(links: Links, without: ReadonlySet<number>): number {
  const { places } = links.choose({ layer: 'all', head: 'all', threshold: 0, most: OPENS_WITH, without })
  const weakest = places.length < OPENS_WITH ? 0 : links.weight(places[OPENS_WITH - 1]!)
  return ROUND.find((weight) => weight >= weakest) ?? 1
}

const OPENS_WITH = 500
const ROUND = [0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

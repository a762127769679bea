/**
 * How far apart two positions are. In attention, one layer carries what a key holds to every query that sees it: the path from `from` to `to`
 * is as long as the layers it takes. In a recurrent network it is as long as the steps between them.
 */

import { seen } from './links.ts'
import type { Pattern } from './patterns.ts'

export interface Path {
  /** Layers, or steps. */
  readonly length: number
  /** Where what is carried is after each, `from` first and `to` last. */
  readonly via: readonly number[]
}

/**
 * A shortest path along which what stands at `from` can reach `to` in a text of n tokens; undefined if there is none, in however many
 * layers. A token keeps what it has (the residual), so it may also wait. Length 0 where they are the same.
 */
export async function shortestPath(
  pattern: Pattern | 'recurrent',
  n: number,
  { from, to }: { from: number; to: number },
): Promise<Path | undefined> {
  for (const [name, at] of Object.entries({ from, to }))
    if (!Number.isInteger(at) || at < 0 || at >= n)
      throw new RangeError(`shortestPath: ${name} must be a position within 0 to ${n - 1}, got ${at}`)
  if (pattern !== 'recurrent') return throughLayers(pattern, n, from, to)
  if (to < from) return undefined
  return { length: to - from, via: Array.from({ length: to - from + 1 }, (_, step) => from + step) }
}

/** From `to` backwards, layer by layer: who could have brought it here. */
async function throughLayers(pattern: Pattern, n: number, from: number, to: number): Promise<Path | undefined> {
  const next = new Int32Array(n).fill(-1)
  next[to] = to
  let edge = [to]
  while (next[from] === -1 && edge.length > 0) {
    const rows = await seen(pattern, n, edge)
    const beyond: number[] = []
    for (const [r, query] of edge.entries())
      for (let key = 0; key < n; key++)
        if (rows[r * n + key] === 1 && next[key] === -1) {
          next[key] = query
          beyond.push(key)
        }
    edge = beyond.sort((a, b) => a - b)
  }
  if (next[from] === -1) return undefined
  const via = [from]
  while (via.at(-1) !== to) via.push(next[via.at(-1)!]!)
  return { length: via.length - 1, via }
}

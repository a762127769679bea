/** The start, the middle and the end of a text. */

import type { Places } from '../heads/places.ts'

/** A stretch of the text; both tokens are in it. Sinks are in none. */
export interface Part {
  readonly name: string
  readonly first: number
  readonly last: number
  /** How many tokens it has. */
  readonly tokens: number
}

/** The text's own tokens in order, cut into `count` parts that differ by one token at most: token k of m is in part ⌊k · count / m⌋. */
export function partsOf({ n, sink }: Places, count: number): readonly Part[] {
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`profile: parts must be a whole number from 1, got ${count}`)
  const tokens = Array.from({ length: n }, (_, at) => at).filter((at) => sink[at] === 0)
  if (tokens.length < count)
    throw new RangeError(`profile: a text of ${tokens.length} tokens beside its sinks cannot be cut into ${count} parts`)
  const lists: number[][] = Array.from({ length: count }, () => [])
  for (const [k, token] of tokens.entries()) lists[Math.floor((k * count) / tokens.length)]!.push(token)
  return lists.map((list, n) => ({ name: nameOf(n, count), first: list[0]!, last: list.at(-1)!, tokens: list.length }))
}

export function nameOf(part: number, count: number): string {
  if (count === 3) return ['start', 'middle', 'end'][part]!
  return `part ${part + 1} of ${count}`
}

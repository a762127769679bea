/** Which tokens of two texts stand in the same place. */

import type { Token } from '../engine/protocol.ts'

/**
 * Pairs of places, in order: common beginnings and common ends one by one; what lies between them in order too, if it is as many tokens in
 * both texts. Tokens without a partner are in no pair.
 */
export function aligned(first: readonly Pick<Token, 'id'>[], second: readonly Pick<Token, 'id'>[]): [number, number][] {
  const least = Math.min(first.length, second.length)
  let start = 0
  while (start < least && first[start]!.id === second[start]!.id) start++
  let end = 0
  while (end < least - start && first[first.length - 1 - end]!.id === second[second.length - 1 - end]!.id) end++
  const pairs: [number, number][] = []
  const middle = first.length === second.length ? first.length - end : start
  for (let n = 0; n < middle; n++) pairs.push([n, n])
  for (let n = end; n > 0; n--) pairs.push([first.length - n, second.length - n])
  return pairs
}

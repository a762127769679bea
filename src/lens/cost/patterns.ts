/** Which keys a query may see, as a function of the length of the text. */

import { type Mask, masks } from '../../attention/index.ts'

export interface Pattern {
  readonly name: string
  /** In words: which keys a query sees. */
  readonly says: string
  /** The mask for a text of n tokens; undefined: everything is seen. */
  readonly mask: (n: number) => Mask | undefined
}

export const dense: Pattern = { name: 'dense', says: 'every key', mask: () => undefined }

export const causal: Pattern = { name: 'causal', says: 'itself and every earlier key', mask: () => masks.causal() }

/** The `size` keys up to and with the query itself; with `both`, (size − 1)/2 to each side, rounded down. */
export function window(size: number, { both = false }: { both?: boolean } = {}): Pattern {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`patterns.window: size must be an integer ≥ 1, got ${size}`)
  const side = Math.floor((size - 1) / 2)
  return both
    ? {
        name: `window ${2 * side + 1}`,
        says: `itself and ${side === 1 ? 'one key' : `${side} keys`} to each side`,
        mask: () => masks.window(side, side),
      }
    : {
        name: `window ${size}`,
        says: size === 1 ? 'itself alone' : `itself and the ${size === 2 ? 'key' : `${size - 1} keys`} before it`,
        mask: () => masks.window(size - 1, 0),
      }
}

/** A window that also sees the first `first` keys (default 1), where many heads leave weight that they have no other use for (Xiao et al. 2023, arXiv:2309.17453). */
export function windowAndFirst(size: number, { first = 1, both = false }: { first?: number; both?: boolean } = {}): Pattern {
  const near = window(size, { both })
  return {
    name: `${near.name} + first ${first === 1 ? '' : first}`.trimEnd(),
    says: `${near.says}, and the first ${first === 1 ? 'key' : `${first} keys`}`,
    mask: (n) => near.mask(n)!.or(masks.prefix(first)),
  }
}

/** Windows of 3, 5, 9, … tokens that are shorter than the text (one side of one that looks to both has 1, 2, 4, …), each with and without the first token. */
export function windows(n: number, { both = false }: { both?: boolean } = {}): Pattern[] {
  const list: Pattern[] = []
  for (let side = 1; 2 * side + 1 < n; side *= 2) list.push(window(2 * side + 1, { both }), windowAndFirst(2 * side + 1, { both }))
  return list.length > 0 ? list : [window(1, { both })]
}

/** `masks.bigBird`: blocks at both ends that all see and that see all, a block to each side, and some blocks at random. */
export function bigBird({
  block = 64,
  global = 1,
  window: sides = 1,
  random = 3,
  seed = 0,
}: {
  block?: number
  global?: number
  window?: number
  random?: number
  seed?: number
} = {}): Pattern {
  return {
    name: `sparse (blocks of ${block})`,
    says: `its own block of ${block} keys, ${sides} to each side, ${global} at each end and ${random} at random (BigBird)`,
    mask: (length) => masks.bigBird({ length, block, global, window: sides, random, seed }),
  }
}

/** A pattern narrowed to itself and earlier keys. */
export function earlier(pattern: Pattern): Pattern {
  return {
    name: `${pattern.name}, causal`,
    says: `of earlier keys and itself: ${pattern.says}`,
    mask: (n) => pattern.mask(n)?.and(masks.causal()) ?? masks.causal(),
  }
}

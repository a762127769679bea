/** Keys and values of earlier tokens, kept so that each new token costs one row. */

import { slice } from '../ops/index.ts'
import { disown, empty, type Shape, show, type Tensor } from '../tensor/index.ts'
import { scatter } from './scatter.ts'

export interface CacheOptions {
  /** Positions to make room for at first; it doubles when they run out. Default 64. */
  readonly capacity?: number
  /**
   * A sliding window of W keys: before new tokens are added, all but the last W − 1 are forgotten. With the option `window: [W − 1, 0]`
   * attention is exactly what it would be without a cache.
   */
  readonly window?: number
  /**
   * StreamingLLM (Xiao et al. 2024): when n new tokens would exceed first + recent, the first ones and the last recent − n are kept. Cache
   * keys before rotation and rotate them by their place in the cache.
   */
  readonly streaming?: { readonly first: number; readonly recent: number }
}

/** What attention is given after an append. */
export interface Cached {
  /** [B, K, S, D] and [B, K, S, Dv]: everything kept, the new tokens last. Views of the cache: valid until the next append. */
  readonly k: Tensor
  readonly v: Tensor
  /** Where the first new token stands among them: the `offset` to call attention with. */
  readonly offset: number
}

/**
 *     const cache = new KeyValueCache()
 *     const { k, v, offset } = cache.append(newKeys, newValues)
 *     attention(q, k, v, { causal: true, offset })
 */
export class KeyValueCache {
  readonly options: CacheOptions
  #keys: Tensor | undefined
  #values: Tensor | undefined
  /** Where the oldest kept position lies in the tensors. */
  #start = 0
  #length = 0
  #seen = 0

  constructor(options: CacheOptions = {}) {
    const { capacity = 64, window, streaming } = options
    positive('capacity', capacity)
    if (window !== undefined) positive('window', window)
    if (streaming) {
      positive('streaming.recent', streaming.recent)
      if (!Number.isInteger(streaming.first) || streaming.first < 0)
        throw new RangeError(`KeyValueCache: streaming.first must be an integer ≥ 0, got ${streaming.first}`)
      if (window !== undefined) throw new TypeError('KeyValueCache: window and streaming are two ways to forget; choose one')
    }
    this.options = options
  }

  /** How many positions are held. */
  get length(): number {
    return this.#length
  }

  /** How many tokens were ever appended: the position of the next one in the text. */
  get seen(): number {
    return this.#seen
  }

  /** Adds n tokens: k [B, K, n, D], v [B, K, n, Dv]. What the options forget goes first. */
  append(k: Tensor, v: Tensor): Cached {
    checkPair(k, v, this.#keys, this.#values)
    const n = k.shape[2]!
    this.#forget(n)
    this.#reserve(k, v, this.#length + n)
    write(this.#keys!, k, this.#start + this.#length)
    write(this.#values!, v, this.#start + this.#length)
    const offset = this.#length
    this.#length += n
    this.#seen += n
    const end = this.#start + this.#length
    return { k: slice(this.#keys!, 2, this.#start, end), v: slice(this.#values!, 2, this.#start, end), offset }
  }

  /** Takes the newest positions back, as if they had never been appended: `length` stay. What the options forgot stays forgotten. */
  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.#length)
      throw new RangeError(`KeyValueCache.truncate: the cache holds ${this.#length} positions and cannot keep ${length}`)
    this.#seen -= this.#length - length
    this.#length = length
  }

  dispose(): void {
    this.#keys?.dispose()
    this.#values?.dispose()
    this.#keys = undefined
    this.#values = undefined
    this.#start = 0
    this.#length = 0
    this.#seen = 0
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** Drops what `n` new tokens push out: everything between the first ones and the last ones kept. */
  #forget(n: number): void {
    const { window, streaming } = this.options
    const first = streaming?.first ?? 0
    if (window === undefined && !streaming) return
    if (streaming && this.#length + n <= first + streaming.recent) return
    const last = Math.max(0, streaming ? streaming.recent - n : window! - 1)
    const dropped = this.#length - first - last
    if (dropped <= 0) return
    for (const side of [this.#keys!, this.#values!]) if (first > 0) shift(side, this.#start, first, dropped)
    this.#start += dropped
    this.#length -= dropped
  }

  /** Makes room for `needed` positions after the start, by moving what is kept to larger tensors. */
  #reserve(k: Tensor, v: Tensor, needed: number): void {
    if (this.#keys && this.#start + needed <= this.#keys.shape[2]!) return
    const room = Math.max(2 * needed, this.options.capacity ?? 64)
    this.#keys = this.#moved(this.#keys, k, room)
    this.#values = this.#moved(this.#values, v, room)
    this.#start = 0
  }

  #moved(old: Tensor | undefined, like: Tensor, room: number): Tensor {
    const larger = roomFor(like, room)
    if (old && this.#length > 0) copyInto(larger, old, this.#start, this.#length)
    old?.dispose()
    return larger
  }
}

/** Room for `n` positions, owned by no scope. */
function roomFor({ memory, shape, dtype }: Tensor, n: number): Tensor {
  const made = empty(memory, shape.with(2, n), dtype, 'KeyValueCache')
  disown(made)
  return made
}

function write(side: Tensor, update: Tensor, position: number): void {
  scatter(side, update, new Array<number>(side.shape[0]!).fill(position))
}

/** Copies `n` positions of `side` from `from` on to the beginning of `target`. */
function copyInto(target: Tensor, side: Tensor, from: number, n: number): void {
  using part = slice(side, 2, from, from + n)
  write(target, part, 0)
}

/** Moves `n` positions from `from` on by `by` positions; the two ranges may overlap. */
function shift(side: Tensor, from: number, n: number, by: number): void {
  using aside = roomFor(side, n)
  copyInto(aside, side, from, n)
  write(side, aside, from + by)
}

function positive(name: string, n: number): void {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`KeyValueCache: ${name} must be an integer ≥ 1, got ${n}`)
}

function checkPair(k: Tensor, v: Tensor, keys: Tensor | undefined, values: Tensor | undefined): void {
  if (k.rank !== 4 || v.rank !== 4 || !sameBut(3, k.shape, v.shape))
    throw new RangeError(
      `KeyValueCache.append: k [B,K,n,D] and v [B,K,n,Dv] must agree in all but the width, got k=${show(k.shape)} v=${show(v.shape)}`,
    )
  checkHeld('k', k, keys)
  checkHeld('v', v, values)
}

function checkHeld(name: string, x: Tensor, held: Tensor | undefined): void {
  if (held && !(sameBut(2, x.shape, held.shape) && x.dtype === held.dtype))
    throw new RangeError(
      `KeyValueCache.append: the cache holds ${name} as ${show(held.shape)} ${held.dtype} (room for ${held.shape[2]}), got ${x}`,
    )
}

/** Do two shapes agree in all axes but one? */
function sameBut(one: number, a: Shape, b: Shape): boolean {
  return a.every((d, axis) => axis === one || d === b[axis])
}

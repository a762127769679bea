/** Chance that can be repeated: what is drawn is a function of the keys alone, on every machine. */

/** 32 bits that depend on every character (FNV-1a, then the finaliser of MurmurHash3). */
export function hash(...keys: readonly (string | number)[]): number {
  let h = 0x811c9dc5
  for (const character of keys.join('\u0000')) h = Math.imul(h ^ character.codePointAt(0)!, 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export class Random {
  #state: number

  /** The same keys give the same draws. */
  constructor(...keys: readonly (string | number)[]) {
    this.#state = hash(...keys)
  }

  /** Even in [0, 1), in steps of 2⁻³² (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from 0 to `count` − 1. */
  below(count: number): number {
    return Math.floor(this.next() * count)
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('Random.pick: nothing to pick from')
    return list[this.below(list.length)]!
  }

  /** The same entries in another order. */
  shuffled<T>(list: readonly T[]): T[] {
    const made = [...list]
    for (let n = made.length - 1; n > 0; n--) {
      const other = this.below(n + 1)
      ;[made[n], made[other]] = [made[other]!, made[n]!]
    }
    return made
  }

  /** Standard normal (Box–Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }
}

/** Pair of ids → rank of the merge that joins them: open addressing in one typed array, because every character asks. */

const EMPTY = -1

export class PairTable {
  readonly #mask: number
  /** Left id, right id, rank. */
  readonly #slots: Int32Array

  /** `size`: how many pairs will be set, at most. */
  constructor(size: number) {
    const capacity = 2 ** Math.ceil(Math.log2(2 * size + 2))
    this.#mask = capacity - 1
    this.#slots = new Int32Array(3 * capacity).fill(EMPTY)
  }

  /** The later rank of a pair counts. */
  set(left: number, right: number, rank: number): void {
    this.#slots.set([left, right, rank], this.#find(left, right))
  }

  /** −1: nothing joins them. */
  get(left: number, right: number): number {
    return this.#slots[this.#find(left, right) + 2]!
  }

  #find(left: number, right: number): number {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & this.#mask
    while (this.#slots[3 * slot] !== EMPTY && (this.#slots[3 * slot] !== left || this.#slots[3 * slot + 1] !== right))
      slot = (slot + 1) & this.#mask
    return 3 * slot
  }
}

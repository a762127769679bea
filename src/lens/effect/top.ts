/** The largest of many, without keeping all. */

export class Top<T> {
  readonly #count: number
  readonly #size: (entry: T) => number
  #kept: T[] = []
  #least = Number.NEGATIVE_INFINITY

  constructor(count: number, size: (entry: T) => number) {
    this.#count = count
    this.#size = size
  }

  /** Would an entry of this size be kept, as things stand? */
  takes(size: number): boolean {
    return this.#count > 0 && (this.#kept.length < this.#count || size > this.#least)
  }

  add(entry: T): void {
    this.#kept.push(entry)
    if (this.#kept.length >= 2 * this.#count) this.#settle()
  }

  /** Largest first; of equal ones, that which came first. */
  get list(): readonly T[] {
    this.#settle()
    return this.#kept
  }

  #settle(): void {
    this.#kept = this.#kept.sort((a, b) => this.#size(b) - this.#size(a)).slice(0, this.#count)
    const last = this.#kept.at(-1)
    if (last !== undefined && this.#kept.length === this.#count) this.#least = this.#size(last)
  }
}

/**
 * Hands out pieces of one linear memory. What is freed waits, by its exact size, for the next request of that size: a model asks for the
 * same sizes over and over. Only when memory would have to grow are waiting pieces joined with their neighbours, and kept by address
 * and by size class. Everything is a multiple of 64 bytes and aligned to 64, a cache line.
 */

const ALIGN = 64

export class Allocator {
  /** Free pieces: address → bytes, and end → address. */
  readonly #free = new Map<number, number>()
  readonly #ends = new Map<number, number>()
  /** Free pieces by size class, the power of two below. */
  readonly #classes: Set<number>[] = Array.from({ length: 34 }, () => new Set())
  readonly #taken = new Map<number, number>()
  /** Freed pieces that wait for a request of their size. */
  readonly #waiting = new Map<number, number[]>()
  #top: number
  #bytes = 0

  constructor(base: number) {
    this.#top = base
  }

  get live(): { buffers: number; bytes: number } {
    return { buffers: this.#taken.size, bytes: this.#bytes }
  }

  /** The first byte never handed out. */
  get top(): number {
    return this.#top
  }

  /** → an address. `reach` is called with the number of bytes the memory must have; it may throw, and then nothing has changed. */
  allocate(bytes: number, reach: (end: number) => void): number {
    const size = Math.max(ALIGN, Math.ceil(bytes / ALIGN) * ALIGN)
    let address = this.#waiting.get(size)?.pop() ?? this.#takeFree(size)
    if (address === undefined && this.#joinWaiting()) address = this.#takeFree(size)
    if (address === undefined) {
      const tail = this.#ends.get(this.#top)
      const from = tail ?? this.#top
      reach(from + size)
      if (tail !== undefined) this.#removeFree(tail)
      address = from
      this.#top = from + size
    }
    this.#taken.set(address, size)
    this.#bytes += size
    return address
  }

  free(address: number): void {
    const size = this.#taken.get(address)
    if (size === undefined) throw new Error(`memory: address ${address} was freed twice or never allocated`)
    this.#taken.delete(address)
    this.#bytes -= size
    const waiting = this.#waiting.get(size)
    if (waiting) waiting.push(address)
    else this.#waiting.set(size, [address])
  }

  /** → whether there were any. */
  #joinWaiting(): boolean {
    let any = false
    for (const [size, addresses] of this.#waiting) {
      for (const address of addresses) this.#join(address, size)
      any ||= addresses.length > 0
    }
    this.#waiting.clear()
    return any
  }

  /** Makes one free piece of this one and its free neighbours. */
  #join(address: number, size: number): void {
    let from = address
    let end = address + size
    const before = this.#ends.get(from)
    if (before !== undefined) {
      this.#removeFree(before)
      from = before
    }
    const after = this.#free.get(end)
    if (after !== undefined) {
      this.#removeFree(end)
      end += after
    }
    this.#addFree(from, end - from)
  }

  /** The smallest class that surely fits, then larger ones; in its own class, the first piece that does. */
  #takeFree(size: number): number | undefined {
    const own = classOf(size)
    for (let c = own; c < this.#classes.length; c++) {
      for (const address of this.#classes[c]!) {
        const bytes = this.#free.get(address)!
        if (bytes < size) continue
        this.#removeFree(address)
        if (bytes > size) this.#addFree(address + size, bytes - size)
        return address
      }
    }
    return undefined
  }

  #addFree(address: number, bytes: number): void {
    this.#free.set(address, bytes)
    this.#ends.set(address + bytes, address)
    this.#classes[classOf(bytes)]!.add(address)
  }

  #removeFree(address: number): void {
    const bytes = this.#free.get(address)!
    this.#free.delete(address)
    this.#ends.delete(address + bytes)
    this.#classes[classOf(bytes)]!.delete(address)
  }
}

function classOf(bytes: number): number {
  return Math.floor(Math.log2(bytes))
}

/**
 * Where numbers live. A backend implements `Memory`; a `Storage` is one counted allocation in it, shared by all views of it.
 */

/** One backend's memory. `allocate` throws an `OutOfMemory` that says how much was asked for and what to try. */
export interface Memory {
  readonly name: 'wasm' | 'reference'
  /** → a handle that kernels understand (WASM: a byte address). Contents are undefined. */
  allocate(bytes: number): number
  free(handle: number): void
  /** Copies bytes in, at once or before any later operation reads them. */
  write(handle: number, byteOffset: number, data: ArrayBufferView): void
  /** Copies bytes out, after every operation called so far. */
  read(handle: number, byteOffset: number, bytes: number): Promise<ArrayBuffer>
  /** Allocations not yet freed, and their bytes. */
  readonly live: { buffers: number; bytes: number }
}

export class OutOfMemory extends Error {
  override name = 'OutOfMemory'
}

/** A forgotten tensor gives its memory back when the garbage collector finds it; `dispose` and scopes do so at once. */
const forgotten = new FinalizationRegistry<{ memory: Memory; handle: number }>(({ memory, handle }) => memory.free(handle))

export class Storage {
  readonly memory: Memory
  readonly bytes: number
  readonly handle: number
  #holders = 1

  constructor(memory: Memory, bytes: number) {
    this.memory = memory
    this.bytes = bytes
    this.handle = memory.allocate(bytes)
    forgotten.register(this, { memory, handle: this.handle }, this)
  }

  /** Does more than one hold it? */
  get isShared(): boolean {
    return this.#holders > 1
  }

  retain(): this {
    this.#holders++
    return this
  }

  release(): void {
    if (--this.#holders > 0) return
    forgotten.unregister(this)
    this.memory.free(this.handle)
  }
}

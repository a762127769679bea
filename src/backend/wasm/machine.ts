/**
 * One instance of the kernels with its memory: allocates, writes parameters, runs jobs. With a pool it shares jobs with other threads;
 * it must live where blocking is allowed (Node, or a worker of a page).
 */

import { type Memory, OutOfMemory } from '../../tensor/index.ts'
import { Allocator } from './allocator.ts'
import { instantiate, type KernelExports } from './instance.ts'
import { CONTROL_SCRATCH, CONTROL_THREADS, HEAP, type Layout, MAXIMUM_PAGES, PAGE, PARAMETERS, PROGRAM_SCRATCH } from './layout.ts'
import { PANELS, type Tier } from './tiers.ts'

/** Below this much work (floating-point operations, roughly) waking other threads costs more than it saves. */
const WORTH_SHARING = 400_000

export function makeMemory(): WebAssembly.Memory {
  for (let maximum = MAXIMUM_PAGES; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: HEAP / PAGE + 15, maximum, shared: true })
    } catch (error) {
      if (maximum <= 1024)
        throw new OutOfMemory(
          `init: this environment gives no shared WebAssembly memory, not even 64 MiB (${(error as Error).message})`,
        )
    }
  }
}

export class Machine implements Memory {
  readonly name = 'wasm' as const
  readonly tier: Tier
  readonly module: WebAssembly.Module
  readonly wasmMemory: WebAssembly.Memory
  readonly kernels: KernelExports
  readonly nr: number
  /** 64 bytes of 0 that nobody writes to. */
  readonly zeros: number
  readonly #allocator = new Allocator(HEAP)
  #threads = 1
  #scratchBytes = 0
  #scratch: number[] = []
  #programs = 0
  #kept = 0
  #keptBytes = 0
  #broken: string | undefined
  u8!: Uint8Array
  i32!: Int32Array
  u32!: Uint32Array
  f32!: Float32Array

  constructor(tier: Tier, module: WebAssembly.Module, memory: WebAssembly.Memory) {
    this.tier = tier
    this.module = module
    this.wasmMemory = memory
    this.kernels = instantiate(module, memory)
    this.nr = PANELS[tier]
    this.#refresh()
    this.kernels.writeConstants()
    this.zeros = this.allocateForever(64)
    this.ensureScratch(1 << 18)
  }

  #refresh(): void {
    const { buffer } = this.wasmMemory
    this.u8 = new Uint8Array(buffer)
    this.i32 = new Int32Array(buffer)
    this.u32 = new Uint32Array(buffer)
    this.f32 = new Float32Array(buffer)
  }

  get threads(): number {
    return this.#threads
  }

  /** From now on, so many threads may take part, whenever they come. Their scratch is laid out here. */
  setThreads(threads: number): void {
    this.#threads = threads
    this.u32[CONTROL_THREADS >> 2] = threads
    const bytes = this.#scratchBytes
    this.#scratchBytes = 0
    this.ensureScratch(bytes - PROGRAM_SCRATCH)
  }

  get live(): { buffers: number; bytes: number } {
    const { buffers, bytes } = this.#allocator.live
    return {
      buffers: buffers - this.#scratch.length - this.#kept,
      bytes: bytes - this.#scratch.length * this.#scratchBytes - this.#keptBytes,
    }
  }

  allocate(bytes: number): number {
    return this.#allocator.allocate(bytes, (end) => this.#reach(end, bytes))
  }

  free(address: number): void {
    this.#allocator.free(address)
  }

  /** As allocate, for what the engine itself keeps: it is not counted among the live buffers. */
  allocateForever(bytes: number): number {
    const address = this.allocate(bytes)
    this.#kept++
    this.#keptBytes += Math.max(64, Math.ceil(bytes / 64) * 64)
    return address
  }

  #reach(end: number, asked: number): void {
    const have = this.wasmMemory.buffer.byteLength
    if (end <= have) return
    const pages = Math.ceil((end - have) / PAGE)
    // Grow by a quarter at least, so that many small allocations do not mean many growths; if that fails, by what is needed.
    const generous = Math.max(pages, Math.min(Math.ceil(have / 4 / PAGE), 4096))
    if (!this.#grow(generous) && !this.#grow(pages)) throw outOfMemory(asked, this.live)
    this.#refresh()
  }

  #grow(pages: number): boolean {
    try {
      this.wasmMemory.grow(pages)
      return true
    } catch {
      return false
    }
  }

  write(handle: number, byteOffset: number, data: ArrayBufferView): void {
    this.u8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), handle + byteOffset)
  }

  async read(handle: number, byteOffset: number, bytes: number): Promise<ArrayBuffer> {
    const out = new ArrayBuffer(bytes)
    new Uint8Array(out).set(this.u8.subarray(handle + byteOffset, handle + byteOffset + bytes))
    return out
  }

  /** Runs `use` with that many bytes that are free again afterwards. */
  borrow<T>(bytes: number, use: (address: number) => T): T {
    const address = this.allocate(bytes)
    try {
      return use(address)
    } finally {
      this.free(address)
    }
  }

  /** Every thread has at least so much scratch. */
  ensureScratch(bytes: number): void {
    if (bytes + PROGRAM_SCRATCH <= this.#scratchBytes) return
    const size = 2 ** Math.ceil(Math.log2(bytes + PROGRAM_SCRATCH))
    for (const address of this.#scratch) this.free(address)
    this.#scratch = []
    this.#scratchBytes = size
    for (let thread = 0; thread < this.#threads; thread++) {
      const address = this.allocate(size)
      this.#scratch.push(address)
      this.u32[(CONTROL_SCRATCH >> 2) + thread] = address
    }
  }

  /** Writes a parameter block; fields that are not given are 0. → its address. `slot` keeps blocks that are alive together apart. */
  parameters(layout: Layout, values: Record<string, number>, slot = 0): number {
    const address = PARAMETERS + slot * 512
    const at = address >> 2
    const { fields, floats } = layout
    for (let n = 0; n < fields.length; n++) this.i32[at + n] = values[fields[n]!] ?? 0
    for (const n of floats) this.f32[at + n] = values[fields[n]!] ?? 0
    return address
  }

  /** Runs `count` tasks of a kind, shared with the other threads if `work` (floating-point operations in all) is worth it. */
  run(kind: number, params: number, count: number, work: number): void {
    if (count <= 0) return
    if (this.#broken) throw new Error(`the engine failed earlier (${this.#broken}); call init() anew in a fresh process or page`)
    try {
      if (this.#threads === 1 || count === 1 || work < WORTH_SHARING) this.kernels.runAlone(kind, params, count)
      else this.kernels.runTogether(kind, params, count, this.#programs)
    } catch (error) {
      this.#broken = (error as Error).message
      throw error
    }
    if (this.#threads > 1 && this.kernels.takeFailure()) {
      this.#broken = 'a thread of the pool stopped'
      throw new Error('the engine failed: a thread of the pool stopped while it worked')
    }
  }

  /** How many programs are installed; threads catch up before they run a job that may need them. */
  get programs(): number {
    return this.#programs
  }

  set programs(count: number) {
    this.#programs = count
    this.kernels.setInstalled(count)
  }
}

function outOfMemory(asked: number, live: { buffers: number; bytes: number }): OutOfMemory {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)} MiB`
  return new OutOfMemory(
    `out of memory: ${mib(asked)} asked for while ${live.buffers} tensors hold ${mib(live.bytes)}. Dispose tensors that are no longer needed, ` +
      'use a smaller batch or a shorter text, or load the model in float16',
  )
}

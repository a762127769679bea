/**
 * The engine for a page's main thread, which must never wait: a worker of its own (host.ts) runs the machine, and every call is
 * posted to it in order. Only reading waits, as a promise. Where the page is cross-origin isolated the host has a pool; else it
 * computes on one thread, and the page stays responsive all the same.
 */

import type { Memory } from '../../tensor/index.ts'
import type { Kernels } from '../kernels.ts'
import type { StartOptions, WasmBackend } from './index.ts'
import { PANELS, type Tier } from './tiers.ts'

/** What the page posts. Handles are the page's own numbers; the host knows which address each stands for. */
export type Command =
  | { readonly do: 'start'; readonly options: StartOptions }
  | { readonly do: 'allocate'; readonly handle: number; readonly bytes: number }
  | { readonly do: 'free'; readonly handle: number }
  | { readonly do: 'write'; readonly handle: number; readonly byteOffset: number; readonly data: Uint8Array }
  | { readonly do: 'read'; readonly id: number; readonly handle: number; readonly byteOffset: number; readonly bytes: number }
  | { readonly do: 'call'; readonly kernel: keyof Kernels; readonly args: readonly unknown[] }

export type Reply =
  | { readonly reply: 'started'; readonly tier: Tier; readonly threads: number; readonly notes: readonly string[] }
  | { readonly reply: 'settled'; readonly threads: number; readonly notes: readonly string[] }
  | { readonly reply: 'failed'; readonly message: string }
  | { readonly reply: 'read'; readonly id: number; readonly data: ArrayBuffer }
  | { readonly reply: 'unreadable'; readonly id: number; readonly name: string; readonly message: string }

const KERNELS: readonly (keyof Kernels)[] = [
  'copy',
  'pack',
  'quantise',
  'unary',
  'binary',
  'reduce',
  'matmul',
  'softmax',
  'layerNorm',
  'rmsNorm',
  'gather',
  'rope',
  'attention',
  'attentionWeights',
  'slope',
  'normGradient',
  'scatterAdd',
  'attentionGradient',
  'adam',
]

/** Is this a page's main thread? */
export function mayNotBlock(): boolean {
  return typeof window !== 'undefined' && typeof document !== 'undefined'
}

export async function startRemote(options: StartOptions): Promise<WasmBackend> {
  const host = new Worker(new URL('./host.js', import.meta.url), { type: 'module' })
  const line = new Line(host)
  const { tier } = await line.start(options)
  const kernels = Object.fromEntries(
    KERNELS.map((kernel) => [
      kernel,
      (...args: unknown[]) => {
        line.send({ do: 'call', kernel, args })
        return `wasm ${tier}, in a worker`
      },
    ]),
  ) as unknown as Kernels
  return {
    name: 'wasm',
    memory: line,
    panels: PANELS[tier],
    kernels,
    tier,
    get threads() {
      return line.told.threads
    },
    get notes() {
      return line.told.notes
    },
    settled: () => line.settled,
    stop: async () => line.stop(),
  }
}

interface Waiting {
  readonly resolve: (data: ArrayBuffer) => void
  readonly reject: (error: Error) => void
}

/** The line to the host: commands of one turn go out as one message. */
class Line implements Memory {
  readonly name = 'wasm' as const
  readonly live = { buffers: 0, bytes: 0 }
  readonly #host: Worker
  readonly #sizes = new Map<number, number>()
  readonly #reads = new Map<number, Waiting>()
  /** What the host last said of its threads. */
  told: { readonly threads: number; readonly notes: readonly string[] } = { threads: 1, notes: [] }
  readonly settled: Promise<void>
  #settle!: () => void
  #queue: Command[] = []
  #next = 1
  #lost: Error | undefined

  constructor(host: Worker) {
    this.#host = host
    this.settled = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  start(options: StartOptions): Promise<Extract<Reply, { reply: 'started' }>> {
    return new Promise((resolve, reject) => {
      this.#host.addEventListener('message', ({ data }: MessageEvent<Reply>) => {
        if (data.reply === 'started' || data.reply === 'settled') this.told = data
        if (data.reply === 'started') resolve(data)
        else if (data.reply === 'settled') this.#settle()
        else if (data.reply === 'failed') reject(new Error(data.message))
        else this.#answer(data)
      })
      this.#host.addEventListener('error', (event) => {
        const error = new Error(`the engine's worker failed: ${event.message || 'it could not be loaded'}`)
        reject(error)
        this.#lose(error)
      })
      this.send({ do: 'start', options })
    })
  }

  send(command: Command): void {
    if (this.#lost) throw this.#lost
    if (this.#queue.push(command) === 1) queueMicrotask(() => this.#flush())
  }

  #flush(): void {
    const commands = this.#queue
    this.#queue = []
    const transfer = commands.flatMap((command) => (command.do === 'write' ? [command.data.buffer as ArrayBuffer] : []))
    this.#host.postMessage(commands, transfer)
  }

  #answer(reply: Extract<Reply, { id: number }>): void {
    const waiting = this.#reads.get(reply.id)
    this.#reads.delete(reply.id)
    if (reply.reply === 'read') waiting?.resolve(reply.data)
    else waiting?.reject(Object.assign(new Error(reply.message), { name: reply.name }))
  }

  /** The host is gone: nothing that waits on it may hang. */
  #lose(error: Error): void {
    this.#lost = error
    this.#settle()
    for (const waiting of this.#reads.values()) waiting.reject(error)
    this.#reads.clear()
  }

  stop(): void {
    this.#host.terminate()
    this.#lose(new Error('the engine was stopped'))
  }

  allocate(bytes: number): number {
    const handle = this.#next++
    this.send({ do: 'allocate', handle, bytes })
    this.#sizes.set(handle, bytes)
    this.live.buffers++
    this.live.bytes += bytes
    return handle
  }

  free(handle: number): void {
    this.live.buffers--
    this.live.bytes -= this.#sizes.get(handle) ?? 0
    this.#sizes.delete(handle)
    if (!this.#lost) this.send({ do: 'free', handle })
  }

  write(handle: number, byteOffset: number, data: ArrayBufferView): void {
    const copied = new Uint8Array(data.byteLength)
    copied.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    this.send({ do: 'write', handle, byteOffset, data: copied })
  }

  read(handle: number, byteOffset: number, bytes: number): Promise<ArrayBuffer> {
    return new Promise((resolve, reject) => {
      const id = this.#next++
      this.#reads.set(id, { resolve, reject })
      this.send({ do: 'read', id, handle, byteOffset, bytes })
    })
  }
}

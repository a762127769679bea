/** The WASM backend: kernels from assembly/, one shared memory, a pool of threads. */

import type { Backend } from '../kernels.ts'

export interface StartOptions {
  threads?: number | undefined
  wide: boolean
}

export interface WasmBackend extends Backend {
  readonly tier: 'plain' | 'relaxed' | 'wide'
  readonly threads: number
  readonly notes: readonly string[]
  stop(): Promise<void>
}

export async function startWasm(_options: StartOptions): Promise<WasmBackend> {
  throw new Error('init: the WASM backend is being built')
}

/** The one engine of the process or page: the only ambient state in Regard. */

import type { DType, Memory, Tensor } from '../tensor/index.ts'
import type { Backend } from './kernels.ts'
import { referenceBackend } from './reference/index.ts'
import { type StartOptions, startWasm, type WasmBackend } from './wasm/index.ts'

export interface InitOptions {
  /** 'wasm' (default) or 'reference': the slow float64 definition of every operation. */
  backend?: 'wasm' | 'reference'
  /** How many threads may compute at once; default: what the machine has, at most 16. */
  threads?: number
  /** false: leave the process's V8 flags alone, so no 256-bit tier. Default true. Node only. */
  wide?: boolean
}

/** What actually runs. */
export interface EngineInfo {
  readonly backend: 'wasm' | 'reference'
  /** 'plain' 128-bit, 'relaxed' 128-bit with fused multiply-add, 'wide' 256-bit; 'float64' for the reference. */
  readonly tier: 'plain' | 'relaxed' | 'wide' | 'float64'
  /** Threads that compute, and those that are still starting: fewer than were asked for once some have failed to. */
  readonly threads: number
  /** What the start-up check found: why a faster tier or more threads were not taken, if so. */
  readonly notes: readonly string[]
  readonly startupMs: number
  /**
   * Resolves when every thread has joined or was given up. Nothing needs to wait for it but what measures or reports: until then
   * calls run on the threads that are there, with the same bits.
   */
  settled(): Promise<EngineInfo>
  toString(): string
}

let wasm: WasmBackend | undefined
let info: EngineInfo | undefined
let starting: Promise<EngineInfo> | undefined

/**
 * Starts the engine. Calling it again with the same options changes nothing; with other options it is refused once tensors live,
 * else the engine restarts.
 */
export async function init(options: InitOptions = {}): Promise<EngineInfo> {
  checkOptions(options)
  if (starting) {
    const running = await starting
    if (Object.keys(options).length === 0 || sameRequest(options)) return running
    await stop()
  }
  requested = options
  starting = start(options)
  try {
    return await starting
  } catch (error) {
    starting = undefined
    throw error
  }
}

let requested: InitOptions = {}

function sameRequest(options: InitOptions): boolean {
  return options.backend === requested.backend && options.threads === requested.threads && options.wide === requested.wide
}

async function start(options: InitOptions): Promise<EngineInfo> {
  const from = performance.now()
  if (options.backend === 'reference') {
    const alone = { tier: 'float64', threads: 1, notes: [], settled: async () => {} } as const
    info = report('reference', alone, performance.now() - from)
    return info
  }
  wasm = await startWasm({ threads: options.threads, wide: options.wide ?? true } satisfies StartOptions)
  info = report('wasm', wasm, performance.now() - from)
  return info
}

async function stop(): Promise<void> {
  if (wasm && wasm.memory.live.buffers > 0)
    throw new Error(
      `init: the engine already runs as ${info} and ${wasm.memory.live.buffers} tensors live in it; dispose them before starting it with other options`,
    )
  await wasm?.stop()
  wasm = undefined
  info = undefined
  starting = undefined
}

function checkOptions({ backend, threads }: InitOptions): void {
  if (backend !== undefined && backend !== 'wasm' && backend !== 'reference')
    throw new TypeError(`init: backend must be 'wasm' or 'reference', got ${JSON.stringify(backend)}`)
  if (threads !== undefined && (!Number.isInteger(threads) || threads < 1 || threads > 64))
    throw new RangeError(`init: threads must be an integer from 1 to 64, got ${threads}`)
}

const WIDTH = { plain: '128-bit', relaxed: '128-bit fused', wide: '256-bit', float64: 'float64' } as const

function report(
  backend: EngineInfo['backend'],
  running: Pick<EngineInfo, 'tier' | 'threads' | 'notes'> & { settled(): Promise<void> },
  startupMs: number,
): EngineInfo {
  const told: EngineInfo = {
    backend,
    tier: running.tier,
    get threads() {
      return running.threads
    },
    get notes() {
      return running.notes
    },
    startupMs,
    settled: async () => {
      await running.settled()
      return told
    },
    toString: () => `${backend}, ${WIDTH[running.tier]}, ${running.threads} thread${running.threads === 1 ? '' : 's'}`,
  }
  return told
}

/** What `init` reported. Throws before `init`. */
export function engineInfo(): EngineInfo {
  if (!info) throw notStarted('engineInfo')
  return info
}

/** The memory that a new tensor of this dtype lives in: float64 always on the reference. */
export function memoryFor(dtype: DType, operation: string): Memory {
  if (!info) throw notStarted(operation)
  return dtype === 'float64' || !wasm ? referenceBackend.memory : wasm.memory
}

/** The backend that holds these tensors. All inputs of an operation must live on one. */
export function backendOf(operation: string, tensors: readonly (Tensor | undefined)[]): Backend {
  if (!info) throw notStarted(operation)
  let found: Memory | undefined
  for (const tensor of tensors) {
    if (!tensor) continue
    if (found && tensor.memory !== found)
      throw new TypeError(
        `${operation}: some inputs live on the ${found.name} backend and some on ${tensor.memory.name} (float64 is computed by the reference alone); cast them to one dtype`,
      )
    found = tensor.memory
  }
  if (!found || found === referenceBackend.memory) return referenceBackend
  if (wasm && found === wasm.memory) return wasm
  throw new Error(`${operation}: a tensor belongs to an engine that was stopped; make it again after init()`)
}

function notStarted(operation: string): Error {
  return new Error(`${operation}: the engine is not started; call \`await init()\` first`)
}

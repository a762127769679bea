/** Starts the helper threads of a machine, in Node and in browsers. */

import type { Machine } from './machine.ts'
import { isNode } from './tiers.ts'
import type { HelperData } from './worker.ts'

export interface Pool {
  readonly threads: number
  /** Why there are fewer threads than asked for, if so. */
  readonly note: string | undefined
  stop(): Promise<void>
}

/** How long a thread may take to start. */
const PATIENCE_MS = 10_000

export async function startPool(machine: Machine, threads: number): Promise<Pool> {
  if (threads <= 1) return { threads: 1, note: undefined, stop: async () => {} }
  const started = await Promise.allSettled(
    Array.from({ length: threads - 1 }, (_, n) =>
      startHelper({ module: machine.module, memory: machine.wasmMemory, thread: n + 1 }),
    ),
  )
  const failed = started.filter((result) => result.status === 'rejected')
  const helpers = started.filter((result) => result.status === 'fulfilled').map((result) => result.value)
  if (failed.length > 0) {
    await Promise.all(helpers.map((stop) => stop()))
    return {
      threads: 1,
      note: `one thread: helpers could not start (${(failed[0]!.reason as Error).message})`,
      stop: async () => {},
    }
  }
  machine.setThreads(threads)
  return { threads, note: undefined, stop: async () => void (await Promise.all(helpers.map((stop) => stop()))) }
}

/** → a function that ends the thread. */
function startHelper(data: HelperData): Promise<() => Promise<void>> {
  return isNode ? startNodeHelper(data) : startBrowserHelper(data)
}

async function startNodeHelper(data: HelperData): Promise<() => Promise<void>> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const url = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)
  const worker = new Worker(url, { workerData: data, stdout: false })
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a thread did not start in time')), PATIENCE_MS)
    const settle = (act: () => void) => {
      clearTimeout(timer)
      act()
    }
    worker.once('message', () => settle(resolve))
    worker.once('error', (error) => settle(() => reject(error)))
  })
  worker.unref()
  return async () => void (await worker.terminate())
}

function startBrowserHelper(data: HelperData): Promise<() => Promise<void>> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a worker did not start in time')), PATIENCE_MS)
    const settle = (act: () => void) => {
      clearTimeout(timer)
      act()
    }
    worker.addEventListener('message', () => settle(() => resolve(async () => worker.terminate())), { once: true })
    worker.addEventListener('error', (event) => settle(() => reject(new Error(event.message || 'a worker failed to load'))), {
      once: true,
    })
    worker.postMessage(data)
  })
}

/**
 * The helper threads of a machine, in Node and in browsers. They are started before the machine is chosen, since both take their time,
 * and join it when it is there.
 */

import type { Machine } from './machine.ts'
import { isNode } from './tiers.ts'
import type { HelperData } from './worker.ts'

export interface Pool {
  readonly threads: number
  /** Why there are fewer threads than asked for, if so. */
  readonly note: string | undefined
  stop(): Promise<void>
}

/** A thread that runs and waits to be told whom to help. */
interface Helper {
  join(data: HelperData): void
  stop(): Promise<unknown> | undefined
}

/** How long a thread may take to start. */
const PATIENCE_MS = 10_000

/** Starts threads − 1 helpers. → what lets them join a machine, once all are up. */
export function startPool(threads: number): (machine: Machine) => Promise<Pool> {
  const starting = Promise.allSettled(
    Array.from({ length: threads - 1 }, () => (isNode ? startNodeHelper() : startBrowserHelper())),
  )
  return async (machine) => {
    const started = await starting
    const helpers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const failure = started.find((result) => result.status === 'rejected')
    helpers.forEach((helper, n) => {
      helper.join({ module: machine.module, memory: machine.wasmMemory, thread: n + 1 })
    })
    machine.setThreads(helpers.length + 1)
    return {
      threads: helpers.length + 1,
      note:
        failure && `${helpers.length + 1} of ${threads} threads: the others could not start (${(failure.reason as Error).message})`,
      stop: async () => void (await Promise.all(helpers.map((helper) => helper.stop()))),
    }
  }
}

/** Resolves when the thread reports, rejects when it fails or stays silent. */
function reporting(listen: (ready: () => void, failed: (error: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a thread did not start in time')), PATIENCE_MS)
    const settle = (act: () => void) => {
      clearTimeout(timer)
      act()
    }
    listen(
      () => settle(resolve),
      (error) => settle(() => reject(error)),
    )
  })
}

async function startNodeHelper(): Promise<Helper> {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url))
  await reporting((ready, failed) => {
    worker.once('message', ready)
    worker.once('error', failed)
  })
  worker.unref()
  return { join: (data) => worker.postMessage(data), stop: () => worker.terminate() }
}

async function startBrowserHelper(): Promise<Helper> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  await reporting((ready, failed) => {
    worker.addEventListener('message', ready, { once: true })
    worker.addEventListener('error', (event) => failed(new Error(event.message || 'a worker could not be loaded')), { once: true })
  })
  return {
    join: (data) => worker.postMessage(data),
    stop: () => {
      worker.terminate()
      return undefined
    },
  }
}

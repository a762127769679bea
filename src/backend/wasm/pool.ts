/**
 * The helper threads of a machine, in Node and in browsers. They start beside everything else and join when they are up: a job needs none of
 * them, so calls before that are shared by the threads that are there, with the same bits.
 */

import type { Machine } from './machine.ts'
import { isNode } from './tiers.ts'
import type { HelperData } from './worker.ts'

/** A thread that runs, or will. */
interface Helper {
  /** Tells it whom to help, once. */
  join(data: HelperData): void
  /** Resolves when it helps, rejects when it failed to start. */
  readonly joined: Promise<void>
  /** Does the process live on for it? Not unless somebody waits. */
  hold(on: boolean): void
  stop(): Promise<unknown> | undefined
}

/** How long a thread may take to start. */
const PATIENCE_MS = 10_000

export class Pool {
  readonly #helpers: readonly Helper[]
  readonly #settled: Promise<unknown>
  readonly #failures: Error[] = []

  /** Starts threads − 1 helpers. */
  constructor(threads: number) {
    this.#helpers = Array.from({ length: threads - 1 }, startHelper)
    this.#settled = Promise.all(this.#helpers.map(({ joined }) => joined.catch((error: Error) => void this.#failures.push(error))))
  }

  /** Lets the helpers join `machine`, each as soon as it is up. */
  join(machine: Machine): void {
    machine.setThreads(this.#helpers.length + 1)
    this.#helpers.forEach((helper, n) => {
      helper.join({ module: machine.module, memory: machine.wasmMemory, thread: n + 1 })
    })
  }

  /** Threads that compute or are about to, with the one that asks. */
  get threads(): number {
    return this.#helpers.length + 1 - this.#failures.length
  }

  /** Why there are fewer threads than asked for, if so. */
  get note(): string | undefined {
    const [first] = this.#failures
    const asked = this.#helpers.length + 1
    return first && `${this.threads} of ${asked} threads: the others could not start (${first.message})`
  }

  /** Resolves when every helper has joined or was given up. */
  async settled(): Promise<void> {
    for (const helper of this.#helpers) helper.hold(true)
    await this.#settled
    for (const helper of this.#helpers) helper.hold(false)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#helpers.map((helper) => helper.stop()))
  }
}

/** Resolves when the thread reports, rejects when it fails or stays silent. */
function reporting(listen: (joined: () => void, failed: (error: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a thread did not start in time')), PATIENCE_MS)
    if (isNode) timer.unref()
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

function startHelper(): Helper {
  try {
    return isNode ? startNodeHelper() : startBrowserHelper()
  } catch (error) {
    return { join() {}, joined: Promise.reject(error), hold() {}, stop: () => undefined }
  }
}

function startNodeHelper(): Helper {
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const worker = new Worker(new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url))
  worker.unref()
  return {
    join: (data) => worker.postMessage(data),
    joined: reporting((joined, failed) => {
      worker.once('message', joined)
      worker.once('error', failed)
    }),
    hold: (on) => (on ? worker.ref() : worker.unref()),
    stop: () => worker.terminate(),
  }
}

function startBrowserHelper(): Helper {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return {
    join: (data) => worker.postMessage(data),
    joined: reporting((joined, failed) => {
      worker.addEventListener('message', joined, { once: true })
      worker.addEventListener('error', (event) => failed(new Error(event.message || 'a worker could not be loaded')), {
        once: true,
      })
    }),
    hold: () => {},
    stop: () => {
      worker.terminate()
      return undefined
    },
  }
}

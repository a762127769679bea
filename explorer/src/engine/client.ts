/** The page's side of the engine: asks, waits, and starts a new worker when one dies. */

import type { Answer, Ask, AskOptions, Drop, Method, Question, Reply, Requests } from './protocol.ts'

/** The engine answered that it cannot: the message is one plain line for the reader. */
export class Refused extends Error {
  override name = 'Refused'
}

/** The worker died before it answered. */
export class Crashed extends Error {
  override name = 'Crashed'
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
  progress: AskOptions['progress']
}

export class Engine implements Requests {
  /** Told when the worker died; the next question starts a new one. */
  onCrash: (reason: string) => void = () => {}
  readonly #start: () => Worker
  #worker: Worker | undefined
  #waiting = new Map<number, Waiting>()
  #next = 0

  constructor(start: () => Worker) {
    this.#start = start
  }

  ask<M extends Method>(method: M, ask: Ask<M>, { signal, progress }: AskOptions = {}): Promise<Answer<M>> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    const worker = this.#running()
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, progress })
      signal?.addEventListener('abort', () => this.#drop(worker, id, signal.reason), { once: true })
      worker.postMessage({ id, method, ask } as Question)
    })
  }

  /** Has the worker begin before the first question is known. */
  start(): void {
    this.#running()
  }

  stop(): void {
    this.#worker?.terminate()
    this.#worker = undefined
  }

  /** Ends the worker and all that it was asked, which rejects with `Crashed`; the next question starts another. */
  renew(): void {
    this.#lose('another was started in its place')
  }

  #running(): Worker {
    if (this.#worker) return this.#worker
    const worker = this.#start()
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#hear(data)
    worker.onmessageerror = () => this.#crash('a message could not be read')
    worker.onerror = (event) => {
      event.preventDefault()
      this.#crash(event.message || 'the worker could not be started')
    }
    this.#worker = worker
    return worker
  }

  #drop(worker: Worker, id: number, reason: Error): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    this.#waiting.delete(id)
    worker.postMessage({ drop: id } satisfies Drop)
    waiting.reject(reason)
  }

  #hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    if (!waiting) return
    if ('progress' in reply) {
      waiting.progress?.(reply.progress, reply.file)
      return
    }
    this.#waiting.delete(reply.id)
    if ('error' in reply) waiting.reject(new Refused(reply.error))
    else waiting.resolve(reply.value)
  }

  #crash(reason: string): void {
    this.#lose(reason)
    this.onCrash(reason)
  }

  #lose(reason: string): void {
    this.stop()
    const lost = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of lost) reject(new Crashed(reason))
  }
}

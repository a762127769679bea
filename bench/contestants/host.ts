/** Answers the questions of the benchmark's main process for one contestant: the same in a Node process and in a page. */

import type { Row, Work } from '../work.ts'
import { type Contestant, type Prepared, Refusal } from './contestant.ts'

/** 'wall': time that passes. 'cpu': time that the process's threads compute, which other programs do not lengthen. */
export type Clock = 'wall' | 'cpu'

export type Question =
  | { readonly ask: 'prepare'; readonly work: Work; readonly threads: number; readonly variant?: string; readonly clock?: Clock }
  /** The first call of the process, with what memory it took at its peak. */
  | { readonly ask: 'first' }
  /** `lead` untimed calls, then `calls` timed together. */
  | { readonly ask: 'time'; readonly calls: number; readonly lead: number }
  | { readonly ask: 'rows'; readonly rows: readonly Row[] }

export interface Answer {
  readonly variant?: string
  readonly engine?: string
  readonly tried?: boolean
  readonly refused?: string
  readonly failed?: string
  readonly ms?: number
  /** Peak of the process's memory during the first call; undefined where the system does not tell. */
  readonly peakBytes?: number
  readonly data?: Float32Array
}

/** The peak of the process's memory since `start`, in bytes. `start` says whether the system tells. */
export interface MemoryProbe {
  start(): Promise<boolean>
  peak(): number
}

export class Host {
  readonly #contestant: Contestant
  readonly #memory: MemoryProbe | undefined
  #now = () => performance.now()
  #prepared: Prepared | undefined

  constructor(contestant: Contestant, memory?: MemoryProbe) {
    this.#contestant = contestant
    this.#memory = memory
  }

  /** Never rejects: what goes wrong is part of the answer. */
  async answer(question: Question): Promise<Answer> {
    try {
      if (question.ask === 'prepare') return await this.#prepare(question)
      if (question.ask === 'first') return await this.#first()
      if (question.ask === 'time') return await this.#time(question.calls, question.lead)
      return { data: await this.#ready().rows(question.rows) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return error instanceof Refusal ? { refused: message } : { failed: message.split('\n')[0]!.slice(0, 300) }
    }
  }

  async #prepare({ work, threads, variant, clock }: Question & { ask: 'prepare' }): Promise<Answer> {
    if (clock === 'cpu') this.#now = cpuNow
    this.#prepared = await this.#contestant.prepare(work, threads, variant)
    const { variant: ran, engine, tried } = this.#prepared
    return { variant: ran, ...(engine === undefined ? {} : { engine }), ...(tried === undefined ? {} : { tried }) }
  }

  async #first(): Promise<Answer> {
    const watched = (await this.#memory?.start()) ?? false
    const { ms } = await this.#time(1, 0)
    return watched ? { ms, peakBytes: this.#memory!.peak() } : { ms }
  }

  async #time(calls: number, lead: number): Promise<{ ms: number }> {
    const prepared = this.#ready()
    for (let n = 0; n < lead; n++) await prepared.call()
    const from = this.#now()
    for (let n = 0; n < calls; n++) await prepared.call()
    return { ms: (this.#now() - from) / calls }
  }

  #ready(): Prepared {
    if (!this.#prepared) throw new Error('asked before it was prepared')
    return this.#prepared
  }
}

/** Milliseconds of computing by all threads of this process. */
function cpuNow(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

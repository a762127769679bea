/** A question whose terms change: the newest is asked, the one before it is called off, and its answer stays until the next is there. */

import type { Answer, Ask, Method, Requests } from '../engine/protocol.ts'

export class Asked<M extends Method> {
  /** The last answer, and what it answers. */
  answer = $state.raw<{ readonly to: Ask<M>; readonly value: Answer<M> }>()
  /** Why there is no answer to what was asked last, in one line. */
  problem = $state<string>()
  /** 0 … 1 while a question is being answered. */
  share = $state<number>()

  readonly #method: M
  readonly #requests: () => Requests
  #asking: AbortController | undefined

  constructor(method: M, requests: () => Requests) {
    this.#method = method
    this.#requests = requests
  }

  /** → calls this question off; what effects want to be given. */
  ask(terms: Ask<M>): () => void {
    this.stop()
    const asking = new AbortController()
    this.#asking = asking
    this.share = 0
    void this.#wait(terms, asking)
    return () => {
      if (this.#asking === asking) this.stop()
    }
  }

  stop(): void {
    this.#asking?.abort()
    this.#asking = undefined
    this.share = undefined
  }

  async #wait(terms: Ask<M>, asking: AbortController): Promise<void> {
    const { signal } = asking
    const progress = (share: number): void => {
      if (!signal.aborted) this.share = share
    }
    try {
      const value = await this.#requests().ask(this.#method, terms, { signal, progress })
      if (signal.aborted) return
      this.answer = { to: terms, value }
      this.problem = undefined
    } catch (error) {
      if (signal.aborted) return
      // A worker that died is started again, the text is read anew, and this is asked again.
      this.problem = error instanceof Error && error.name === 'Refused' ? error.message : undefined
    }
    this.share = undefined
  }
}

/** A question whose terms change: the newest is asked, the one before it is called off, and its answer stays until the next is there. */

import type { Answer, Ask, Method, Requests } from '../engine/protocol.ts'

export interface AskedOptions {
  /** Waits so many milliseconds first, for terms that are typed. */
  readonly pause?: number
  /** Hears whether it was answered; nothing where it was called off. */
  readonly done?: (answered: boolean) => void
}

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
  ask(terms: Ask<M>, { pause = 0, done }: AskedOptions = {}): () => void {
    this.stop()
    const asking = new AbortController()
    this.#asking = asking
    this.share = 0
    const ask = (): void => void this.#wait(terms, asking.signal, done)
    const timer = pause > 0 ? setTimeout(ask, pause) : undefined
    if (timer === undefined) ask()
    return () => {
      clearTimeout(timer)
      if (this.#asking === asking) this.stop()
    }
  }

  stop(): void {
    this.#asking?.abort()
    this.#asking = undefined
    this.share = undefined
  }

  /** Back to the beginning: nothing asked, nothing answered. */
  forget(): void {
    this.stop()
    this.answer = undefined
    this.problem = undefined
  }

  async #wait(terms: Ask<M>, signal: AbortSignal, done: AskedOptions['done']): Promise<void> {
    if (signal.aborted) return
    const progress = (share: number): void => {
      if (!signal.aborted) this.share = share
    }
    let answered = false
    try {
      const value = await this.#requests().ask(this.#method, terms, { signal, progress })
      if (signal.aborted) return
      this.answer = { to: terms, value }
      this.problem = undefined
      answered = true
    } catch (error) {
      if (signal.aborted) return
      // A worker that died is started again, the text is read anew, and this is asked again.
      this.problem = error instanceof Error && error.name === 'Refused' ? error.message : undefined
    }
    this.share = undefined
    // At once, so that what is shown with the answer is drawn with it.
    done?.(answered)
  }
}

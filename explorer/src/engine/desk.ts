/** The worker's side of the table: the model that is open, and the runs that the page may still ask about. */

import { loadModel, type Model, type Run } from 'regard/model'
import type { Answer, Ask, Method } from './protocol.ts'

export type Progress = (share: number) => void

/** How some of the questions are answered: `answers/` has a file of these for each view. */
export type Answers<M extends Method> = {
  readonly [N in M]: (desk: Desk, ask: Ask<N>, progress: Progress) => Promise<Answer<N>>
}

/** What the page shows, and what comes next. */
const KEPT = 2

export class Desk {
  #model: Model | undefined
  readonly #runs = new Map<number, Run>()
  #counted = 0

  get model(): Model {
    if (!this.#model) throw new Error('the model is not loaded')
    return this.#model
  }

  async load(address: string, progress: Progress): Promise<Model> {
    this.#model = await loadModel(new URL(address), { onProgress: ({ bytes, total }) => progress(total > 0 ? bytes / total : 0) })
    return this.#model
  }

  /** Numbers a run and lets go of the oldest. */
  keep(run: Run): number {
    this.#runs.set(++this.#counted, run)
    for (const [number, old] of this.#runs) {
      if (number > this.#counted - KEPT) break
      old.dispose()
      this.#runs.delete(number)
    }
    return this.#counted
  }

  run(number: number): Run {
    const run = this.#runs.get(number)
    if (!run) throw new Error('that text is not at hand any more')
    return run
  }
}

/** The worker's side of the table: the model that is open, and the runs that the page may still ask about. */

import { loadModel, type Model, type Run } from 'regard/model'
import type { Answer, Ask, Method } from './protocol.ts'

export type Progress = (share: number) => void

/**
 * How some of the questions are answered: `answers/` has a file of these for each view. `signal` is aborted once an answer is
 * wanted no more: long work hands it on to the library.
 */
export type Answers<M extends Method> = {
  readonly [N in M]: (desk: Desk, ask: Ask<N>, progress: Progress, signal: AbortSignal) => Promise<Answer<N>>
}

/** What the page shows, and what comes next: of the text, and of one that stands beside it. */
const KEPT = 2

export type Slot = 'text' | 'beside'

export class Desk {
  #model: Model | undefined
  readonly #runs = new Map<number, { readonly run: Run; readonly slot: Slot }>()
  readonly #made = new Map<string, { readonly key: number | string; readonly value: Disposable }>()
  #counted = 0

  get model(): Model {
    if (!this.#model) throw new Error('the model is not loaded')
    return this.#model
  }

  async load(address: string, progress: Progress): Promise<Model> {
    this.#model = await loadModel(URL.canParse(address) ? new URL(address) : address, {
      onProgress: ({ bytes, total }) => progress(total > 0 ? bytes / total : 0),
    })
    return this.#model
  }

  /** Numbers a run and lets go of the oldest of its slot. */
  keep(run: Run, slot: Slot): number {
    this.#runs.set(++this.#counted, { run, slot })
    const own = [...this.#runs].filter(([, each]) => each.slot === slot)
    for (const [number, old] of own.slice(0, -KEPT)) {
      old.run.dispose()
      this.#runs.delete(number)
      this.#forget(number)
    }
    return this.#counted
  }

  run(number: number): Run {
    const kept = this.#runs.get(number)
    if (!kept) throw new Error('that text is not at hand any more')
    return kept.run
  }

  /** Something made of a run that is worth keeping: of each kind the last one, until another `key` is asked for or the run goes. */
  made<T extends Disposable>(run: number, kind: string, key: number | string, make: () => T): T {
    const name = `${run} ${kind}`
    const known = this.#made.get(name)
    if (known?.key === key) return known.value as T
    known?.value[Symbol.dispose]()
    this.#made.delete(name)
    const value = make()
    this.#made.set(name, { key, value })
    return value
  }

  #forget(run: number): void {
    for (const [name, { value }] of this.#made) {
      if (!name.startsWith(`${run} `)) continue
      value[Symbol.dispose]()
      this.#made.delete(name)
    }
  }
}

/** The worker's side of the table: the model that is open, and the runs that the page may still ask about. */

import { loadModel, type Model, type ModelSource, type Run } from 'regard/model'
import type { Answer, Ask, Method, Source } from './protocol.ts'

/** 0 … 1; of `file`, while that is being downloaded. */
export type Progress = (share: number, file?: string) => void

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
  /** Grows more slowly than time does, so no number of a worker that died names a run of this one. */
  #counted = Math.floor(performance.timeOrigin)

  get model(): Model {
    if (!this.#model) throw new Error('the model is not loaded')
    return this.#model
  }

  /** Loads a model in place of the one before, which goes first. */
  async load(source: Source, progress: Progress): Promise<Model> {
    const place = await placeOf(source, progress)
    this.clear()
    this.#model = await loadModel(place, {
      ...('hub' in source && { hub: source.hub }),
      onProgress: ({ stage, file, bytes, total }) =>
        progress(total > 0 ? bytes / total : 0, stage === 'download' ? file : undefined),
    })
    return this.#model
  }

  /** Frees the model and all that was read with it. */
  clear(): void {
    for (const number of this.#runs.keys()) this.#dispose(number)
    this.#model?.dispose()
    this.#model = undefined
  }

  /** Numbers a run and lets go of the oldest of its slot. */
  keep(run: Run, slot: Slot): number {
    this.#runs.set(++this.#counted, { run, slot })
    const own = [...this.#runs].filter(([, each]) => each.slot === slot)
    for (const [number] of own.slice(0, -KEPT)) this.#dispose(number)
    return this.#counted
  }

  run(number: number): Run {
    const kept = this.#runs.get(number)
    if (!kept) throw new Error('that text is not at hand any more')
    return kept.run
  }

  /** What was made of a run last, if it is of that kind and key. */
  known<T extends Disposable>(run: number, kind: string, key: number | string): T | undefined {
    const known = this.#made.get(`${run} ${kind}`)
    return known?.key === key ? (known.value as T) : undefined
  }

  /** Something made of a run that is worth keeping: of each kind the last one, until another `key` is asked for or the run goes. */
  made<T extends Disposable>(run: number, kind: string, key: number | string, make: () => T): T {
    const known = this.known<T>(run, kind, key)
    if (known) return known
    const name = `${run} ${kind}`
    this.#made.get(name)?.value[Symbol.dispose]()
    this.#made.delete(name)
    const value = make()
    this.#made.set(name, { key, value })
    return value
  }

  /** As `made`, for what took a while to make: who asked at the same time may have been first, and the run may have gone. Takes `value` over. */
  keepMade<T extends Disposable>(run: number, kind: string, key: number | string, value: T): T {
    const first = this.known<T>(run, kind, key)
    if (first || !this.#runs.has(run)) value[Symbol.dispose]()
    if (first) return first
    this.run(run)
    return this.made(run, kind, key, () => value)
  }

  #dispose(run: number): void {
    this.#runs.get(run)?.run.dispose()
    this.#runs.delete(run)
    for (const [name, { value }] of this.#made) {
      if (!name.startsWith(`${run} `)) continue
      value[Symbol.dispose]()
      this.#made.delete(name)
    }
  }
}

/** Where `loadModel` finds it; what a server is to fetch is there then. */
async function placeOf(source: Source, progress: Progress): Promise<ModelSource> {
  if ('files' in source) return source.files
  // Names of embedded models are no addresses.
  if ('address' in source) return URL.canParse(source.address) ? new URL(source.address) : source.address
  if (source.through === undefined) return source.id
  const { fetchThrough } = await import('./hub.ts')
  return fetchThrough(source, source.through, progress)
}

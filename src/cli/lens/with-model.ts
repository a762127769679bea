/** What every command that reads texts does first: find the model, load it, and let it go. */

import type { WeightType } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { type Loaded, load, requireModel } from '../load.ts'
import { Interrupted, Problem } from '../problem.ts'
import { fit } from '../terminal/width.ts'

export interface ModelOptions {
  readonly model?: string | undefined
  readonly dtype?: WeightType | undefined
}

/** Runs `use` with the model. A reader that ends the program is answered at once. */
export async function withModel(
  options: ModelOptions,
  console: Console,
  use: (loaded: Loaded, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await interruptible(console, async (signal) => {
    const loaded = await load(await requireModel(options.model, console), console, options.dtype)
    try {
      await use(loaded, signal)
    } finally {
      console.progress('')
      loaded.model.dispose()
    }
  })
}

export async function interruptible(console: Console, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const ended = console.ended().then(() => {
    stop.abort()
    throw new Interrupted()
  })
  await Promise.race([work(stop.signal), ended])
}

/** A line that tells how far something long is, shown when it has taken a while. */
export function telling(what: string, console: Console): (done: number, of: number) => void {
  const from = performance.now()
  return (done, of) => {
    if (performance.now() - from > PATIENCE) console.progress(fit(`${what}: ${done} of ${of}`, console.screen.columns - 1))
  }
}

const PATIENCE = 500

/** A word, a head or a number that is not there is the reader's to mend. */
export function refused(error: unknown): never {
  throw error instanceof RangeError ? new Problem(error.message) : error
}

/** `-`: all of standard input. */
export async function textOf(given: string, console: Console): Promise<string> {
  const text = given === '-' ? (await console.input()).replace(/\r?\n$/, '') : given
  if (text.trim() === '') throw new Problem('the text is empty; give a sentence')
  return text
}

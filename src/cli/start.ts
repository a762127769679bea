/** `npm start`: reads one sentence, prints who looks at whom, and serves the explorer. */

import { exampleFor } from '../model/index.ts'
import type { Console } from './console.ts'
import { findModel, HOW_TO_GET_ONE, load } from './load.ts'
import { Problem } from './problem.ts'
import { type ReadAsked, readWith } from './read/read.ts'
import { wrap } from './terminal/width.ts'

export interface StartOptions extends ReadAsked {
  readonly model?: string | undefined
  readonly port?: number | undefined
  /** The page may have models fetched from the hub. */
  readonly hub?: boolean | undefined
  /** Print and be done. */
  readonly once?: boolean | undefined
}

/** Without a model it says so and is done: nothing is wrong with the program. */
export async function start(
  text: string | undefined,
  { model: named, port, hub, once, ...asked }: StartOptions,
  console: Console,
): Promise<void> {
  const given = text ?? exampleFor(named)
  if (given.trim() === '') throw new Problem('the text is empty; give a sentence, or none for the usual one')
  const folder = await findModel(named, console)
  if (folder === undefined) {
    const line = `Regard is ready, but no model is embedded in this version: ${HOW_TO_GET_ONE}.`
    console.print(wrap([{ text: line.replace('`--model', '`npm start -- --model') }], console.screen.columns).join('\n'))
    return
  }
  const loaded = await load(folder, console)
  const seen = await readWith(loaded, given, asked, console)
  loaded.model.dispose()
  console.print(seen)
  if (once) return
  // The page is not waited for: first what was asked.
  const { announce, serve } = await import('./explore.ts')
  const server = await serve(folder, port, hub)
  console.print('')
  await announce(server, console)
}

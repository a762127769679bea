/** `regard trace`: all of a run in one file. */

import { type Edits, trace } from '../../lens/index.ts'
import { bytesSource, openSafetensors } from '../../model/index.ts'
import type { Console } from '../console.ts'
import { type ModelOptions, textOf, withModel } from '../lens/with-model.ts'
import { Problem } from '../problem.ts'
import { Usage } from '../program.ts'

export interface TraceOptions extends ModelOptions {
  readonly out: string
  readonly edits?: string | undefined
  readonly logits: boolean
  readonly json?: boolean | undefined
}

export async function traceCommand(
  given: string,
  { out, edits, logits, json, ...options }: TraceOptions,
  console: Console,
): Promise<void> {
  const changes = edits === undefined ? undefined : editsOf(edits)
  const text = await textOf(given, console)
  await withModel(options, console, async ({ model }) => {
    using kept = await trace(model, text, changes && { edits: changes }).catch(problem)
    const saved = await kept.save(out, { logits }).catch((error) => unwritten(error, out))
    const { tensors } = await openSafetensors(bytesSource(saved, out))
    const { layers, heads } = model.config
    if (json) {
      const held = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]))
      console.print(JSON.stringify({ version: 1, file: out, bytes: saved.length, text, tokens: kept.tokens, tensors: held }))
      return
    }
    console.print(
      [
        `wrote ${out}: ${bytes(saved.length)}, ${tensors.size} tensors of ${kept.tokens.length} tokens in ${layers} layers × ${heads} heads of ${model.name}`,
        ...(changes ? [`read with these edits: ${JSON.stringify(changes)}`] : []),
        'Any weight is in it: openTrace of regard/lens opens the file (docs/lens/trace.md), no model needed.',
      ].join('\n'),
    )
  })
}

function editsOf(json: string): Edits {
  try {
    return JSON.parse(json) as Edits
  } catch (error) {
    throw new Usage(`--edits: ${(error as Error).message}; give JSON such as {"cut":"edge","from":"it","to":"cat"}`)
  }
}

/** What the library refuses is a mistake of the call, in one line. */
function problem(error: unknown): never {
  if (error instanceof TypeError || error instanceof RangeError) throw new Problem(error.message)
  throw error
}

function unwritten(error: unknown, out: string): never {
  if (error instanceof Error && 'code' in error)
    throw new Problem(`--out: cannot write ${JSON.stringify(out)}: ${error.message.split(',')[0]}`)
  problem(error)
}

function bytes(size: number): string {
  const [unit, by] = size < 1e6 ? ['kB', 1e3] : size < 1e9 ? ['MB', 1e6] : ['GB', 1e9]
  return `${Number((size / (by as number)).toPrecision(3))} ${unit}`
}

/** A model of the hub that the page's own server fetches. */

import { modelStrings as say } from '../models/strings.ts'
import type { Progress } from './desk.ts'

/** A line of the server's answer: see src/cli/server/hub.ts. */
interface Line {
  readonly file?: string
  readonly bytes?: number
  readonly total?: number
  readonly folder?: string
  readonly error?: string
  readonly fault?: string
}

/** Has the server fetch it and says where its files are then. */
export async function fetchThrough(
  { id, hub }: { readonly id: string; readonly hub: string },
  through: string,
  progress: Progress,
): Promise<URL> {
  const reply = await fetch(new URL(encodeURIComponent(id), through))
  if (!reply.ok || !reply.body) throw new Error((await reply.text()).trim())
  for await (const { file, bytes = 0, total = 0, folder, error, fault } of lines(reply.body)) {
    if (error !== undefined) throw new Error(say.hubFault(fault, hub) ?? error)
    if (folder !== undefined) return new URL(folder, through)
    progress(total > 0 ? bytes / total : 0, file)
  }
  throw new Error(say.hubBroke)
}

async function* lines(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Line> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const parts = (rest + value).split('\n')
    rest = parts.pop()!
    for (const part of parts) yield JSON.parse(part) as Line
  }
}

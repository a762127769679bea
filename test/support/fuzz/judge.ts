/** What a reader of strangers' files owes: it takes the file, or says in one clear line why not; at once, and with little memory. */

import { memoryFor } from '../../../src/backend/index.ts'
import { briefly } from '../../../src/model/check.ts'

/** A reader fed with one input. It throws what the product throws, and frees what it made. */
export type Feed = () => unknown

/** How much of the processor's time one input may take, and how much memory beyond its own size. */
const LONGEST_MS = 2000
const MOST_BYTES = 96 * 2 ** 20
const LONGEST_MESSAGE = 1000

/** What the language says when code did not look: no message of ours begins like these. */
const UNMEANT =
  /Cannot (read|convert|set|mix|destructure|create|assign|redefine)|is not (a function|iterable|a constructor|defined|extensible)|Maximum call stack|Invalid (array|typed array|string|code point|array buffer|date|DataView)|allocation failed|out of bounds|Offset is outside|Reduce of empty|must be a (multiple|positive)|The number .* cannot be converted|Assignment to|Unexpected (token|end)|unreachable$|memory access/

/** → why this is a fault of the reader, or undefined. */
export async function judge(feed: Feed): Promise<string | undefined> {
  const live = (): number => memoryFor('float32', 'fuzz').live.bytes
  const before = { live: live(), arrays: process.memoryUsage().arrayBuffers }
  const from = process.cpuUsage()
  let fault: string | undefined
  try {
    await briefly(async () => feed())
  } catch (error) {
    fault = unclear(error)
  }
  const { user, system } = process.cpuUsage(from)
  const took = (user + system) / 1000
  if (fault) return fault
  if (took > LONGEST_MS) return `took ${took.toFixed(0)} ms of the processor`
  if (live() !== before.live) return `left ${live() - before.live} bytes of the engine's memory behind`
  const grown = process.memoryUsage().arrayBuffers - before.arrays
  return grown > MOST_BYTES ? `allocated ${grown} bytes` : undefined
}

function unclear(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `threw ${String(error)}, which is no Error`
  const { message } = error
  if (message.trim() === '') return `threw an ${error.name} without a message`
  if (message.length > LONGEST_MESSAGE) return `says ${message.length} characters: ${message.slice(0, 200)}…`
  // What JSON.parse says is quoted behind the name of the file.
  if (UNMEANT.test(message.replace(/is not JSON \(.*\)/s, ''))) return `was not ready for it: ${error.stack?.slice(0, 600)}`
  return undefined
}

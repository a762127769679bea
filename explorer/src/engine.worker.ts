/**
 * The engine, in a worker of the page's own. It asks the library, as any user would, and answers the page: every number that is
 * shown is read here from a run. Questions are answered one at a time, in order; one that was dropped before its turn is passed over.
 */

import './engine/dispose.ts'
import { flyAnswers } from './engine/answers/fly.ts'
import { mapAnswers } from './engine/answers/map.ts'
import { openAnswers } from './engine/answers/open.ts'
import { questionAnswers } from './engine/answers/question.ts'
import { readAnswers } from './engine/answers/read.ts'
import { understandAnswers } from './engine/answers/understand.ts'
import { type Answers, Desk, type Progress } from './engine/desk.ts'
import type { Drop, Method, Question, Reply } from './engine/protocol.ts'

const answers: Answers<Method> = { ...openAnswers, ...readAnswers, ...understandAnswers, ...flyAnswers, ...mapAnswers, ...questionAnswers }
const desk = new Desk()
const dropped = new Set<number>()
const turns = new MessageChannel()
let last: Promise<void> = Promise.resolve()
/** The number of the last question that was answered. */
let done = -1

/** What nobody awaited has failed: the engine's state is unknown, so the page is told and starts another. */
self.addEventListener('unhandledrejection', ({ reason }) => {
  setTimeout(() => {
    throw reason
  })
})

self.onmessage = ({ data }: MessageEvent<Question | Drop>): void => {
  if (!('drop' in data)) last = last.then(() => answer(data))
  else if (data.drop > done) dropped.add(data.drop)
}

async function answer({ id, method, ask }: Question): Promise<void> {
  const say = (reply: Reply, transfer: Transferable[] = []): void => self.postMessage(reply, { transfer })
  await messagesIn()
  if (dropped.delete(id)) return
  try {
    const make = answers[method] as (desk: Desk, ask: unknown, progress: Progress) => Promise<unknown>
    const value = await make(desk, ask, (progress) => say({ id, progress }))
    say({ id, value }, [...buffersOf(value)])
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : String(error) })
  } finally {
    done = id
    dropped.delete(id)
  }
}

/** Lets in what was sent while the question before was answered: a drop may be among it. */
function messagesIn(): Promise<void> {
  return new Promise((resolve) => {
    turns.port1.onmessage = () => resolve()
    turns.port2.postMessage(undefined)
  })
}

/** The arrays of an answer, however deep: they are handed over, not copied. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): Set<ArrayBuffer> {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) buffersOf(part, found)
  return found
}

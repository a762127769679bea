/**
 * The engine, in a worker of the page's own, which `engine.worker.ts` begins. It asks the library, as any user would, and answers the
 * page: every number that is shown is read here from a run. Questions are answered one at a time, in order; one that is dropped before
 * its turn is passed over, one that is dropped while it is answered is called off.
 */

import { openAnswers } from './answers/open.ts'
import { readAnswers } from './answers/read.ts'
import { type Answers, Desk, type Progress } from './desk.ts'
import type { Drop, Method, Question, Reply } from './protocol.ts'
import type { AcrossQuestions } from './questions/across.ts'
import type { CostQuestions } from './questions/cost.ts'
import type { FlyQuestions } from './questions/fly.ts'
import type { HeadsQuestions } from './questions/heads.ts'
import type { MapQuestions } from './questions/map.ts'
import type { MeaningQuestions } from './questions/meaning.ts'
import type { QuestionQuestions } from './questions/question.ts'
import type { TakeQuestions } from './questions/take.ts'
import type { UnderstandQuestions } from './questions/understand.ts'
import type { WriteQuestions } from './questions/write.ts'

/** What the first view asks is here at once; what the others ask comes when one of them asks it first. */
const answers: Answers<Method> = {
  ...openAnswers,
  ...readAnswers,
  ...later<keyof UnderstandQuestions>(
    { answered: true, ends: true, token: true, head: true, averaged: true, origin: true },
    async () => (await import('./answers/understand.ts')).understandAnswers,
  ),
  ...later<keyof FlyQuestions>({ streams: true, weights: true }, async () => (await import('./answers/fly.ts')).flyAnswers),
  ...later<keyof MapQuestions>({ pooled: true, strongest: true }, async () => (await import('./answers/map.ts')).mapAnswers),
  ...later<keyof QuestionQuestions>(
    { edited: true, worth: true, estimated: true },
    async () => (await import('./answers/question.ts')).questionAnswers,
  ),
  ...later<keyof TakeQuestions>({ trace: true }, async () => (await import('./answers/take.ts')).takeAnswers),
  ...later<keyof HeadsQuestions>(
    { headsMeasured: true, headsLooking: true, headsAlike: true, headsRepeated: true, headsProfile: true, headsPartsWorth: true },
    async () => (await import('./answers/heads.ts')).headsAnswers,
  ),
  ...later<keyof MeaningQuestions>(
    { senses: true, alike: true, glimpses: true },
    async () => (await import('./answers/meaning.ts')).meaningAnswers,
  ),
  ...later<keyof CostQuestions>(
    { timed: true, fitted: true, reaches: true, quality: true },
    async () => (await import('./answers/cost.ts')).costAnswers,
  ),
  ...later<keyof WriteQuestions>({ written: true }, async () => (await import('./answers/write.ts')).writeAnswers),
  ...later<keyof AcrossQuestions>({ crossed: true }, async () => (await import('./answers/across.ts')).acrossAnswers),
}
const desk = new Desk()
const dropped = new Set<number>()
const turns = new MessageChannel()
let last: Promise<void> = Promise.resolve()
/** The number of the last question that was answered. */
let done = -1
/** The question that is being answered, and how it is called off. */
let answering: { readonly id: number; readonly off: AbortController } | undefined

/** What nobody awaited has failed: the engine's state is unknown, so the page is told and starts another. */
self.addEventListener('unhandledrejection', ({ reason }) => {
  setTimeout(() => {
    throw reason
  })
})

self.onmessage = ({ data }: MessageEvent<Question | Drop>): void => {
  if (!('drop' in data)) last = last.then(() => answer(data))
  else if (answering?.id === data.drop) answering.off.abort()
  else if (data.drop > done) dropped.add(data.drop)
}

async function answer({ id, method, ask }: Question): Promise<void> {
  const say = (reply: Reply, transfer: Transferable[] = []): void => self.postMessage(reply, { transfer })
  await messagesIn()
  if (dropped.delete(id)) return
  const off = new AbortController()
  answering = { id, off }
  try {
    const make = answers[method] as (desk: Desk, ask: unknown, progress: Progress, signal: AbortSignal) => Promise<unknown>
    const value = await make(desk, ask, (progress, file) => say({ id, progress, ...(file !== undefined && { file }) }), off.signal)
    say({ id, value }, [...buffersOf(value)])
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : String(error) })
  } finally {
    done = id
    answering = undefined
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

/** Answers whose code is fetched with the first of their questions. `methods` names each of them. */
function later<M extends Method>(methods: Readonly<Record<M, true>>, load: () => Promise<Answers<M>>): Answers<M> {
  const entries = Object.keys(methods).map((method) => [
    method,
    async (desk: Desk, ask: never, progress: Progress, signal: AbortSignal) =>
      (await load())[method as M](desk, ask, progress, signal),
  ])
  return Object.fromEntries(entries) as Answers<M>
}

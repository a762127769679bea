/**
 * The engine, in a worker of the page's own. It asks the library, as any user would, and answers the page: every number that is
 * shown is read here from a run. Questions are answered one at a time, in order.
 */

import './engine/dispose.ts'
import { init } from 'regard'
import { type OpeningOptions, opening } from 'regard/lens'
import { loadModel, type Model, type Run } from 'regard/model'
import {
  type Answer,
  type Ask,
  type Head,
  type Method,
  type Opened,
  type Opening,
  type Question,
  type Reading,
  type Reply,
  SHORT,
  type Wishes,
} from './engine/protocol.ts'

/** Runs that the page may still ask about: what it shows, and what comes next. */
const KEPT = 2

let model: Model | undefined
const runs = new Map<number, Run>()
let counted = 0
let last: Promise<void> = Promise.resolve()

type Progress = (share: number) => void

const answers: { [M in Method]: (ask: Ask<M>, progress: Progress) => Promise<Answer<M>> } = {
  async open({ address }, progress): Promise<Opened> {
    const engine = await init()
    model = await loadModel(new URL(address), { onProgress: ({ bytes, total }) => progress(total > 0 ? bytes / total : 0) })
    const { layers, heads } = model.config
    return {
      model: { name: (await listedName(address)) ?? model.name, layers, heads },
      engine: { line: String(engine), notes: [...engine.notes] },
    }
  },

  async read({ text }): Promise<Reading> {
    if (!model) throw new Error('the model is not loaded')
    const from = performance.now()
    const run = await model.run(text)
    keep(run)
    const { layers, heads } = model.config
    const weights = run.tokens.length <= SHORT ? await every(run, range(layers), heads) : undefined
    return {
      run: counted,
      text,
      tokens: run.tokens.map(({ id, text: piece, start, end, special }) => ({ id, text: piece, start, end, special })),
      layers,
      heads,
      milliseconds: performance.now() - from,
      weights,
    }
  },

  async opening({ run, wishes }): Promise<Opening> {
    const read = known(run)
    const { layer, head, row, column, reason } = await opening(read, openingOptions(read, wishes))
    return { layer, head, token: row, column, reason }
  },

  async picture({ run, layer, head, row, window }) {
    const view = known(run).attention(layer, head)
    const { r0, r1, c0, c1 } = window
    return { row: await view.row(row), tile: await view.tile(r0, r1, c0, c1) }
  },

  async layer({ run, layer }) {
    return every(known(run), [layer], model!.config.heads)
  },
}

/** A wish for both layer and head leaves the rule nothing to choose, so it chooses freely and the page takes the wish. */
function openingOptions(run: Run, { layer, head, token, offset }: Wishes): OpeningOptions {
  const { layers, heads } = run.config
  const within = (n: number | Head | undefined, end: number): number | undefined =>
    typeof n === 'number' && n < end ? n : undefined
  const at = offset === undefined ? -1 : run.tokens.findIndex(({ start, end }) => start <= offset && offset < end)
  const free = layer !== undefined && head !== undefined
  return {
    token: within(token, run.tokens.length) ?? (at < 0 ? undefined : at),
    layer: free ? undefined : within(layer, layers),
    head: free ? undefined : within(head, heads),
  }
}

/** What the host calls the model: the address itself is the same for all. Undefined if it does not say. */
async function listedName(address: string): Promise<string | undefined> {
  const listing: unknown = await fetch(new URL('index.json', address))
    .then((reply) => (reply.ok ? reply.json() : undefined))
    .catch(() => undefined)
  const { name } = (listing ?? {}) as { name?: unknown }
  return typeof name === 'string' && name !== '' ? name : undefined
}

/** The whole matrices of these layers: [layers, heads + 1, L, L], the mean last. */
async function every(run: Run, layers: readonly number[], heads: number): Promise<Float32Array<ArrayBuffer>> {
  const size = run.tokens.length ** 2
  const which: readonly Head[] = [...range(heads), 'mean']
  const out = new Float32Array(layers.length * which.length * size)
  let at = 0
  for (const layer of layers)
    for (const head of which) {
      out.set(await run.attention(layer, head).all(), at)
      at += size
    }
  return out
}

function keep(run: Run): void {
  runs.set(++counted, run)
  for (const [number, old] of runs) {
    if (number > counted - KEPT) break
    old.dispose()
    runs.delete(number)
  }
}

function known(number: number): Run {
  const run = runs.get(number)
  if (!run) throw new Error('that text is not at hand any more')
  return run
}

/** What nobody awaited has failed: the engine's state is unknown, so the page is told and starts another. */
self.addEventListener('unhandledrejection', ({ reason }) => {
  setTimeout(() => {
    throw reason
  })
})

const range = (n: number): number[] => Array.from({ length: n }, (_, index) => index)

self.onmessage = ({ data }: MessageEvent<Question>): void => {
  last = last.then(() => answer(data))
}

async function answer({ id, method, ask }: Question): Promise<void> {
  const say = (reply: Reply, transfer: Transferable[] = []): void => self.postMessage(reply, { transfer })
  try {
    const value = await (answers[method] as (ask: unknown, progress: Progress) => Promise<unknown>)(ask, (progress) =>
      say({ id, progress }),
    )
    say({ id, value }, buffersOf(value))
  } catch (error) {
    say({ id, error: error instanceof Error ? error.message : String(error) })
  }
}

/** The arrays of an answer, one or two levels deep: they are handed over, not copied. */
function buffersOf(value: unknown): Transferable[] {
  const parts = ArrayBuffer.isView(value) ? [value] : Object.values(value as object)
  const owned = parts.filter(
    (part): part is ArrayBufferView<ArrayBuffer> => ArrayBuffer.isView(part) && part.buffer instanceof ArrayBuffer,
  )
  return [...new Set(owned.map((part) => part.buffer))]
}

/** Brings one contestant to where it can be timed: a process of its own, a first call, the check against float64, a warm-up. */

import { availableParallelism } from 'node:os'
import type { Answer, Clock } from './contestants/host.ts'
import { expectedRows, relativeError } from './expected.ts'
import type { ContestantName } from './peers.ts'
import type { Remote } from './process/remote.ts'
import { type ModelWork, type Row, sampleRows, type Work } from './work.ts'

export interface Effort {
  readonly sampleMs: number
  readonly warmMs: number
  readonly rounds: number
  /** Rounds are cut, to three at the least, so that a pair takes about this long. */
  readonly pairMs: number
}

export const SHORT: Effort = { sampleMs: 15, warmMs: 150, rounds: 11, pairMs: 800 }
/** What the bars need: long enough for quartiles, short enough for one sitting. */
export const BARS: Effort = { sampleMs: 20, warmMs: 200, rounds: 15, pairMs: 1500 }
export const FULL: Effort = { sampleMs: 50, warmMs: 400, rounds: 25, pairMs: 6000 }

/** How to measure, and where. */
export interface Bench {
  readonly effort: Effort
  readonly clock: Clock
  open(name: ContestantName): Promise<Remote>
  /** Waits for a quiet machine; → what share of it was in use by others before the rounds. */
  settle(): Promise<number>
  /** Peak memory with next to no work, by contestant: filled as contestants turn up. */
  readonly floors: Map<string, number>
  /** What a whole model says in float64: asked once. */
  readonly answers: Map<string, ArrayLike<number>>
}

/** A contestant that is warm, and what is known of it before the rounds. */
export interface Ready {
  readonly name: ContestantName
  readonly remote: Remote
  readonly work: Work
  readonly answer: Answer
  readonly error: number
  readonly extraBytes: number | undefined
  /** How long a call takes, about, and how many make a sample. */
  readonly callMs: number
  readonly calls: number
}

/** Why there is nothing to measure. */
export interface Unready {
  readonly note: string
}

export function isReady(x: Ready | Unready): x is Ready {
  return 'remote' in x
}

/** What an answer complains of, if anything. */
export function problem({ failed, refused }: Answer): string | undefined {
  return refused ?? (failed === undefined ? undefined : `failed: ${failed}`)
}

export async function start(name: ContestantName, work: Work, threads: number, bench: Bench): Promise<Ready | Unready> {
  const { remote, answer } = await choose(name, work, threads, bench)
  try {
    const refused = problem(answer)
    if (refused) throw new Error(refused)
    const first = await asked(remote, { ask: 'first' })
    const error = await errorOf(remote, work, bench)
    const callMs = await warm(remote, bench.effort.warmMs)
    const calls = Math.max(1, Math.round(bench.effort.sampleMs / Math.max(callMs, 1e-3)))
    const extraBytes =
      first.peakBytes && work.kind !== 'model' && (await extra(first.peakBytes, name, work, threads, answer.variant, bench))
    return { name, remote, work, answer, error, extraBytes: extraBytes || undefined, callMs, calls }
  } catch (error) {
    await remote.close()
    return { note: (error as Error).message }
  }
}

/** A library with several ways of doing the work tries them in one process; the fastest then has a fresh one, so that its memory is its own. */
async function choose(
  name: ContestantName,
  work: Work,
  threads: number,
  { open, clock }: Bench,
): Promise<{ remote: Remote; answer: Answer }> {
  const remote = await open(name)
  const answer = await remote.ask({ ask: 'prepare', work, threads, clock })
  if (!answer.tried) return { remote, answer }
  await remote.close()
  const fresh = await open(name)
  return { remote: fresh, answer: await fresh.ask({ ask: 'prepare', work, threads, clock, variant: answer.variant! }) }
}

async function asked(remote: Remote, question: Parameters<Remote['ask']>[0]): Promise<Answer> {
  const answer = await remote.ask(question)
  const trouble = problem(answer)
  if (trouble) throw new Error(trouble)
  return answer
}

const A_FEW = 10

/** Calls until `ms` are over, once at the least; → how long the last took. Short calls are timed a few together. */
async function warm(remote: Remote, ms: number): Promise<number> {
  const until = performance.now() + ms
  let last = 0
  for (let asks = 0; asks < 1 || performance.now() < until; asks++)
    last = (await asked(remote, { ask: 'time', calls: last > 0 && last < 1 ? A_FEW : 1, lead: 0 })).ms!
  return last
}

/** Asked after the first call of a contestant. */
async function errorOf(remote: Remote, work: Work, bench: Bench): Promise<number> {
  const rows = sampleRows(work)
  const { data } = await asked(remote, { ask: 'rows', rows })
  return relativeError(data!, work.kind === 'model' ? await oracle(work, rows, bench) : expectedRows(work, rows))
}

/** A whole model in float64 is PyTorch's to compute: a judge that Regard has no hand in. */
async function oracle(work: ModelWork, rows: readonly Row[], { open, answers }: Bench): Promise<ArrayLike<number>> {
  const { weights: _, ...same } = work
  const key = JSON.stringify(same)
  const known = answers.get(key)
  if (known) return known
  const remote = await open('pytorch')
  try {
    await asked(remote, { ask: 'prepare', work, threads: ALL_THREADS, variant: 'float64' })
    await asked(remote, { ask: 'first' })
    const { data } = await asked(remote, { ask: 'rows', rows })
    answers.set(key, data!)
    return data!
  } finally {
    await remote.close()
  }
}

const ALL_THREADS = availableParallelism()

/** Of whole models it is the weights that take memory, and those are there before. */
type SmallWork = Exclude<Work, ModelWork>

/**
 * The peak of the first call, less inputs and result, over what the same library's process needs for next to no work: what the call's size costs.
 */
async function extra(
  peak: number,
  name: ContestantName,
  work: SmallWork,
  threads: number,
  variant: string | undefined,
  bench: Bench,
): Promise<number> {
  const key = [name, work.kind, threads, variant].join()
  const floor = bench.floors.get(key) ?? (await floorOf(name, work, threads, variant, bench))
  bench.floors.set(key, floor)
  return Math.max(0, peak - dataBytes(work) - floor)
}

async function floorOf(
  name: ContestantName,
  { kind }: SmallWork,
  threads: number,
  variant: string | undefined,
  { open }: Bench,
): Promise<number> {
  const remote = await open(name)
  try {
    await asked(remote, { ask: 'prepare', work: TINY[kind], threads, ...(variant === undefined ? {} : { variant }) })
    return (await asked(remote, { ask: 'first' })).peakBytes!
  } finally {
    await remote.close()
  }
}

const TINY: Readonly<Record<SmallWork['kind'], Work>> = {
  attention: { kind: 'attention', heads: 1, queries: 16, keys: 16, width: 64, mask: { kind: 'causal' } },
  product: { kind: 'product', m: 8, n: 8, k: 8 },
  weights: { kind: 'weights', keys: 16, width: 64, rows: [0, 1], cols: [0, 16] },
}

/** Inputs and result. */
function dataBytes(work: SmallWork): number {
  if (work.kind === 'product') return 4 * (work.m * work.k + work.n * work.k + work.n + work.m * work.n)
  if (work.kind === 'weights')
    return 4 * (4 * work.keys * work.width + (work.rows[1] - work.rows[0]) * (work.cols[1] - work.cols[0]))
  return 8 * work.heads * work.width * (work.queries + work.keys)
}

/** Runs one case: Regard and each peer in processes of their own, first call, warm-up, then rounds in turn, then the check against float64. */

import type { Case } from './cases.ts'
import type { Answer } from './contestants/host.ts'
import { expectedRows, relativeError } from './expected.ts'
import type { ContestantName } from './peers.ts'
import type { Remote } from './process/remote.ts'
import { median, pairedRatios, type Spread, spread } from './statistics.ts'
import { denseFlops, type Row, sampleRows, type Work } from './work.ts'

/** How one contestant did. */
export interface Side {
  readonly name: ContestantName
  readonly variant?: string
  readonly engine?: string
  /** Median time of a call. */
  readonly ms: number
  /** As if no mask skipped anything. */
  readonly denseGflops: number
  /** Peak memory of the first call, less the result. Undefined where the system does not tell. */
  readonly extraBytes?: number
  /** Largest difference from float64 over the sampled rows, as a share of the largest value. */
  readonly error: number
}

export interface Line {
  readonly id: string
  readonly threads: number
  /** Against whom: a peer, or Regard's own baseline. Undefined: Regard alone. */
  readonly against?: ContestantName
  readonly regard?: Side
  /** The peer, or Regard at the case's baseline. */
  readonly other?: Side
  /** Other's time over Regard's, round by round: above 1, Regard is faster. For a baseline: the case's time over the baseline's. */
  readonly ratio?: Spread
  /** Why there is no measurement, or what is wrong with it. */
  readonly note?: string
}

export interface Effort {
  readonly sampleMs: number
  readonly warmMs: number
  readonly rounds: number
  /** Rounds are cut, to three at the least, so that a pair takes about this long. */
  readonly pairMs: number
}

export const SHORT: Effort = { sampleMs: 15, warmMs: 150, rounds: 11, pairMs: 800 }
export const FULL: Effort = { sampleMs: 60, warmMs: 500, rounds: 25, pairMs: 8000 }

/** Further from float64 than this, as a share of the largest value, is a wrong answer, not rounding. */
export const WRONG = 1e-3
const FEWEST_ROUNDS = 3
/** Calls longer than this are not led in by an untimed one. */
const LONG_CALL_MS = 100

export type Open = (name: ContestantName) => Promise<Remote>

interface Ready {
  readonly name: ContestantName
  readonly remote: Remote
  readonly work: Work
  readonly answer: Answer
  readonly error: number
  readonly extraBytes: number | undefined
  readonly calls: number
  readonly callMs: number
}

/** The lines of one case: one per peer, or one alone. `tell` hears each as it is done. */
export async function runCase(one: Case, threads: number, effort: Effort, open: Open, tell: (line: Line) => void): Promise<void> {
  const base = { id: one.id, threads }
  const regard = await start('regard', one.work, threads, effort, open)
  if (!isReady(regard)) return tell({ ...base, note: regard.note })
  try {
    if (one.baseline) tell(await pair(base, await start('regard', one.baseline.work, threads, effort, open), regard, effort))
    else if (one.peers.length === 0) tell({ ...base, regard: await alone(regard, effort) })
    for (const name of one.peers)
      tell(await pair({ ...base, against: name }, regard, await start(name, one.work, threads, effort, open), effort))
  } finally {
    await regard.remote.close()
  }
}

/** One contestant without another: its rounds, and the check against float64. */
export async function measureAlone(
  name: ContestantName,
  work: Work,
  threads: number,
  effort: Effort,
  open: Open,
): Promise<Side | Unready> {
  const ready = await start(name, work, threads, effort, open)
  if (!isReady(ready)) return ready
  const measured = await alone(ready, effort)
  await ready.remote.close()
  return measured.error <= WRONG ? measured : { note: wrongAnswer(ready)! }
}

interface Unready {
  readonly note: string
}

function isReady(x: Ready | Unready): x is Ready {
  return 'remote' in x
}

async function start(name: ContestantName, work: Work, threads: number, effort: Effort, open: Open): Promise<Ready | Unready> {
  const chosen = await choose(name, work, threads, open)
  if ('note' in chosen) return chosen
  const { remote, answer } = chosen
  const first = await remote.ask({ ask: 'first' })
  const failure = problem(first) ?? (await warm(remote, effort.warmMs))
  if (failure) return abandon(remote, failure)
  const rows = sampleRows(work)
  const got = await remote.ask({ ask: 'rows', rows })
  const timed = await remote.ask({ ask: 'time', calls: 1, lead: 0 })
  const wrong = problem(got) ?? problem(timed)
  if (wrong) return abandon(remote, wrong)
  const callMs = timed.ms!
  const calls = Math.max(1, Math.round(effort.sampleMs / Math.max(callMs, 1e-3)))
  const extraBytes = first.extraBytes === undefined ? undefined : Math.max(0, first.extraBytes - resultBytes(work))
  return { name, remote, work, answer, error: errorOf(got.data!, work, rows), extraBytes, calls, callMs }
}

/**
 * A library with several ways of doing the work tries them in one process; the fastest then has a fresh one, so that its memory is
 * its own.
 */
async function choose(
  name: ContestantName,
  work: Work,
  threads: number,
  open: Open,
): Promise<{ remote: Remote; answer: Answer } | Unready> {
  const remote = await open(name)
  const answer = await remote.ask({ ask: 'prepare', work, threads })
  const failure = problem(answer)
  if (failure) return abandon(remote, failure)
  if (!answer.tried) return { remote, answer }
  await remote.close()
  const fresh = await open(name)
  const again = await fresh.ask({ ask: 'prepare', work, threads, variant: answer.variant! })
  const trouble = problem(again)
  return trouble ? abandon(fresh, trouble) : { remote: fresh, answer: again }
}

async function abandon(remote: Remote, note: string): Promise<Unready> {
  await remote.close()
  return { note }
}

function problem({ failed, refused }: Answer): string | undefined {
  return refused ?? (failed === undefined ? undefined : `failed: ${failed}`)
}

async function warm(remote: Remote, ms: number): Promise<string | undefined> {
  const until = performance.now() + ms
  for (let calls = 0; calls < 2 || performance.now() < until; calls++) {
    const answer = await remote.ask({ ask: 'time', calls: 1, lead: 0 })
    const failure = problem(answer)
    if (failure || answer.ms! > ms) return failure
  }
  return undefined
}

function errorOf(data: Float32Array, work: Work, rows: readonly Row[]): number {
  return relativeError(data, expectedRows(work, rows))
}

function resultBytes(work: Work): number {
  if (work.kind === 'attention') return 4 * work.heads * work.queries * work.width
  return work.kind === 'product' ? 4 * work.m * work.n : 4 * (work.rows[1] - work.rows[0]) * (work.cols[1] - work.cols[0])
}

/** A and B in turn, A first in even rounds and B first in odd ones. Closes B. */
async function pair(
  base: Pick<Line, 'id' | 'threads' | 'against'>,
  a: Ready | Unready,
  b: Ready | Unready,
  effort: Effort,
): Promise<Line> {
  if (!isReady(a)) return { ...base, note: a.note }
  if (!isReady(b)) return { ...base, note: b.note }
  const times = { a: [] as number[], b: [] as number[] }
  const rounds = roundsFor(effort, a, b)
  let note: string | undefined
  for (let round = 0; round < rounds && !note; round++) {
    for (const turn of round % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)) {
      const answer = await sample(turn === 'a' ? a : b)
      note ??= problem(answer)
      times[turn].push(answer.ms ?? Number.NaN)
    }
  }
  await (base.against ? b : a).remote.close()
  const wrong = note ?? wrongAnswer(a, b)
  const ratio = spread(pairedRatios(times.a, times.b))
  const [first, second] = [side(a, times.a), side(b, times.b)]
  const sides = base.against ? { regard: first, other: second } : { regard: second, other: first }
  return { ...base, ...sides, ratio, ...(wrong ? { note: wrong } : {}) }
}

function wrongAnswer(...sides: readonly Ready[]): string | undefined {
  const wrong = sides.find(({ error }) => !(error <= WRONG))
  return wrong && `wrong answer of ${wrong.name}: error ${wrong.error.toExponential(1)}`
}

function roundsFor({ rounds, pairMs }: Effort, a: Ready, b: Ready): number {
  const each = a.callMs * (a.calls + 1) + b.callMs * (b.calls + 1)
  return Math.max(FEWEST_ROUNDS, Math.min(rounds, Math.floor(pairMs / each)))
}

function sample({ remote, calls, callMs }: Ready): Promise<Answer> {
  return remote.ask({ ask: 'time', calls, lead: callMs < LONG_CALL_MS ? 1 : 0 })
}

async function alone(ready: Ready, effort: Effort): Promise<Side> {
  const times: number[] = []
  for (let round = 0; round < roundsFor(effort, ready, ready); round++) times.push((await sample(ready)).ms ?? Number.NaN)
  return side(ready, times)
}

function side({ name, work, answer, error, extraBytes }: Ready, times: readonly number[]): Side {
  const ms = median(times)
  return {
    name,
    ...(answer.variant === undefined ? {} : { variant: answer.variant }),
    ...(answer.engine === undefined ? {} : { engine: answer.engine }),
    ms,
    denseGflops: denseFlops(work) / ms / 1e6,
    ...(extraBytes === undefined ? {} : { extraBytes }),
    error,
  }
}

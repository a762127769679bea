/** Runs one case: Regard and each peer in turn, A B, B A, …; medians of what each round says. */

import type { Case } from './cases.ts'
import type { Answer } from './contestants/host.ts'
import type { ContestantName } from './peers.ts'
import { type Bench, type Effort, isReady, problem, type Ready, start, type Unready } from './ready.ts'
import { median, pairedRatios, type Spread, spread } from './statistics.ts'
import { denseFlops, type Work, wrongBeyond } from './work.ts'

/** How one contestant did. */
export interface Side {
  readonly name: ContestantName
  readonly variant?: string
  readonly engine?: string
  /** Median time of a call. */
  readonly ms: number
  /** As if no mask skipped anything. */
  readonly denseGflops: number
  /** Peak memory of the first call beside inputs and result (see ready.ts). Undefined where the system does not tell. */
  readonly extraBytes?: number
  /** Largest difference from float64 over the sampled rows, as a share of the largest value. */
  readonly error: number
}

export interface Line {
  readonly id: string
  readonly threads: number
  /** The peer. Undefined: Regard alone, or against its own baseline. */
  readonly against?: ContestantName
  readonly regard?: Side
  /** The peer, or Regard at the case's baseline. */
  readonly other?: Side
  /** Other's time over Regard's, round by round: above 1, Regard is faster. For a baseline: the case's time over the baseline's. */
  readonly ratio?: Spread
  /** What share of the machine others used just before the rounds, 0…1. */
  readonly busy?: number
  /** Why there is no measurement, or what is wrong with it. */
  readonly note?: string
}

const FEWEST_ROUNDS = 3
/** Calls longer than this are not led in by an untimed one. */
const LONG_CALL_MS = 100
/** Alone, calls longer than this are timed once. */
const VERY_LONG_CALL_MS = 3000

/** The lines of one case: one per peer, or one alone. `tell` hears each as it is done. */
export async function runCase(one: Case, threads: number, bench: Bench, tell: (line: Line) => void): Promise<void> {
  const base = { id: one.id, threads }
  const regard = await start('regard', one.work, threads, bench)
  if (!isReady(regard)) return tell({ ...base, note: regard.note })
  try {
    if (one.baseline) tell({ ...base, ...(await againstBaseline(regard, one.baseline.work, threads, bench)) })
    else if (one.peers.length === 0) tell({ ...base, ...(await alone(regard, bench)) })
    for (const name of one.peers) tell({ ...base, against: name, ...(await againstPeer(regard, name, threads, bench)) })
  } finally {
    await regard.remote.close()
  }
}

type Outcome = Omit<Line, 'id' | 'threads' | 'against'>

async function againstPeer(regard: Ready, name: ContestantName, threads: number, bench: Bench): Promise<Outcome> {
  const peer = await start(name, regard.work, threads, bench)
  if (!isReady(peer)) return peer
  const { a, b, times, ...rest } = await pair(regard, peer, bench)
  return { regard: a, other: b, ratio: spread(pairedRatios(times.a, times.b)), ...rest }
}

async function againstBaseline(regard: Ready, work: Work, threads: number, bench: Bench): Promise<Outcome> {
  const baseline = await start('regard', work, threads, bench)
  if (!isReady(baseline)) return baseline
  const { a, b, times, ...rest } = await pair(regard, baseline, bench)
  return { regard: a, other: b, ratio: spread(pairedRatios(times.b, times.a)), ...rest }
}

/** Rounds of A and B, A first in even rounds and B first in odd ones. Closes B. */
async function pair(a: Ready, b: Ready, { effort, settle }: Bench) {
  const busy = await settle()
  const times = { a: [] as number[], b: [] as number[] }
  let note: string | undefined
  for (let round = 0; round < roundsFor(effort, a, b) && !note; round++)
    for (const turn of round % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)) {
      const answer = await sample(turn === 'a' ? a : b)
      note ??= problem(answer)
      times[turn].push(answer.ms ?? Number.NaN)
    }
  await b.remote.close()
  note ??= wrongAnswer(a) ?? wrongAnswer(b)
  return { a: side(a, times.a), b: side(b, times.b), times, busy, ...(note ? { note } : {}) }
}

function roundsFor({ rounds, pairMs }: Effort, a: Ready, b: Ready): number {
  const each = a.callMs * (a.calls + 1) + b.callMs * (b.calls + 1)
  return Math.max(FEWEST_ROUNDS, Math.min(rounds, Math.floor(pairMs / each)))
}

function sample({ remote, calls, callMs }: Ready): Promise<Answer> {
  return remote.ask({ ask: 'time', calls, lead: callMs < LONG_CALL_MS ? 1 : 0 })
}

/** One contestant without another. Leaves it open. */
async function alone(ready: Ready, { effort, settle }: Bench): Promise<Outcome> {
  const busy = await settle()
  const times: number[] = []
  const rounds = ready.callMs > VERY_LONG_CALL_MS ? 1 : roundsFor(effort, ready, ready)
  for (let round = 0; round < rounds; round++) times.push((await sample(ready)).ms ?? Number.NaN)
  const note = wrongAnswer(ready)
  return { regard: side(ready, times), busy, ...(note ? { note } : {}) }
}

/** One contestant without another: started, timed, closed. */
export async function measureAlone(work: Work, threads: number, bench: Bench): Promise<Side | Unready> {
  const ready = await start('regard', work, threads, bench)
  if (!isReady(ready)) return ready
  const { regard, note } = await alone(ready, bench)
  await ready.remote.close()
  return note === undefined ? regard! : { note }
}

function wrongAnswer({ name, work, error }: Ready): string | undefined {
  return error <= wrongBeyond(work) ? undefined : `wrong answer of ${name}: error ${error.toExponential(1)}`
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

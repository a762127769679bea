/** What a library must offer to be measured. One contestant lives in one process (or page) of its own and is asked for one piece of work. */

import type { AttentionWork, ProductWork, Row, Work } from '../work.ts'

export interface Contestant {
  /** Puts the inputs where the library wants them and builds whatever is built once. Not timed. */
  prepare(work: Work, threads: number, variant?: string): Promise<Prepared>
}

export interface Prepared {
  /** Which of the library's ways of doing this work runs here, and what it reports of itself. */
  readonly variant: string
  readonly engine?: string
  /** Several ways were tried here to find the fastest, so that this process's memory tells nothing. */
  readonly tried?: boolean
  /** The work once, to its end: what is timed. The result stays in the library's memory. */
  call(): void | Promise<void>
  /** Rows of the result of the last call, one after another. */
  rows(rows: readonly Row[]): Promise<Float32Array>
}

/** Thrown by `prepare` where the library has no way of doing the work: a fact to print, not a failure. */
export class Refusal extends Error {
  override name = 'Refusal'
}

/** The work of those who only offer single operations. */
export function operation(work: Work): AttentionWork | ProductWork {
  if (work.kind === 'weights') throw new Refusal('gives no part of the matrix of weights after a run')
  if (work.kind === 'model') throw new Refusal('is not given whole models here')
  return work
}

/** Rows out of a row-major [heads, length, width] array. */
export function pickRows(data: Float32Array, length: number, width: number, rows: readonly Row[]): Float32Array {
  const out = new Float32Array(rows.length * width)
  rows.forEach(([head, row], at) => {
    const from = (head * length + row) * width
    out.set(data.subarray(from, from + width), at * width)
  })
  return out
}

/** The wanted variant if one is named; else the fastest of those that do not throw, by the best of three calls each. */
export async function fastest(
  names: readonly string[],
  wanted: string | undefined,
  make: (name: string) => Promise<Prepared>,
): Promise<Prepared> {
  if (wanted !== undefined) return make(wanted)
  let best: { prepared: Prepared; ms: number } | undefined
  const failures: string[] = []
  for (const name of names) {
    try {
      const prepared = await make(name)
      const ms = await bestOf(3, prepared)
      if (!best || ms < best.ms) best = { prepared, ms }
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : error}`)
    }
  }
  if (!best) throw new Error(failures.join('; '))
  return { ...best.prepared, tried: names.length > 1 }
}

async function bestOf(calls: number, prepared: Prepared): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < calls; n++) {
    const from = performance.now()
    await prepared.call()
    best = Math.min(best, performance.now() - from)
  }
  return best
}

/** What Cost asks: what attention costs at one length, what law the costs follow, how far a pattern carries, what it costs in quality. */

import type { CostPoint, Fit, Path, Quality } from 'regard/lens'

/** A pattern and what it costs at one length: counted, and timed here and now. */
export interface Costed {
  readonly pattern: string
  readonly says: string
  readonly point: CostPoint
}

/** One length. */
export interface Timed {
  readonly n: number
  readonly costs: readonly Costed[]
  /** Counted and not timed: a recurrent layer of the same width. */
  readonly recurrent: { readonly flops: number; readonly steps: number }
  readonly heads: number
  readonly headWidth: number
  /** Each time is the fastest of so many calls. */
  readonly laps: number
  /** How long all of it took, in milliseconds. */
  readonly took: number
  /** What ran: backend, instructions, threads. */
  readonly engine: string
}

/** How far apart two positions are. */
export interface Reach {
  readonly pattern: string
  readonly recurrent: boolean
  /** Undefined: there is no way from one to the other. */
  readonly path: Path | undefined
}

export interface CostQuestions {
  /** The patterns are dense, causal, a causal window of so many keys, and blocks (BigBird). */
  timed(ask: { n: number; window: number }): Timed
  /** p of y ≈ c · xᵖ for each list of y; undefined where no law can be fitted. */
  fitted(ask: { x: readonly number[]; lists: readonly (readonly number[])[] }): readonly (Fit | undefined)[]
  /** From one position to another in a text of n tokens, under the same patterns and in a recurrent network. */
  reaches(ask: { n: number; from: number; to: number; window: number }): readonly Reach[]
  /** What windows cost this text in quality. 'ask': it is so long that this is only measured when `asked`. */
  quality(ask: { run: number; asked: boolean }): Quality | 'ask'
}

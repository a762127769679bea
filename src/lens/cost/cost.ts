/** What attention costs on this machine as the text grows: counted in operations and bytes, and measured in time. */

import { attention, type Mask } from '../../attention/index.ts'
import { type EngineInfo, init } from '../../backend/index.ts'
import { slice, tensor } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import { breath } from '../breath.ts'
import { type Fit, powerLaw } from './fit.ts'
import { linksOf } from './links.ts'
import { bigBird, causal, dense, type Pattern, window } from './patterns.ts'

export interface CostOptions {
  /** How many tokens. Default: 1024, 2048, 4096, 8192. */
  readonly lengths?: readonly number[] | undefined
  /** Default: dense, causal, a causal window of 256, BigBird's blocks of 64. */
  readonly patterns?: readonly Pattern[] | undefined
  /** How many heads there are, and how wide each is. Default 1 and 64. */
  readonly heads?: number | undefined
  readonly headWidth?: number | undefined
  /** How often each call is timed, after one that is not counted. Default 5. */
  readonly laps?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** How many of how many measurements are done. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

export interface CostPoint {
  readonly n: number
  /** How many pairs of query and key are allowed, in each head. */
  readonly links: number
  /** 4 · heads · links · headWidth: a multiplication and an addition for each channel, in q · k and in weight · v. The softmax is not counted. */
  readonly flops: number
  /** q, k, v and the result, in float32: 16 · heads · n · headWidth. */
  readonly bytes: number
  /** What the weights would take if they were held, which they are not: 4 · heads · n². */
  readonly matrixBytes: number
  /** The fastest of `laps` calls. */
  readonly milliseconds: number
}

export interface CostSeries {
  readonly pattern: string
  readonly says: string
  readonly points: readonly CostPoint[]
  /** Of time, and of operations, over n. */
  readonly time: Fit | undefined
  readonly flops: Fit | undefined
}

export interface Cost {
  readonly engine: EngineInfo
  readonly heads: number
  readonly headWidth: number
  readonly laps: number
  readonly series: readonly CostSeries[]
  /** A recurrent layer of the same width, counted and not measured: h ← f(Wx + Uh), `flops` 4 · n · width², n steps one after another. */
  readonly recurrent: readonly { readonly n: number; readonly flops: number; readonly steps: number }[]
}

export const LENGTHS: readonly number[] = [1024, 2048, 4096, 8192]

/** Times the operator alone, on random numbers, with the engine that runs; patterns take turns, so that what else goes on meets them all. */
export async function cost(options: CostOptions = {}): Promise<Cost> {
  const { lengths = LENGTHS, patterns = [dense, causal, window(256), bigBird()], heads = 1, headWidth = 64, laps = 5 } = options
  check(options)
  const engine = await init()
  const pause = breath(options.signal)
  const points: CostPoint[][] = patterns.map(() => [])
  let done = 0
  for (const n of lengths) {
    const times = await measure(patterns, { n, heads, headWidth, laps }, async () => {
      options.onProgress?.(++done, lengths.length * (laps + 1) * patterns.length)
      await pause()
    })
    for (const [at, pattern] of patterns.entries()) {
      const links = await linksOf(pattern, n)
      const counted = {
        links,
        flops: 4 * heads * links * headWidth,
        bytes: 16 * heads * n * headWidth,
        matrixBytes: 4 * heads * n * n,
      }
      points[at]!.push({ n, ...counted, milliseconds: times[at]! })
      await pause()
    }
  }
  const width = heads * headWidth
  return {
    engine,
    heads,
    headWidth,
    laps,
    series: patterns.map(({ name, says }, at) => ({ pattern: name, says, points: points[at]!, ...fits(points[at]!) })),
    recurrent: lengths.map((n) => ({ n, flops: 4 * n * width * width, steps: n })),
  }
}

function fits(points: readonly CostPoint[]): Pick<CostSeries, 'time' | 'flops'> {
  const over = (of: (point: CostPoint) => number) =>
    powerLaw(
      points.map(({ n }) => n),
      points.map(of),
    )
  return { time: over(({ milliseconds }) => milliseconds), flops: over(({ flops }) => flops) }
}

interface Size {
  readonly n: number
  readonly heads: number
  readonly headWidth: number
  readonly laps: number
}

/** The fastest call of each pattern, in milliseconds. */
async function measure(
  patterns: readonly Pattern[],
  { n, heads, headWidth, laps }: Size,
  after: () => Promise<void>,
): Promise<number[]> {
  const made = [1, 2, 3].map((seed) => tensor(noise(heads * n * headWidth, seed), [1, heads, n, headWidth]))
  const held = patterns.map((pattern) => pattern.mask(n))
  const best = patterns.map(() => Number.POSITIVE_INFINITY)
  try {
    for (let lap = 0; lap <= laps; lap++)
      for (const [at, mask] of held.entries()) {
        const took = await call(made as [Tensor, Tensor, Tensor], mask)
        if (lap > 0) best[at] = Math.min(best[at]!, took)
        await after()
      }
    return best
  } finally {
    for (const each of [...made, ...held]) each?.dispose()
  }
}

/** One call, until its result is there. */
async function call([q, k, v]: [Tensor, Tensor, Tensor], mask: Mask | undefined): Promise<number> {
  const from = performance.now()
  const last = (() => {
    using s = scope()
    const { lse } = attention(q, k, v, mask ? { mask } : {})
    return s.keep(slice(lse, 2, 0, 1))
  })()
  await last.read()
  last.dispose()
  return performance.now() - from
}

/** Numbers between −1 and 1 (Park & Miller). */
function noise(size: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: size }, () => {
    state = (state * 16807) % 2147483647
    return (2 * state) / 2147483647 - 1
  })
}

function check(options: CostOptions): void {
  const { heads = 1, headWidth = 64, laps = 5, lengths = LENGTHS } = options
  for (const [name, value] of Object.entries({ heads, headWidth, laps }))
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`cost: ${name} must be an integer ≥ 1, got ${value}`)
  if (lengths.length === 0 || lengths.some((n) => !Number.isInteger(n) || n < 1))
    throw new RangeError(`cost: lengths must be integers ≥ 1, got [${lengths}]`)
}

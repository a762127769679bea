/** Before a tier is trusted it must agree with the reference; before the widest is preferred it must be faster. A few milliseconds in all. */

import { type Memory, rowMajor, type View } from '../../tensor/index.ts'
import type { AttentionCall } from '../kernels.ts'
import { attention as defined } from '../reference/attention.ts'
import { referenceBackend } from '../reference/index.ts'
import { bufferOf } from '../reference/memory.ts'
import { attention } from './calls/attention.ts'
import type { Machine } from './machine.ts'

interface Case {
  readonly heads: number
  readonly queries: number
  readonly keys: number
  readonly depth: number
  readonly causal: boolean
}

/** Rows, keys and channels that are no multiple of any tile: tiled and few rows. */
const CASES: readonly Case[] = [
  { heads: 2, queries: 13, keys: 21, depth: 20, causal: true },
  { heads: 1, queries: 2, keys: 37, depth: 24, causal: false },
]

/** → what is wrong, or undefined. */
export function selfCheck(machine: Machine): string | undefined {
  try {
    for (const test of CASES) {
      const size = test.heads * test.queries * test.depth
      const got = prepared(machine, test, (call) => {
        attention(machine, call)
        return machine.f32.slice(call.out.handle / 4, call.out.handle / 4 + size)
      })
      const want = prepared(referenceBackend.memory, test, (call) => {
        defined(call)
        return new Float32Array(bufferOf(call.out.handle).slice(0))
      })
      const worst = got.reduce((most, x, n) => Math.max(most, Math.abs(x - want[n]!)), 0)
      if (!(worst < 1e-5)) return `attention differs from the reference by ${worst}`
    }
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Runs `use` on an attention call over repeatable numbers, whose memory is free again afterwards. */
function prepared<T>(memory: Memory, { heads, queries, keys, depth, causal }: Case, use: (call: AttentionCall) => T): T {
  const views: View[] = []
  const make = (shape: number[], seed?: number): View => {
    const n = shape.reduce((a, b) => a * b, 1)
    const handle = memory.allocate(n * 4)
    if (seed !== undefined) memory.write(handle, 0, noise(n, seed))
    const view: View = { handle, offset: 0, shape, strides: rowMajor(shape), dtype: 'float32' }
    views.push(view)
    return view
  }
  try {
    return use({
      q: make([1, heads, queries, depth], 1),
      k: make([1, heads, keys, depth], 2),
      v: make([1, heads, keys, depth], 3),
      out: make([1, heads, queries, depth]),
      lse: make([1, heads, queries]),
      scale: 1 / Math.sqrt(depth),
      band: { left: Number.POSITIVE_INFINITY, right: causal ? 0 : Number.POSITIVE_INFINITY, offset: [0] },
    })
  } finally {
    for (const view of views) memory.free(view.handle)
  }
}

/** Repeatable numbers in (−2, 2). */
function noise(n: number, seed: number): Float32Array {
  const out = new Float32Array(n)
  let state = seed
  for (let at = 0; at < n; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    out[at] = state / 2 ** 30 - 2
  }
  return out
}

const LAP: Case = { heads: 1, queries: 96, keys: 256, depth: 64, causal: false }
/** Laps until the optimising compiler has surely had its turn, or the time is up. */
const LAPS = 80
const RACE_MS = 16

/** The fastest of the sound tiers: both run one small head in turn; the best lap of each counts. */
export function race(machines: readonly Machine[], notes: string[]): Machine {
  const [first, second] = machines as [Machine, Machine | undefined]
  if (!second) return first
  const [mine, other] = prepared(first, LAP, (a) =>
    prepared(second, LAP, (b) => bestLaps([() => attention(first, a), () => attention(second, b)])),
  )
  // Where V8 does not widen, the wide tile needs more registers than there are and loses by a factor.
  if (mine! <= other! * 1.3) return first
  notes.push(`tier ${first.tier} is not used: V8 did not widen it (${mine!.toFixed(2)} ms a lap against ${other!.toFixed(2)} ms)`)
  return second
}

function bestLaps(runners: readonly (() => void)[]): number[] {
  const best = runners.map(() => Number.POSITIVE_INFINITY)
  const started = performance.now()
  for (let lap = 0; lap < LAPS && (lap < 12 || performance.now() - started < RACE_MS); lap++) {
    runners.forEach((run, n) => {
      const from = performance.now()
      run()
      best[n] = Math.min(best[n]!, performance.now() - from)
    })
  }
  return best
}

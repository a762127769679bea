/** Before a tier is trusted it must agree with the reference; before the widest is preferred it must be faster. A few milliseconds in all. */

import { rowMajor, type View } from '../../tensor/index.ts'
import type { Kernels } from '../kernels.ts'
import { attention as defined } from '../reference/attention.ts'
import { referenceBackend } from '../reference/index.ts'
import { bufferOf as referenceBytes } from '../reference/memory.ts'
import { bindKernels } from './bind.ts'
import type { Machine } from './machine.ts'

interface Case {
  readonly heads: number
  readonly queries: number
  readonly keys: number
  readonly depth: number
  readonly causal: boolean
}

/** Rows, keys and channels that are no multiple of any tile. */
const CASES: readonly Case[] = [
  { heads: 2, queries: 13, keys: 21, depth: 20, causal: true },
  { heads: 1, queries: 2, keys: 37, depth: 24, causal: false },
]

/** → what is wrong, or undefined. */
export function selfCheck(machine: Machine): string | undefined {
  try {
    for (const test of CASES) {
      const got = compute(machine, machine, bindKernels(machine).attention, test)
      const want = compute(referenceBackend.memory as Writable, undefined, defined, test)
      const worst = got.reduce((most, x, n) => Math.max(most, Math.abs(x - want[n]!)), 0)
      if (!(worst < 1e-5)) return `attention differs from the reference by ${worst}`
    }
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

type Writable = Pick<Machine, 'allocate' | 'free' | 'write'>

function compute(memory: Writable, machine: Machine | undefined, attention: Kernels['attention'], test: Case): Float32Array {
  const { heads, queries, keys, depth, causal } = test
  const views: View[] = []
  const make = (shape: number[], data?: Float32Array): View => {
    const n = shape.reduce((a, b) => a * b, 1)
    const handle = memory.allocate(n * 4)
    if (data) memory.write(handle, 0, data)
    const view: View = { handle, offset: 0, shape, strides: rowMajor(shape), dtype: 'float32' }
    views.push(view)
    return view
  }
  const q = make([1, heads, queries, depth], noise(heads * queries * depth, 1))
  const k = make([1, heads, keys, depth], noise(heads * keys * depth, 2))
  const v = make([1, heads, keys, depth], noise(heads * keys * depth, 3))
  const out = make([1, heads, queries, depth])
  const lse = make([1, heads, queries])
  const band = { left: Number.POSITIVE_INFINITY, right: causal ? 0 : Number.POSITIVE_INFINITY, offset: [0] }
  attention({ q, k, v, out, lse, scale: 1 / Math.sqrt(depth), band })
  const n = heads * queries * depth
  const result = machine
    ? machine.f32.slice(out.handle / 4, out.handle / 4 + n)
    : new Float32Array(referenceBytes(out.handle), 0, n).slice()
  for (const view of views) memory.free(view.handle)
  return result
}

/** Repeatable numbers in (−2, 2). */
function noise(n: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: n }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 30 - 2
  })
}

/** The fastest of the sound tiers, by one small head timed a few times each. */
export function race(machines: readonly Machine[], notes: string[]): Machine {
  const [first, second] = machines as [Machine, Machine | undefined]
  if (!second) return first
  const times = machines.map((machine) => lap(machine))
  if (times[0]! <= times[1]! * 0.8) return first
  notes.push(`tier ${first.tier} is not used: V8 did not widen it (${times[0]!.toFixed(2)} ms against ${times[1]!.toFixed(2)} ms)`)
  return second
}

function lap(machine: Machine): number {
  const kernels = bindKernels(machine)
  const test: Case = { heads: 1, queries: 96, keys: 256, depth: 64, causal: false }
  let best = Number.POSITIVE_INFINITY
  for (let n = 0; n < 6; n++) {
    const from = performance.now()
    compute(machine, machine, kernels.attention, test)
    best = Math.min(best, performance.now() - from)
  }
  return best
}

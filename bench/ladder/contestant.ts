/** A rung as a contestant: it is timed and checked like everyone else. */

import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { type Contestant, type Prepared, pickRows } from '../contestants/contestant.ts'
import { regard } from '../contestants/regard.ts'
import { normal } from '../numbers.ts'
import { type AttentionWork, SEEDS, type Work } from '../work.ts'
import { wasmFile } from './compile.ts'
import { RUNGS } from './rungs.ts'

type Script = (q: Float32Array, k: Float32Array, v: Float32Array, out: Float32Array, width: number) => void
type Definition = (q: number[][], k: number[][], v: number[][]) => number[][]
type Kernel = (q: number, k: number, v: number, out: number, scratch: number, length: number) => void

export function rungContestant(number: number): Contestant {
  return {
    async prepare(work: Work, threads: number): Promise<Prepared> {
      const { how } = RUNGS[number]!
      const attention = work as AttentionWork
      if (how.kind === 'product') return regard({ wide: how.wide }).prepare(work, threads)
      if (how.kind === 'kernel') return kernel(number, how.wide, attention)
      return how.file === 'definition' ? definition(attention) : script(how.file, attention)
    },
  }
}

function inputs({ keys, width }: AttentionWork): [Float32Array, Float32Array, Float32Array] {
  return [normal(keys * width, SEEDS.q), normal(keys * width, SEEDS.k), normal(keys * width, SEEDS.v)]
}

async function definition(work: AttentionWork): Promise<Prepared> {
  const { attention } = (await import('./rungs/definition.ts')) as { attention: Definition }
  const split = (x: Float32Array) =>
    Array.from({ length: work.keys }, (_, i) => [...x.subarray(i * work.width, (i + 1) * work.width)])
  const [q, k, v] = inputs(work).map(split) as [number[][], number[][], number[][]]
  let out: number[][] = []
  return {
    variant: 'float64',
    call() {
      out = attention(q, k, v)
    },
    rows: async (rows) => Float32Array.from(rows.flatMap(([, row]) => out[row]!)),
  }
}

async function script(file: string, work: AttentionWork): Promise<Prepared> {
  const { attention } = (await import(`./rungs/${file}.ts`)) as { attention: Script }
  const [q, k, v] = inputs(work)
  const out = new Float32Array(q.length)
  return {
    variant: 'JavaScript',
    call: () => attention(q, k, v, out, work.width),
    rows: async (rows) => pickRows(out, work.queries, work.width, rows),
  }
}

const PAGE = 65536
/** Arrays begin here, behind what the module keeps for itself, and start on lines of the cache. */
const FIRST = PAGE
const LINE = 64
/** Room for strips of scores, which have their full length for short texts too. */
const STRIPS = 1 << 20

async function kernel(number: number, wide: boolean, work: AttentionWork): Promise<Prepared> {
  if (wide) setFlagsFromString('--experimental-wasm-revectorize')
  const { instance } = await WebAssembly.instantiate(readFileSync(wasmFile(number)))
  const { attention, memory } = instance.exports as unknown as { attention: Kernel; memory: WebAssembly.Memory }
  const size = work.keys * work.width * 4
  memory.grow(Math.ceil((FIRST + STRIPS + 16 * size) / PAGE))
  const [q, k, v, out, scratch] = [0, 1, 2, 3, 4].map((n) => FIRST + n * (size + LINE)) as [number, number, number, number, number]
  for (const [n, data] of inputs(work).entries()) new Float32Array(memory.buffer, [q, k, v][n]!, data.length).set(data)
  return {
    variant: wide ? 'WASM, 256-bit' : 'WASM',
    call: () => attention(q, k, v, out, scratch, work.keys),
    rows: async (rows) => pickRows(new Float32Array(memory.buffer, out, size / 4), work.queries, work.width, rows),
  }
}

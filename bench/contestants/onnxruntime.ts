/**
 * onnxruntime, native or WASM: attention by whichever of its three operators is fastest here, products by Gemm with the weights
 * as constants (so that it may pack them beforehand).
 */

import type { Tensor as OrtTensor } from 'onnxruntime-common'
import { normal, normalByToken } from '../numbers.ts'
import { type AttentionWork, maskBias, maskBytes, type ProductWork, type Row, SEEDS, type Work, weightScale } from '../work.ts'
import { type Contestant, fastest, operation, type Prepared, pickRows, Refusal } from './contestant.ts'
import { BOOL, FLOAT, INT32, type Model, type Node, onnxModel, type Port } from './onnx.ts'

/** What both packages export, as far as it is used here. */
export type Runtime = Pick<typeof import('onnxruntime-common'), 'InferenceSession' | 'Tensor'>

const MICROSOFT = 'com.microsoft'

interface Plan {
  readonly variant: string
  readonly model: Model
  readonly feeds: Record<string, OrtTensor>
  readonly output: OrtTensor
  rows(data: Float32Array, rows: readonly Row[]): Float32Array
}

export interface Build {
  readonly runtime: Runtime
  readonly provider: 'cpu' | 'wasm'
  /** The native build writes into outputs it is given; the WASM build leaves them as they are and returns new ones. */
  readonly fillsOutputs: boolean
  setThreads?(threads: number): void
}

export function onnxruntime(build: Build): Contestant {
  return {
    async prepare(work: Work, threads: number, variant?: string): Promise<Prepared> {
      build.setThreads?.(threads)
      return fastest(variantsFor(work), variant, (name) => session(build, threads, plan(build.runtime, work, name)))
    },
  }
}

async function session(build: Build, threads: number, { variant, model, feeds, output, rows }: Plan): Promise<Prepared> {
  const { runtime, provider, fillsOutputs } = build
  const created = await runtime.InferenceSession.create(onnxModel(model), {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  const fetches = fillsOutputs ? { y: output } : { y: null }
  let last = output
  return {
    variant,
    async call() {
      last = (await created.run(feeds, fetches)).y as OrtTensor
    },
    rows: async (wanted) => rows((await last.getData()) as Float32Array, wanted),
  }
}

/** Beyond so many keys only the operator that needs no n×n is tried. */
const LONGEST_ARRAY = 8192

function variantsFor(work: Work): string[] {
  if (work.kind === 'product') return ['Gemm']
  if (work.kind !== 'attention') return ['Attention']
  const square = work.queries === work.keys
  const groups = square && (work.mask.kind === 'causal' || work.mask.kind === 'window')
  if (groups && work.keys > LONGEST_ARRAY) return ['GroupQueryAttention']
  return groups ? ['GroupQueryAttention', 'MultiHeadAttention', 'Attention'] : ['MultiHeadAttention', 'Attention']
}

function plan(runtime: Runtime, asked: Work, variant: string): Plan {
  const work = operation(asked)
  if (work.kind === 'product') return product(runtime, work)
  if (work.alibi) throw new Refusal('is not asked for ALiBi')
  if (work.backward) throw new Refusal('has no backward pass')
  if (variant === 'GroupQueryAttention') return grouped(runtime, work)
  return variant === 'Attention' ? standard(runtime, work) : multiHead(runtime, work)
}

function product({ Tensor }: Runtime, { m, n, k }: ProductWork): Plan {
  return {
    variant: 'Gemm',
    model: {
      node: { op: 'Gemm', inputs: ['x', 'w', 'bias'], outputs: ['y'], ints: { transB: 1 } },
      inputs: [{ name: 'x', type: FLOAT, shape: [m, k] }],
      outputs: [{ name: 'y', type: FLOAT, shape: [m, n] }],
      constants: [
        { name: 'w', shape: [n, k], data: normal(n * k, SEEDS.w, 0, weightScale(k)) },
        { name: 'bias', shape: [n], data: normal(n, SEEDS.bias) },
      ],
    },
    feeds: { x: new Tensor('float32', normal(m * k, SEEDS.x), [m, k]) },
    output: new Tensor('float32', new Float32Array(m * n), [m, n]),
    rows: (data, rows) => pickRows(data, m, n, rows),
  }
}

/** ai.onnx Attention takes [B, H, L, D], and any mask as an array. */
function standard({ Tensor }: Runtime, work: AttentionWork): Plan {
  const { heads, queries, keys, width } = work
  const shapes = { q: [1, heads, queries, width], k: [1, heads, keys, width], v: [1, heads, keys, width] }
  const feeds: Record<string, OrtTensor> = {}
  for (const name of ['q', 'k', 'v'] as const)
    feeds[name] = new Tensor('float32', normal(size(shapes[name]), SEEDS[name]), shapes[name])
  const causal = work.mask.kind === 'causal' && queries === keys
  const mask = needsArray(work)
  if (mask) feeds.mask = new Tensor('bool', maskBytes(work), [queries, keys])
  const inputs: Port[] = (['q', 'k', 'v'] as const).map((name) => ({ name, type: FLOAT, shape: shapes[name] }))
  if (mask) inputs.push({ name: 'mask', type: BOOL, shape: [queries, keys] })
  return {
    variant: 'Attention',
    model: {
      node: { op: 'Attention', inputs: inputs.map(({ name }) => name), outputs: ['y'], ints: { is_causal: causal ? 1 : 0 } },
      inputs,
      outputs: [{ name: 'y', type: FLOAT, shape: shapes.q }],
    },
    feeds,
    output: new Tensor('float32', new Float32Array(size(shapes.q)), shapes.q),
    rows: (data, rows) => pickRows(data, queries, width, rows),
  }
}

/** The Microsoft operators take [B, L, H·D]; MultiHeadAttention takes a mask as a bias that is added. */
function multiHead(runtime: Runtime, work: AttentionWork): Plan {
  const causal = work.mask.kind === 'causal' && work.queries === work.keys
  const inputs = ['q', 'k', 'v']
  const { ports, feeds } = packed(runtime, work)
  if (needsArray(work)) {
    const shape = [1, 1, work.queries, work.keys]
    ports.push({ name: 'bias', type: FLOAT, shape })
    feeds.bias = new runtime.Tensor('float32', maskBias(work), shape)
    inputs.push('', '', 'bias')
  }
  const node: Node = {
    op: 'MultiHeadAttention',
    domain: MICROSOFT,
    inputs,
    outputs: ['y'],
    ints: { num_heads: work.heads, unidirectional: causal ? 1 : 0 },
  }
  return byTokens(runtime, work, node, ports, feeds, [])
}

/** GroupQueryAttention is causal; it also returns the keys and values it was given, as a cache would want them. */
function grouped(runtime: Runtime, work: AttentionWork): Plan {
  const { heads, keys, width, mask } = work
  const { ports, feeds } = packed(runtime, work)
  ports.push({ name: 'last', type: INT32, shape: [1] }, { name: 'total', type: INT32, shape: [] })
  feeds.last = new runtime.Tensor('int32', Int32Array.of(keys - 1), [1])
  feeds.total = new runtime.Tensor('int32', Int32Array.of(keys), [])
  const node: Node = {
    op: 'GroupQueryAttention',
    domain: MICROSOFT,
    inputs: ['q', 'k', 'v', '', '', 'last', 'total'],
    outputs: ['y', 'presentK', 'presentV'],
    ints: { num_heads: heads, kv_num_heads: heads, ...(mask.kind === 'window' ? { local_window_size: mask.size } : {}) },
  }
  const present = ['presentK', 'presentV'].map((name): Port => ({ name, type: FLOAT, shape: [1, heads, keys, width] }))
  return byTokens(runtime, work, node, ports, feeds, present)
}

function packed(
  { Tensor }: Runtime,
  { heads, queries, keys, width }: AttentionWork,
): { ports: Port[]; feeds: Record<string, OrtTensor> } {
  const ports: Port[] = []
  const feeds: Record<string, OrtTensor> = {}
  for (const name of ['q', 'k', 'v'] as const) {
    const length = name === 'q' ? queries : keys
    const shape = [1, length, heads * width]
    ports.push({ name, type: FLOAT, shape })
    feeds[name] = new Tensor('float32', normalByToken(heads, length, width, SEEDS[name]), shape)
  }
  return { ports, feeds }
}

function byTokens(
  { Tensor }: Runtime,
  { heads, queries, width }: AttentionWork,
  node: Node,
  inputs: Port[],
  feeds: Record<string, OrtTensor>,
  more: Port[],
): Plan {
  const shape = [1, queries, heads * width]
  return {
    variant: node.op,
    model: { node, inputs, outputs: [{ name: 'y', type: FLOAT, shape }, ...more] },
    feeds,
    output: new Tensor('float32', new Float32Array(size(shape)), shape),
    rows: (data, rows) =>
      pickRows(
        data,
        heads,
        width,
        rows.map(([head, row]): Row => [row, head]),
      ),
  }
}

function needsArray({ mask, queries, keys }: AttentionWork): boolean {
  return mask.kind !== 'dense' && !(mask.kind === 'causal' && queries === keys)
}

function size(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1)
}

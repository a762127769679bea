/** The operator: options in, one kernel call out. */

import { type AttentionCall, type Band, backendOf, type Dropout, type Program, type Scores } from '../backend/index.ts'
import { cast, expand, floats, tell } from '../ops/index.ts'
import { type DType, empty, isFloat, type Memory, scope, show, type Tensor } from '../tensor/index.ts'
import {
  type AttentionOptions,
  checkDropout,
  checkLengths,
  checkNames,
  checkOffset,
  checkScale,
  checkSoftcap,
  checkTensor,
  checkWindow,
  type ScoreOptions,
} from './options.ts'
import { ProgramBuilder } from './program.ts'
import { NumberTable, type Table } from './table.ts'

export interface AttentionResult {
  /** [B, H, L, Dv] */
  readonly output: Tensor
  /** [B, H, L]: natural logarithm of the sum of the exponentials of each row's scores, sink included, before dropout. */
  readonly lse: Tensor
  /** Which implementation ran. */
  readonly ran: string
}

/**
 * softmax(scale · q kᵀ, shaped by the options) · v, without ever holding the L × S matrix.
 *
 *     q [B,H,L,D]   k [B,K,S,D]   v [B,K,S,Dv]   →   output [B,H,L,Dv], lse [B,H,L]
 *
 * H is a multiple of K: query head h reads key/value head ⌊h·K/H⌋. k and v may have B = 1: all batch entries share them.
 * Query row r stands at position i = r + offset, key column j at position j; every mask, window and score function sees those.
 * A row that may look nowhere gives output 0 and lse −∞ (with a sink: the sink). What a forbidden key holds, NaN included, has no effect.
 * 16-bit floats are widened to float32; float64 is computed by the reference.
 *
 *     attention(q, k, v, { causal: true, offset: S - L })        // L new queries at the end of S keys:
 *
 *                     j 0 1 2 3 4
 *         i = 3 (row 0) 1 1 1 1 0
 *         i = 4 (row 1) 1 1 1 1 1
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): AttentionResult {
  using s = scope()
  checkNames('attention', options)
  checkRank('attention', 'q', q)
  checkValues(k, v)
  const [query, key, values] = floats('attention', [q, k, v])
  const prepared = prepare('attention', query, key, options)
  const { scores, inputs, batch, memory } = prepared
  const [, heads, length] = prepared.shape
  const shared = overBatch(values, batch)
  const dropout = checkDropout('attention', options.dropout)
  const backend = backendOf('attention', [inputs.q, inputs.k, shared, inputs.sinks, ...inputs.tables])
  const output = s.keep(makeOutput(memory, [batch, heads, length, v.shape[3]!], inputs.q.dtype, options.order))
  const lse = s.keep(empty(memory, [batch, heads, length], inputs.q.dtype, 'attention'))
  const call: AttentionCall = {
    ...scores,
    v: shared.view('attention'),
    out: output.view('attention'),
    lse: lse.view('attention'),
    ...(dropout && { dropout }),
  }
  const ran = backend.kernels.attention(call)
  const attributes: AttentionAttributes = { ...prepared.attributes, ...(dropout && { dropout }) }
  tell('attention', [inputs.q, inputs.k, shared, inputs.sinks, ...inputs.tables], [output, lse], attributes)
  prepared.release()
  return { output, lse, ran }
}

/**
 * What the derivative needs beyond inputs and outputs. Inputs are [q, k, v, sinks, …tables], with one entry for each table of the
 * program: the tensor whose numbers it holds, or undefined, and then `tables[n]` has them.
 */
export interface AttentionAttributes {
  readonly scale: number
  readonly band: Band
  readonly program?: Omit<Program, 'tables'>
  readonly tables: readonly Table[]
  /** Those of `tables` that were made for this call alone: whoever views them again disposes them. */
  readonly temporary: readonly Table[]
  readonly dropout?: Dropout
}

function checkValues(k: Tensor, v: Tensor): void {
  checkRank('attention', 'k', k)
  checkRank('attention', 'v', v)
  if (k.shape[2] !== v.shape[2])
    throw new RangeError(`attention: key and value lengths differ, got k=${show(k.shape)} v=${show(v.shape)}`)
  if (k.shape[1] !== v.shape[1])
    throw new RangeError(`attention: key and value heads differ, got k=${show(k.shape)} v=${show(v.shape)}`)
  if (k.shape[0] !== v.shape[0])
    throw new RangeError(`attention: key and value batches differ, got k=${show(k.shape)} v=${show(v.shape)}`)
}

function checkRank(operation: string, name: string, x: Tensor): void {
  checkTensor(operation, name, x)
  if (x.rank !== 4)
    throw new RangeError(`${operation}: ${name} must have rank 4, [batch, heads, length, width], got ${name}=${show(x.shape)}`)
}

function makeOutput(
  memory: Memory,
  [B, H, L, Dv]: [number, number, number, number],
  dtype: DType,
  order: AttentionOptions['order'],
): Tensor {
  if (order !== undefined && order !== 'heads' && order !== 'tokens')
    throw new TypeError(`attention: order must be 'heads' or 'tokens', got ${JSON.stringify(order)}`)
  if (order !== 'tokens') return empty(memory, [B, H, L, Dv], dtype, 'attention')
  const byTokens = empty(memory, [B, L, H, Dv], dtype, 'attention')
  return byTokens.restride([B, H, L, Dv], [L * H * Dv, Dv, H * Dv, 1])
}

/** The scores of a call, ready for a kernel, and what the tape is told. */
export interface Prepared {
  readonly scores: Scores
  readonly batch: number
  /** [B, H, L, S] */
  readonly shape: readonly [number, number, number, number]
  readonly memory: Memory
  readonly inputs: { q: Tensor; k: Tensor; sinks: Tensor | undefined; tables: readonly (Tensor | undefined)[] }
  readonly attributes: AttentionAttributes
  /** Gives back what was made for this call alone. */
  release(): void
}

/** Checks q, k and the options that shape scores. Temporaries belong to the open scope. */
export function prepare(operation: string, query: Tensor, key: Tensor, options: ScoreOptions): Prepared {
  const shape = checkQueryKey(operation, query, key)
  const [batch, heads, , keys] = shape
  const [q, narrow] = floats(operation, [query, key])
  const k = overBatch(narrow, batch)
  const { memory } = q
  const scale = checkScale(operation, options.scale, q.shape[3]!)
  const offset = checkOffset(operation, options.offset, batch)
  const lengths = checkLengths(operation, options.lengths, batch, keys)
  const [left, right] = checkWindow(operation, options.window)
  const widen = (tensor: Tensor): Tensor =>
    isFloat(tensor.dtype) && tensor.dtype.endsWith('16') ? cast(tensor, 'float32') : tensor
  const built = new ProgramBuilder({ operation, shape, offset, memory, widen })
    .softcap(checkSoftcap(operation, options.softcap))
    .bias('bias', options.bias)
    .masks(options.mask)
    .scores(options.score)
    .done()
  const sinks = sinksOf(operation, options, heads, widen)
  const reach = lengths ?? (built.band.keys < keys ? new Array<number>(batch).fill(keys) : undefined)
  const band: Band = {
    left: Math.min(left, built.band.left),
    right: Math.min(right, built.band.right, options.causal ? 0 : Number.POSITIVE_INFINITY),
    offset,
    ...(reach && { lengths: reach.map((n) => Math.min(n, built.band.keys)) }),
  }
  const { program, tables } = built
  return {
    scores: {
      q: q.view(operation),
      k: k.view(operation),
      scale,
      band,
      ...(program && { program }),
      ...(sinks && { sinks: sinks.view(memory, operation) }),
    },
    batch,
    shape,
    memory,
    inputs: { q, k, sinks: sinks?.tensor, tables: tables.map((table) => table.tensor) },
    attributes: { scale, band, ...(program && { program: withoutTables(program) }), tables, temporary: built.temporary },
    release: () => {
      for (const table of built.temporary) table.dispose()
      if (!sinks?.tensor) sinks?.dispose()
    },
  }
}

function withoutTables({ tables: _, ...rest }: Program): Omit<Program, 'tables'> {
  return rest
}

function checkQueryKey(operation: string, q: Tensor, k: Tensor): readonly [number, number, number, number] {
  checkRank(operation, 'q', q)
  checkRank(operation, 'k', k)
  const [B, H, L, D] = q.shape as [number, number, number, number]
  const [keyBatch, K, S, keyDepth] = k.shape as [number, number, number, number]
  const both = `got q=${show(q.shape)} k=${show(k.shape)}`
  if (D !== keyDepth) throw new RangeError(`${operation}: query and key widths differ, ${both}`)
  if (keyBatch !== B && keyBatch !== 1) throw new RangeError(`${operation}: query and key batches differ, ${both}`)
  if (K === 0 ? H !== 0 : H % K !== 0)
    throw new RangeError(
      `${operation}: query heads must be a multiple of key/value heads, got H=${H} and K=${K} in q=${show(q.shape)} k=${show(k.shape)}`,
    )
  return [B, H, L, S]
}

/** Keys or values that all batch entries share, without a copy. */
function overBatch(x: Tensor, batch: number): Tensor {
  return x.shape[0] === batch ? x : expand(x, [batch, ...x.shape.slice(1)])
}

function sinksOf(
  operation: string,
  { sinks, smoothSoftmax }: ScoreOptions,
  heads: number,
  widen: (x: Tensor) => Tensor,
): Table | undefined {
  if (smoothSoftmax && sinks !== undefined)
    throw new TypeError(`${operation}: smoothSoftmax means a sink of 0 for every head, so it cannot be combined with sinks`)
  if (heads === 0) return undefined
  if (smoothSoftmax) return new NumberTable(new Float64Array(heads), [heads])
  if (sinks === undefined) return undefined
  const isList = Array.isArray(sinks)
  if (!isList) checkTensor(operation, 'sinks', sinks)
  const shape = isList ? [sinks.length] : (sinks as Tensor).shape
  if (shape.length !== 1 || shape[0] !== heads)
    throw new RangeError(`${operation}: sinks must hold one number per query head, got ${show(shape)} for H=${heads}`)
  if (!isList) return new NumberTable(widen(sinks as Tensor), shape)
  const numbers = Float64Array.from(sinks as readonly number[])
  const bad = numbers.find((x) => Number.isNaN(x) || x === Number.POSITIVE_INFINITY)
  if (bad !== undefined) throw new RangeError(`${operation}: a sink must be a number below ∞, got ${bad}`)
  return new NumberTable(numbers, shape)
}

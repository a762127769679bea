/** What `attention` can be asked for. Semantics in order: scale → softcap → bias → score → mask → softmax with sinks → dropout. */

import { Tensor } from '../tensor/index.ts'
import type { Mask } from './mask.ts'
import type { Score } from './score.ts'
import type { MaskFunction, ScoreFunction } from './trace.ts'

/** A boolean tensor (true: may look), a float tensor (added; −∞ forbids), a mask, or a function to trace. */
export type MaskLike = Tensor | Mask | MaskFunction
export type ScoreLike = Score | ScoreFunction

/** The options that shape scores: the same for `attention`, `attentionWeights` and the reductions. */
export interface ScoreOptions {
  /** Multiplies q · k. Default 1/√D. */
  scale?: number | undefined
  /** c · tanh(s / c), before any bias or mask. 0 or undefined: off. */
  softcap?: number | undefined
  /** Added to the score: rank 1–4, aligned at the right with [B, H, L, S], axes of length 1 repeat. −∞ forbids. */
  bias?: Tensor | undefined
  /** One score function, or several that follow one another. */
  score?: ScoreLike | readonly ScoreLike[] | undefined
  /**
   * Which keys a query may see; several must all agree. Tensors have rank 1–4, aligned at the right with [B, H, L, S], axes of length 1
   * repeat; a last axis of another length below S forbids the keys it does not reach. Rows of a tensor are query rows, not positions.
   */
  mask?: MaskLike | readonly MaskLike[] | undefined
  /** A query sees no later key: j ≤ i. With fewer queries than keys mind `offset`. */
  causal?: boolean | undefined
  /** [l, r]: i − l ≤ j ≤ i + r. Infinity is open. */
  window?: readonly [number, number] | undefined
  /** Where query row 0 stands among the keys: row r is position i = r + offset. One number, or one per batch entry; may be negative. Default 0. */
  offset?: number | readonly number[] | undefined
  /** How many of the S keys are real, one per batch entry: j < lengths[b]. */
  lengths?: readonly number[] | undefined
  /** A logit per head that takes weight and gives nothing. */
  sinks?: Tensor | readonly number[] | undefined
  /** Sinks of 0 for every head: softmax with 1 added to the denominator. */
  smoothSoftmax?: boolean | undefined
}

export interface AttentionOptions extends ScoreOptions {
  /** Drops weights with chance p after the softmax and divides the others by 1 − p. Which ones depends on the 32-bit seed alone. */
  dropout?: { p: number; seed: number } | undefined
  /**
   * Which order the output lies in memory: 'heads' [B,H,L,Dv] (default), or 'tokens' [B,L,H,Dv], so that joining the heads costs nothing.
   * Its shape is [B,H,L,Dv] either way.
   */
  order?: 'heads' | 'tokens' | undefined
}

const KNOWN = new Set([
  'scale',
  'softcap',
  'bias',
  'score',
  'mask',
  'causal',
  'window',
  'offset',
  'lengths',
  'sinks',
  'smoothSoftmax',
  'dropout',
  'order',
])

export function checkTensor(operation: string, name: string, x: unknown): asserts x is Tensor {
  if (x instanceof Tensor) return
  const got = x === null || typeof x !== 'object' ? String(x) : (x.constructor?.name ?? 'an object')
  throw new TypeError(`${operation}: ${name} must be a tensor, got ${got}; make one with tensor(data, shape)`)
}

/** Refuses options that do not exist, so that a misspelt one cannot be ignored in silence. */
export function checkNames(operation: string, options: object): void {
  for (const name of Object.keys(options))
    if (!KNOWN.has(name))
      throw new TypeError(`${operation}: there is no option '${name}'; the options are ${[...KNOWN].join(', ')}`)
}

export function checkScale(operation: string, scale: number | undefined, depth: number): number {
  if (scale === undefined) return depth === 0 ? 1 : 1 / Math.sqrt(depth)
  if (typeof scale !== 'number' || !Number.isFinite(scale))
    throw new RangeError(`${operation}: scale must be a finite number, got ${scale}`)
  return scale
}

export function checkSoftcap(operation: string, softcap: number | undefined): number | undefined {
  if (softcap === undefined || softcap === 0) return undefined
  if (typeof softcap !== 'number' || !Number.isFinite(softcap) || softcap < 0)
    throw new RangeError(`${operation}: softcap must be a number > 0 (or 0 for none), got ${softcap}`)
  return softcap
}

export function checkWindow(operation: string, window: readonly [number, number] | undefined): readonly [number, number] {
  if (window === undefined) return [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const valid =
    Array.isArray(window) &&
    window.length === 2 &&
    window.every((n) => n === Number.POSITIVE_INFINITY || (Number.isInteger(n) && n >= 0))
  if (!valid)
    throw new RangeError(
      `${operation}: window must be [left, right], each an integer ≥ 0 or Infinity, got ${JSON.stringify(window)}`,
    )
  return window
}

/** Query and key positions stay exact in float32. */
const FAR = 2 ** 24

export function checkOffset(operation: string, offset: number | readonly number[] | undefined, batch: number): number[] {
  if (offset !== undefined && typeof offset !== 'number' && !Array.isArray(offset))
    throw new TypeError(`${operation}: offset must be an integer, or an array with one per batch entry, got ${offset}`)
  const list = typeof offset === 'object' ? [...offset] : [offset ?? 0]
  for (const n of list)
    if (!Number.isInteger(n) || Math.abs(n) >= FAR)
      throw new RangeError(`${operation}: offset must be an integer between −2^24 and 2^24 (or one per batch entry), got ${offset}`)
  if (typeof offset === 'object' && list.length !== batch)
    throw new RangeError(`${operation}: offset must have one entry per batch entry, got ${list.length} for B=${batch}`)
  return list.every((n) => n === list[0]) ? list.slice(0, 1) : list
}

export function checkLengths(
  operation: string,
  lengths: readonly number[] | undefined,
  batch: number,
  keys: number,
): number[] | undefined {
  if (lengths === undefined) return undefined
  const list = Array.isArray(lengths) || ArrayBuffer.isView(lengths) ? [...lengths] : undefined
  if (!list) throw new TypeError(`${operation}: lengths must be an array with one entry per batch entry, got ${lengths}`)
  if (list.length !== batch)
    throw new RangeError(`${operation}: lengths must have one entry per batch entry, got ${list.length} for B=${batch}`)
  for (const n of list)
    if (!Number.isInteger(n) || n < 0 || n > keys)
      throw new RangeError(`${operation}: every length must be an integer from 0 to S=${keys}, got ${n}`)
  return list
}

export function checkDropout(
  operation: string,
  dropout: { p: number; seed: number } | undefined,
): { p: number; seed: number } | undefined {
  if (dropout === undefined) return undefined
  if (typeof dropout !== 'object' || dropout === null)
    throw new TypeError(`${operation}: dropout takes { p, seed }, got ${dropout}`)
  const { p, seed } = dropout
  if (!(p >= 0 && p < 1)) throw new RangeError(`${operation}: dropout.p must be at least 0 and below 1, got ${p}`)
  if (!Number.isInteger(seed) || seed < -(2 ** 31) || seed >= 2 ** 32)
    throw new RangeError(`${operation}: dropout.seed must be an integer of 32 bits, got ${seed}`)
  return p === 0 ? undefined : { p, seed: seed >>> 0 }
}

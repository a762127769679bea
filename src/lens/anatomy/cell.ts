/** One link and one row of attention, every number on the way from q and k to the weight and to what is brought home. */

import { attention, attentionWeights, type ScoreOptions } from '../../attention/index.ts'
import type { Stage } from '../../backend/index.ts'
import { concat, div, embedding, exp, max, mul, reshape, slice, sub, sum, tensor } from '../../ops/index.ts'
import { Tensor } from '../../tensor/index.ts'
import type { Looking } from './looking.ts'
import { type Numbers, numbersOf } from './read.ts'

/** Token `row` looks at token `column` in one head. */
export interface Cell {
  /** Ready to be multiplied: normed and turned, if the layer does that. [D] */
  readonly q: Numbers
  readonly k: Numbers
  /** q[d] · k[d] */
  readonly terms: Numbers
  /** Σ terms */
  readonly product: number
  /** scale · product; after the softcap; after bias, scores and masks (−∞: forbidden). */
  readonly scaled: number
  readonly capped: number
  readonly masked: number
  readonly weight: number
}

/** All that token `row` looks at in one head, from scores to shares. [S] each, but for the numbers. */
export interface Row {
  readonly scaled: Numbers
  readonly capped: Numbers
  readonly masked: Numbers
  /** The largest masked score (or the sink, if that is larger): taken off all of them, which changes no share. */
  readonly most: number
  /** exp(masked − most) */
  readonly raised: Numbers
  /** The same for a sink, which takes a share and gives nothing. */
  readonly sink: { readonly score: number; readonly raised: number; readonly share: number } | undefined
  /** Σ raised, with the sink's. */
  readonly total: number
  /** raised ÷ total */
  readonly weights: Numbers
}

/** What a row brings home. */
export interface Brought {
  /** The values of the columns that were asked for, in that order, and weight · value of each: [n,Dv]. */
  readonly values: Numbers
  readonly weighted: Numbers
  /** What all other columns add together, [Dv]. */
  readonly rest: Numbers
  /** Their sum: what the head brings home, [Dv]. */
  readonly blend: Numbers
}

export async function cell(of: Looking, head: number, row: number, column: number): Promise<Cell> {
  check(of, head, row)
  of.checkColumn(column)
  const stages = { scaled: 'scaled', capped: 'capped', masked: 'masked', weight: 'weights' } as const
  const read = await numbersOf(() => {
    const q = vector(of.looked.q, head, row)
    const k = vector(of.looked.k, sharedHead(of, head), column)
    const terms = mul(q, k)
    const part = { rows: [row, row + 1], cols: [column, column + 1] } as const
    const scores = Object.entries(stages).map(([name, stage]) => [name, tile(of, head, stage, part)] as const)
    return { q, k, terms, product: sum(terms), ...(Object.fromEntries(scores) as Record<keyof typeof stages, Tensor>) }
  })
  const { q, k, terms } = read
  const one = (name: 'product' | keyof typeof stages): number => read[name][0]!
  return {
    q,
    k,
    terms,
    product: one('product'),
    scaled: one('scaled'),
    capped: one('capped'),
    masked: one('masked'),
    weight: one('weight'),
  }
}

export async function row(of: Looking, head: number, at: number): Promise<Row> {
  check(of, head, at)
  const part = { rows: [at, at + 1] } as const
  const read = await numbersOf(() => {
    const masked = tile(of, head, 'masked', part)
    const sink = sinkOf(of, head, masked)
    const all = sink ? concat([masked, sink], 0) : masked
    const most = max(all)
    const raised = exp(sub(all, most))
    return {
      scaled: tile(of, head, 'scaled', part),
      capped: tile(of, head, 'capped', part),
      all: reshape(all, all.shape),
      most,
      raised,
      total: sum(raised),
      shares: div(raised, sum(raised)),
      weights: tile(of, head, 'weights', part),
    }
  })
  const S = read.weights.length
  const most = read.most[0]!
  const nothing = most === Number.NEGATIVE_INFINITY
  return {
    scaled: read.scaled,
    capped: read.capped,
    masked: read.all.slice(0, S),
    most,
    raised: nothing ? read.raised.slice(0, S).fill(0) : read.raised.slice(0, S),
    sink: read.all.length > S ? { score: read.all[S]!, raised: read.raised[S]!, share: read.shares[S]! } : undefined,
    total: nothing ? 0 : read.total[0]!,
    weights: read.weights,
  }
}

export async function brought(of: Looking, head: number, at: number, columns: readonly number[]): Promise<Brought> {
  check(of, head, at)
  for (const column of columns) of.checkColumn(column)
  return await numbersOf(() => {
    const { q, k, v, options } = of.looked
    const shared = sharedHead(of, head)
    const one = (x: Tensor, h: number): Tensor => slice(x, 1, h, h + 1)
    const all = reshape(slice(v, 1, shared, shared + 1), v.shape.slice(2))
    const near = all
    const ids = tensor(Int32Array.from(columns), [columns.length], { near })
    const values = embedding(all, ids)
    const shares = reshape(tile(of, head, 'weights', { rows: [at, at + 1] }), [v.shape[2]!, 1])
    const weighted = mul(values, embedding(shares, ids))
    const { output } = attention(slice(q, 2, at, at + 1), k, v, { ...options, offset: at } as ScoreOptions)
    const blend = reshape(one(output, head), [v.shape[3]!])
    return { values, weighted, rest: sub(blend, sum(weighted, 0)), blend }
  })
}

/** Query heads share keys and values in groups of neighbours. */
function sharedHead(of: Looking, head: number): number {
  const { heads, kvHeads } = of.makeup
  return Math.floor((head * kvHeads) / heads)
}

/** A head's vector of one token of [1,heads,tokens,D]. */
function vector(x: Tensor, head: number, token: number): Tensor {
  return reshape(slice(slice(x, 1, head, head + 1), 2, token, token + 1), [x.shape[3]!])
}

type Part = { readonly rows: readonly [number, number]; readonly cols?: readonly [number, number] }

/** Part of one head's matrix at one stage, flat. */
function tile(of: Looking, head: number, stage: Stage, part: Part): Tensor {
  const { q, k, lse, options } = of.looked
  const made = attentionWeights(q, k, options, { ...part, heads: [head], stage, ...(stage === 'weights' && { lse }) })
  return reshape(made, [made.size])
}

/** The head's sink as a score of its own, [1]. */
function sinkOf(of: Looking, head: number, near: Tensor): Tensor | undefined {
  const { sinks, smoothSoftmax } = of.looked.options
  if (sinks instanceof Tensor) return slice(sinks, 0, head, head + 1)
  const score = sinks?.[head] ?? (smoothSoftmax ? 0 : undefined)
  if (score === undefined) return undefined
  return tensor(Float64Array.of(score), [1], { dtype: near.dtype === 'float64' ? 'float64' : 'float32', near })
}

function check(of: Looking, head: number, token: number): void {
  of.checkHead(head)
  of.check(token)
}

/** What is measured, as plain data: every contestant, in whatever process or language, is handed the same description. */

/** Which keys j query i may see. Queries stand at the end of the keys: i = row + keys − queries. */
export type Mask =
  | { readonly kind: 'dense' }
  | { readonly kind: 'causal' }
  /** The query itself and the keys before it, `size` together. */
  | { readonly kind: 'window'; readonly size: number }
  /** Causal within documents of `length` tokens each: a mask that nobody has built in. */
  | { readonly kind: 'documents'; readonly length: number }

/** softmax(q·kᵀ/√width)·v for `heads` heads, batch 1. */
export interface AttentionWork {
  readonly kind: 'attention'
  readonly heads: number
  readonly queries: number
  readonly keys: number
  readonly width: number
  readonly mask: Mask
  /** Also the gradients of Σ output·g with regard to q, k and v. */
  readonly backward?: true
  /** Regard only: the mask is given as a traced TypeScript function instead of the built-in option. */
  readonly traced?: boolean
  /** Regard only: ALiBi added to the scores, by the built-in score or by a traced function. */
  readonly alibi?: 'built-in' | 'traced'
}

/** x·wᵀ + bias: x [m,k], w [n,k], bias [n]. What a linear layer does; weights may be prepared beforehand. */
export interface ProductWork {
  readonly kind: 'product'
  readonly m: number
  readonly n: number
  readonly k: number
}

/** Part of the matrix of weights, after a run of causal attention over `keys` tokens, one head: Regard only. */
export interface WeightsWork {
  readonly kind: 'weights'
  readonly keys: number
  readonly width: number
  readonly rows: readonly [number, number]
  readonly cols: readonly [number, number]
}

/** What a whole transformer does. Every contestant opens the same folder and is given the same ids. */
export interface ModelWork {
  readonly kind: 'model'
  /**
   * encode: ids → the last hidden states. prefill: ids → the scores of what comes next. decode: one more of the ids → the same, with the keys
   * and values of those before it kept. learn: one step of AdamW on the cross entropy of `labels`.
   */
  readonly task: 'encode' | 'prefill' | 'decode' | 'learn'
  readonly folder: string
  /** One row a text. */
  readonly ids: readonly (readonly number[])[]
  /** One for each id. */
  readonly labels?: readonly (readonly number[])[]
  /** decode: how many ids are read beforehand. */
  readonly context?: number
  /** What Regard holds its matrices in. */
  readonly weights: 'float32' | 'float16' | 'bfloat16' | 'int8'
  /** How many numbers a row of the result has. */
  readonly width: number
  /** Operations of all products of a call. */
  readonly flops: number
}

export type Work = AttentionWork | ProductWork | WeightsWork | ModelWork

export const SEEDS = { q: 1, k: 2, v: 3, x: 4, w: 5, bias: 6, g: 7, ids: 8, labels: 9 } as const

/** AdamW as both sides run it: weight decay on everything, no clipping. */
export const LEARNING = { rate: 1e-4, betas: [0.9, 0.999], eps: 1e-8, decay: 0.01 } as const
/** A learner's answer are the losses of its first steps. */
export const COMPARED_STEPS = 4

/** The weights of a linear layer are drawn with variance 1/k, so that outputs have variance 1. */
export function weightScale(k: number): number {
  return Math.fround(1 / Math.sqrt(k))
}

/** ALiBi's slope of head h of H: 2^(−8·(h+1)/H). */
export function alibiSlope(head: number, heads: number): number {
  return 2 ** ((-8 * (head + 1)) / heads)
}

/** Forward has two products; backward makes the scores again and has four more. */
const BACKWARD = 3.5

/** Floating-point operations counted as if no mask skipped anything. */
export function denseFlops(work: Work): number {
  if (work.kind === 'model') return work.flops
  if (work.kind === 'attention') return 4 * work.heads * work.queries * work.keys * work.width * (work.backward ? BACKWARD : 1)
  if (work.kind === 'product') return 2 * work.m * work.n * work.k
  return 2 * (work.rows[1] - work.rows[0]) * (work.cols[1] - work.cols[0]) * work.width
}

/**
 * Further from float64 than this, as a share of the largest value, is a wrong answer, not rounding. Weights that are held in fewer bits
 * are compared with the answer of the whole ones: that difference is theirs, and stands in the table.
 */
export function wrongBeyond(work: Work): number {
  return work.kind === 'model' ? { float32: 1e-3, float16: 1e-2, bfloat16: 5e-2, int8: 0.2 }[work.weights] : 1e-3
}

/** May query row `row` see key j? */
export function sees(mask: Mask, i: number, j: number): boolean {
  if (mask.kind === 'dense') return true
  if (j > i) return false
  if (mask.kind === 'window') return j > i - mask.size
  if (mask.kind === 'documents') return Math.floor(i / mask.length) === Math.floor(j / mask.length)
  return true
}

/** The mask as one byte per (query, key), row-major, for libraries that only take it as an array. */
export function maskBytes({ queries, keys, mask }: AttentionWork): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(queries * keys)
  for (let row = 0; row < queries; row++)
    for (let j = 0; j < keys; j++) out[row * keys + j] = sees(mask, row + keys - queries, j) ? 1 : 0
  return out
}

/** Far below any score, yet finite: a sum of it and a score is still finite. */
const FORBIDDEN = -1e30

/** The mask as numbers to add to the scores, row-major. */
export function maskBias(work: AttentionWork): Float32Array<ArrayBuffer> {
  const bytes = maskBytes(work)
  const out = new Float32Array(bytes.length)
  for (let n = 0; n < out.length; n++) out[n] = bytes[n] ? 0 : FORBIDDEN
  return out
}

/**
 * One row of the result: [head, row] of attention (backward: of the gradient of q); [0, row] of a product or of the matrix of weights;
 * [text, token] of hidden states; [0, step] of losses.
 */
export type Row = readonly [head: number, row: number]

/** Rows to check against float64: the first, the last and some spread between, of the first and the last head. */
export function sampleRows(work: Work, count = 24): Row[] {
  const heads = work.kind === 'attention' ? work.heads : work.kind === 'model' && work.task === 'encode' ? work.ids.length : 1
  const [from, to] = work.kind === 'weights' ? work.rows : [0, rowsIn(work)]
  const take = Math.min(to - from, count)
  const picked = Array.from({ length: take }, (_, n) => from + (take === 1 ? 0 : Math.round((n * (to - from - 1)) / (take - 1))))
  const chosen = heads === 1 ? [0] : [0, heads - 1]
  return chosen.flatMap((head) => picked.map((row): Row => [head, row]))
}

function rowsIn(work: Exclude<Work, WeightsWork>): number {
  if (work.kind === 'attention') return work.queries
  if (work.kind === 'product') return work.m
  return work.task === 'encode' ? work.ids[0]!.length : work.task === 'learn' ? COMPARED_STEPS : 1
}

/** How many numbers a row of the result has. */
export function rowWidth(work: Work): number {
  if (work.kind === 'attention' || work.kind === 'model') return work.width
  return work.kind === 'product' ? work.n : work.cols[1] - work.cols[0]
}

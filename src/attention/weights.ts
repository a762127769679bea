/** Any part of the attention matrix, recomputed from q and k: never the whole of it unless that is asked for. */

import { backendOf, type Stage, type WeightsCall } from '../backend/index.ts'
import { concat, tell } from '../ops/index.ts'
import { empty, scope, show, type Tensor } from '../tensor/index.ts'
import { type Prepared, prepare } from './attention.ts'
import { checkNames, type ScoreOptions } from './options.ts'

export interface WeightsOptions {
  /** Query rows from … to−1, or a list of rows in any order. Default: all. */
  rows?: readonly [number, number] | { readonly list: readonly number[] } | undefined
  /** Keys from … to−1. Default: all. */
  cols?: readonly [number, number] | undefined
  /** Which query heads, in this order. Default: all. */
  heads?: readonly number[] | undefined
  /** [B,H,L] of an earlier call with the same q, k and options: saves a pass over all keys. */
  lse?: Tensor | undefined
  /**
   * How far along the pipeline: 'scaled' scale · q·k; 'capped' after softcap; 'masked' after bias, scores and masks, −∞ where forbidden;
   * 'weights' (default) after the softmax, 0 where forbidden.
   */
  stage?: Stage | undefined
}

const STAGES: readonly Stage[] = ['scaled', 'capped', 'masked', 'weights']

/**
 * A tile of the attention matrix: [B, heads, rows, cols]. Rows of weights sum to 1 over all keys (with a sink: to 1 less its share; 0 where
 * nothing is allowed). Dropout plays no part.
 */
export function attentionWeights(q: Tensor, k: Tensor, options: ScoreOptions = {}, part: WeightsOptions = {}): Tensor {
  using s = scope()
  checkNames('attentionWeights', options)
  const prepared = prepare('attentionWeights', q, k, options)
  const [, H, L, S] = prepared.shape
  const heads = part.heads ?? Array.from({ length: H }, (_, h) => h)
  for (const h of heads)
    if (!Number.isInteger(h) || h < 0 || h >= H) throw new RangeError(`attentionWeights: head ${h} is not one of H=${H}`)
  const cols = checkRange('cols', part.cols, S, 'S')
  const stage = part.stage ?? 'weights'
  if (!STAGES.includes(stage))
    throw new TypeError(`attentionWeights: stage must be one of ${STAGES.join(', ')}, got ${JSON.stringify(stage)}`)
  checkLse(part.lse, prepared)
  const tiles = runsOf(part.rows, L).map((rows) => tile(prepared, { heads, rows, cols, stage }, part.lse))
  prepared.release()
  return s.keep(tiles.length === 1 ? tiles[0]! : concat(tiles, 2))
}

type TileSpec = Pick<WeightsCall, 'heads' | 'rows' | 'cols' | 'stage'>

/** What the derivative of a tile needs beyond inputs ([q, k, sinks, …tables]) and output. */
export type WeightsAttributes = Prepared['attributes'] & TileSpec

function tile({ scores, batch, memory, inputs, attributes }: Prepared, spec: TileSpec, lse: Tensor | undefined): Tensor {
  const operands = [inputs.q, inputs.k, inputs.sinks, ...inputs.tables]
  const backend = backendOf('attentionWeights', [...operands, lse])
  const shape = [batch, spec.heads.length, spec.rows[1] - spec.rows[0], spec.cols[1] - spec.cols[0]]
  const out = empty(memory, shape, inputs.q.dtype, 'attentionWeights')
  backend.kernels.attentionWeights({
    ...scores,
    ...spec,
    ...(lse && { lse: lse.view('attentionWeights') }),
    out: out.view('attentionWeights'),
  })
  tell('attentionWeights', operands, [out], { ...attributes, ...spec } satisfies WeightsAttributes)
  return out
}

export function checkRange(
  name: string,
  range: readonly [number, number] | undefined,
  n: number,
  letter: string,
): readonly [number, number] {
  if (range === undefined) return [0, n]
  const [from, to] = range
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > n)
    throw new RangeError(`attentionWeights: ${name} must be [from, to] with 0 ≤ from ≤ to ≤ ${letter}=${n}, got ${show(range)}`)
  return range
}

/** Rows as ranges of neighbours. */
function runsOf(rows: WeightsOptions['rows'], L: number): (readonly [number, number])[] {
  if (rows === undefined || !('list' in rows)) return [checkRange('rows', rows, L, 'L')]
  const runs: [number, number][] = []
  for (const row of rows.list) {
    if (!Number.isInteger(row) || row < 0 || row >= L) throw new RangeError(`attentionWeights: row ${row} is not one of L=${L}`)
    const last = runs.at(-1)
    if (last?.[1] === row) last[1]++
    else runs.push([row, row + 1])
  }
  return runs.length > 0 ? runs : [[0, 0]]
}

function checkLse(lse: Tensor | undefined, { shape: [B, H, L], inputs }: Prepared): void {
  if (!lse) return
  if (show(lse.shape) !== show([B, H, L]))
    throw new RangeError(`attentionWeights: lse must be [B,H,L]=${show([B, H, L])}, got ${show(lse.shape)}`)
  if (lse.dtype !== inputs.q.dtype)
    throw new TypeError(`attentionWeights: lse must be ${inputs.q.dtype} like the queries, got ${lse}`)
}

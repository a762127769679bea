/**
 * Value zeroing (Mohebbi et al. 2023, arXiv:2301.12971): how much a token's state after a layer owes to another token, found out by giving the layer nothing in
 * place of that token's values. Weights stay as they are, and everything else that the layer does (its output, norms, feed-forward) is done
 * again: 1 − cosine of the state with all values and the state without those of token j. Each layer for itself, on the states that came to it.
 */

import type { AttentionKind, Model } from '../../model/index.ts'
import type { Block } from '../../nn/index.ts'
import { concat, expand, matmul, mul, permute, reshape, slice, sub, tensor } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import { breath } from '../breath.ts'
import { cosineDistance } from '../effect/formulas.ts'
import type { Reading } from '../reading.ts'
import { attentionIn, blockOf, type Inside, insideOf, sourceOf, stateBefore, tilesOf, valuesOf } from './inside.ts'

export interface ValueZeroingOptions {
  /** Of an encoder–decoder: whose values. Of 'cross', those of the tokens that were read. Default 'encoder'. */
  readonly kind?: AttentionKind | undefined
  /** Rows from … to−1: the tokens whose states are compared. Default: all. */
  readonly rows?: readonly [number, number] | undefined
  /** Zero the values of this head alone. Default: of all heads of the layer. */
  readonly head?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** How many of how many tokens have been left out. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

/** States that are made at a time. */
const AT_ONCE = 2 ** 12

/** [rows, n], row-major: 1 − cosine of the state of row i after the layer with and without the values of token j. 0 where i does not see j. */
export async function valueZeroing(
  model: Model,
  reading: Reading,
  layer: number,
  options: ValueZeroingOptions = {},
): Promise<Float64Array> {
  const inside = insideOf('valueZeroing', model, reading, options.kind)
  const block = blockOf('valueZeroing', inside, layer)
  const { n } = inside
  const [from, to] = checkedRows(options.rows, inside.rows)
  const { heads } = attentionIn(inside, block)
  if (options.head !== undefined && !(Number.isInteger(options.head) && options.head >= 0 && options.head < heads))
    throw new RangeError(`valueZeroing: head ${options.head} does not exist; the layer has 0 to ${heads - 1}`)
  const out = new Float64Array((to - from) * n)
  const pause = breath(options.signal)
  const step = Math.max(1, Math.floor(AT_ONCE / Math.max(1, to - from)))
  const weights = await tilesOf(inside, layer, [from, to], [0, n])
  const only = weights.map((each, head) =>
    options.head === undefined || options.head === head ? each : new Float32Array(each.length),
  )
  const before = to > from && inside.kind === 'cross' ? await ownBlend(inside, layer, from, to) : undefined
  try {
    for (let first = 0; first < n && to > from; first += step) {
      const last = Math.min(n, first + step)
      using states = without(inside, block, { layer, from, to, first, last, weights, only, before })
      distances(await states.read(), states.shape[2]!, { out, n, first, last })
      options.onProgress?.(last, n)
      await pause()
    }
  } finally {
    before?.dispose()
  }
  return out
}

function checkedRows(rows: ValueZeroingOptions['rows'], count: number): readonly [number, number] {
  const [from, to] = rows ?? [0, count]
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > count)
    throw new RangeError(`valueZeroing: rows must be [from, to] within 0 to ${count}, got [${from}, ${to}]`)
  return [from, to]
}

/** What the decoder's look at itself gives, before it looks across: [1,rows,H·Dv]. */
async function ownBlend({ model, reading }: Inside, layer: number, from: number, to: number): Promise<Tensor> {
  const own = insideOf('valueZeroing', model, reading, 'decoder')
  const weights = await tilesOf(own, layer, [from, to], [0, own.n])
  using s = scope()
  const values = valuesOf(own, own.blocks[layer]!, layer)
  return s.keep(joined(matmul(matrix(weights, [1, weights.length, to - from, own.n], values), values)))
}

/** [B,H,L,Dv] → [B,L,H·Dv] */
function joined(blends: Tensor): Tensor {
  const [batch, heads, rows, width] = blends.shape as [number, number, number, number]
  return reshape(permute(blends, [0, 2, 1, 3]), [batch, rows, heads * width])
}

interface Part {
  readonly layer: number
  /** Rows, and the tokens that are left out one by one. */
  readonly from: number
  readonly to: number
  readonly first: number
  readonly last: number
  /** [heads][rows × n]: weights, and those of the heads that lose a value. */
  readonly weights: readonly Float32Array[]
  readonly only: readonly Float32Array[]
  /** Of cross-attention: what the look at itself before it gives. */
  readonly before: Tensor | undefined
}

/** [1 + tokens, rows, width]: what the layer makes of everything, then of everything but each token. */
function without(inside: Inside, block: Block, { layer, from, to, first, last, weights, only, before }: Part): Tensor {
  using s = scope()
  const values = valuesOf(inside, block, layer)
  const { n } = inside
  const [, heads, , width] = values.shape as [number, number, number, number]
  const [rows, times] = [to - from, last - first]
  const whole = matmul(matrix(weights, [1, heads, rows, n], values), values)
  const lost = columns(only, { n, rows, first, last }, values)
  const each = permute(slice(values, 2, first, last), [2, 1, 0, 3])
  const left = sub(expand(whole, [times, heads, rows, width]), mul(lost, each))
  const blends = joined(concat([whole, left], 0))
  return s.keep(onwards(inside, block, slice(stateBefore(inside, layer), 1, from, to), blends, before))
}

/** The rest of the layer on blends [times,rows,H·Dv] of states x [1,rows,width]; `own`: where they are of cross-attention, see `ownBlend`. */
function onwards(inside: Inside, block: Block, x: Tensor, blends: Tensor, own: Tensor | undefined): Tensor {
  using s = scope()
  const times = blends.shape[0]!
  const before = repeated(x, times)
  const { attention, cross, attentionNorms, crossNorms, feedForwardNorms: norms } = block
  const seen = attentionNorms.around(before, (residual) =>
    attention.output.forward(own ? repeated(own, times) : blends, { residual }),
  )
  const look = (residual: Tensor | undefined): Tensor =>
    own
      ? cross!.output.forward(blends, { residual })
      : cross!.forward(crossNorms.enter(seen), { source: repeated(sourceOf(inside), times), residual }).output
  const crossed = cross ? crossNorms.around(seen, look) : seen
  return s.keep(
    norms.around(crossed, (residual) => block.feedForward.forward(norms.enter(block.parallel ? before : crossed), { residual })),
  )
}

/** [1,L,width] `times` over. */
const repeated = (x: Tensor, times: number): Tensor => expand(x, [times, x.shape[1]!, x.shape[2]!])

const matrix = (heads: readonly Float32Array[], shape: readonly number[], near: Tensor): Tensor => {
  const each = heads[0]!.length
  const all = near.dtype === 'float64' ? new Float64Array(heads.length * each) : new Float32Array(heads.length * each)
  for (const [h, weights] of heads.entries()) all.set(weights, h * each)
  return tensor(all, shape, { near })
}

/** [tokens, heads, rows, 1]: what each row gives to each token that is left out. */
function columns(
  heads: readonly Float32Array[],
  { n, rows, first, last }: { n: number; rows: number; first: number; last: number },
  near: Tensor,
): Tensor {
  const times = last - first
  const cut = heads.map((weights) => {
    const part = new Float32Array(rows * times)
    for (let row = 0; row < rows; row++) for (let t = 0; t < times; t++) part[row * times + t] = weights[row * n + first + t]!
    return part
  })
  return permute(matrix(cut, [heads.length, rows, times, 1], near), [2, 0, 1, 3])
}

/** From states [1 + tokens, rows, width] to distances of each from the first. */
function distances(
  states: ArrayLike<number> & { subarray(from: number, to: number): ArrayLike<number> },
  width: number,
  { out, n, first, last }: { out: Float64Array; n: number; first: number; last: number },
): void {
  const rows = out.length / n
  const at = (entry: number, row: number): Float64Array =>
    new Float64Array(states.subarray((entry * rows + row) * width, (entry * rows + row + 1) * width))
  for (let row = 0; row < rows; row++) {
    const all = at(0, row)
    for (let token = first; token < last; token++) out[row * n + token] = cosineDistance(all, at(1 + token - first, row))
  }
}

/**
 * Value-weighted norms (Kobayashi et al. 2020, arXiv:2004.10102): not how much a token looks at another, but how long the vector is that
 * comes over. A head adds Σ_j w_ij · f(x_j) to token i, with f(x) = (x·W_V + b_V)·W_O (of that head); its norm for one j is w_ij · ‖f(x_j)‖. For all heads of
 * a layer together it is ‖Σ_h w_ij^h · f^h(x_j)‖, in which heads that pull apart cancel. A large weight on a token whose vector is short is little.
 */

import type { AttentionKind, Model } from '../../model/index.ts'
import { linear, slice, tensor } from '../../ops/index.ts'
import { scope, type Tensor } from '../../tensor/index.ts'
import type { Reading, WeightsView } from '../reading.ts'
import { attentionIn, blockOf, type Inside, insideOf, tilesOf, valuesOf } from './inside.ts'

/** Numbers of the vectors that are held at a time. */
const AT_ONCE = 2 ** 22

/**
 * ‖what comes over‖ for every two tokens, as a view like that of the weights. `head`: one of them, or 'all' for what the layer's heads add
 * together. Values are made again from the states, so a reading from a file will do. The output's bias belongs to no token and is left out.
 */
export async function valueNorms(
  model: Model,
  reading: Reading,
  layer: number,
  head: number | 'all',
  { kind }: { kind?: AttentionKind } = {},
): Promise<WeightsView> {
  const inside = insideOf('valueNorms', model, reading, kind)
  const { heads } = attentionIn(inside, blockOf('valueNorms', inside, layer))
  if (head !== 'all' && !(Number.isInteger(head) && head >= 0 && head < heads))
    throw new RangeError(`valueNorms: head ${head} does not exist; the layer has 0 to ${heads - 1}, and 'all'`)
  const products = await headProducts(inside, layer)
  const { rows, n } = inside
  if (head === 'all')
    return viewOf(rows, n, async (r0, r1, c0, c1) =>
      together(await tilesOf(inside, layer, [r0, r1], [c0, c1]), products, heads, c0, c1),
    )
  const view = reading.attention(layer, head, { kind: inside.kind })
  return viewOf(rows, n, async (r0, r1, c0, c1) => {
    const lengths = Float64Array.from({ length: c1 - c0 }, (_, at) => Math.sqrt(products[c0 + at]![head * heads + head]!))
    return (await view.tile(r0, r1, c0, c1)).map((weight, at) => weight * lengths[at % (c1 - c0)]!)
  })
}

/** For every token H × H numbers: f^h(x_j) · f^g(x_j). Enough for any norm, without the vectors. */
async function headProducts(inside: Inside, layer: number): Promise<Float64Array[]> {
  const { n, blocks } = inside
  const { heads, output } = attentionIn(inside, blocks[layer]!)
  const out: Float64Array[] = []
  const step = Math.max(1, Math.floor(AT_ONCE / (heads * Math.max(...output.weight.shape))))
  using values = valuesOf(inside, blocks[layer]!, layer)
  for (let from = 0; from < n; from += step) {
    const to = Math.min(n, from + step)
    using apart = await headsApart(values, from, to)
    using over = linear(apart, output.weight)
    const numbers = await over.read()
    const width = over.shape[2]!
    const vector = (h: number, j: number) =>
      numbers.subarray((h * (to - from) + j) * width, (h * (to - from) + j + 1) * width) as Float32Array
    for (let j = 0; j < to - from; j++) out.push(gram(Array.from({ length: heads }, (_, h) => vector(h, j))))
  }
  return out
}

/** [H, tokens, H·Dv]: row h holds the values of head h where the output expects them, and 0 where it expects those of others. */
async function headsApart(values: Tensor, from: number, to: number): Promise<Tensor> {
  const [, heads, , width] = values.shape as [number, number, number, number]
  const part = ((): Tensor => {
    using s = scope()
    return s.keep(slice(values, 2, from, to))
  })()
  const numbers = await part.read()
  part.dispose()
  const [count, whole] = [to - from, heads * width]
  const spread = values.dtype === 'float64' ? new Float64Array(heads * count * whole) : new Float32Array(heads * count * whole)
  for (let h = 0; h < heads; h++)
    for (let j = 0; j < count; j++) {
      const own = numbers.subarray((h * count + j) * width, (h * count + j + 1) * width) as Float32Array
      spread.set(own, (h * count + j) * whole + h * width)
    }
  return tensor(spread, [heads, count, whole], { near: values })
}

function gram(vectors: readonly ArrayLike<number>[]): Float64Array {
  const heads = vectors.length
  const out = new Float64Array(heads * heads)
  for (let h = 0; h < heads; h++)
    for (let g = 0; g <= h; g++) {
      let sum = 0
      for (let c = 0; c < vectors[h]!.length; c++) sum += vectors[h]![c]! * vectors[g]![c]!
      out[h * heads + g] = sum
      out[g * heads + h] = sum
    }
  return out
}

/** √(wᵀ G w) for every cell. */
function together(
  tiles: readonly Float32Array[],
  products: readonly Float64Array[],
  heads: number,
  c0: number,
  c1: number,
): Float32Array {
  return Float32Array.from({ length: tiles[0]!.length }, (_, at) => {
    const g = products[c0 + (at % (c1 - c0))]!
    let sum = 0
    for (let h = 0; h < heads; h++) {
      const w = tiles[h]![at]!
      if (w === 0) continue
      for (let other = 0; other < heads; other++) sum += w * tiles[other]![at]! * g[h * heads + other]!
    }
    return Math.sqrt(Math.max(0, sum))
  })
}

function viewOf(rows: number, n: number, tile: WeightsView['tile']): WeightsView {
  return {
    rows,
    cols: n,
    tile,
    all: () => tile(0, rows, 0, n),
    row: (i) => tile(i, i + 1, 0, n),
    cell: async (i, j) => (await tile(i, i + 1, j, j + 1))[0]!,
  }
}

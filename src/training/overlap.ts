/** How much heads look at the same words: what a recipe can have a model pay for, so that each look becomes the work of one head. */

import { noGrad } from '../autograd/index.ts'
import type { Looked } from '../nn/index.ts'
import { add, matmul, mul, softmax, square, sub, sum, tensor, transpose } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import type { Row } from './recipe.ts'

/**
 * A number: over the places with a label, over the words there that they could look at, and over all pairs of heads of all layers, the sum
 * of one head's weight times the other's. A place itself does not count, nor do special tokens: a head that has nothing to do may rest there.
 * Heads of one layer make way for each other; of two layers the earlier one makes way, and no gradient reaches the later: a look stays
 * where most is known. After Li et al., "Multi-Head Attention with Disagreement Regularization" (2018), here across layers too.
 *
 * `rows` as they were read together, padded on the right. `special`: how many ids, from 0 on, belong to the format. Throws for layers that do
 * not see the whole text.
 */
export function overlapOf(looked: readonly Looked[], rows: readonly Row[], special: number): Tensor {
  using s = scope()
  const length = looked[0]!.q.shape[2]!
  const near = looked[0]!.q
  const padding = tensor(paddingOf(rows, length), [rows.length, 1, 1, length], { near })
  const counted = tensor(countedOf(rows, length, special), [rows.length, length, length], { near })
  const layers = looked.map((each) => looksOf(softmax(add(scoresOf(each), padding), -1)))
  const pairs = layers.flatMap(({ all, own }, n) => {
    const within = sub(square(all), own)
    const later = layers.slice(n + 1).map((each) => each.all)
    if (later.length === 0) return [within]
    const still = noGrad(() => mul(total(later), 2))
    return [within, mul(all, still)]
  })
  return s.keep(sum(mul(counted, total(pairs))))
}

/** [B,H,L,L] → Σ over heads of the weights, and of their squares: [B,L,L]. */
function looksOf(weights: Tensor): { all: Tensor; own: Tensor } {
  using s = scope()
  return { all: s.keep(sum(weights, 1)), own: s.keep(sum(square(weights), 1)) }
}

const total = (list: readonly Tensor[]): Tensor => list.reduce((all, each) => add(all, each))

/** [B,H,L,L] */
function scoresOf({ q, k, options }: Looked): Tensor {
  const { lengths: _, scale = 1 / Math.sqrt(q.shape[3]!), ...others } = options
  const [odd] = Object.entries(others).find(([, value]) => value !== undefined) ?? []
  if (odd !== undefined || q.shape[1] !== k.shape[1])
    throw new Error(
      `train: overlap needs layers in which every head sees the whole text, this one has ${odd ?? 'keys that heads share'}`,
    )
  using s = scope()
  return s.keep(matmul(q, transpose(k), { scale }))
}

/** [B,1,1,L]: 0 for a token, so low that nothing looks there for what is none. */
function paddingOf(rows: readonly Row[], length: number): Float32Array {
  return Float32Array.from(rows.flatMap(({ ids }) => Array.from({ length }, (_, j) => (j < ids.length ? 0 : -1e9))))
}

/** [B,L,L]: 1 where a place with a label could look at another word. */
function countedOf(rows: readonly Row[], length: number, special: number): Float32Array {
  const counted = new Float32Array(rows.length * length * length)
  for (const [b, { ids, labels }] of rows.entries())
    for (const [i] of labels)
      for (const [j, id] of ids.entries()) if (j !== i && id >= special) counted[(b * length + i) * length + j] = 1
  return counted
}

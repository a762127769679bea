/** Where one number of a vector came from: the terms that a matrix added up to make it. */

import type { Linear } from '../../nn/index.ts'
import { add, embedding, mul, reshape, slice, sum, tensor } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { type Numbers, numbersOf } from './read.ts'

/**
 * What can be traced back: a channel of a head's query, key or value, before it is normed and turned; of what all heads add; of the inner layer,
 * before the activation (of the gate: what stands beside it); of what the feed-forward adds.
 */
export type Traceable = 'query' | 'key' | 'value' | 'attentionOutput' | 'inner' | 'feedForwardOutput'

export interface Origin {
  /** What the matrix was given, the row of it that makes this channel, and the product of the two, number by number: [in]. */
  readonly input: Numbers
  readonly weights: Numbers
  readonly terms: Numbers
  /** Σ terms */
  readonly sum: number
  /** Undefined where the matrix has none. */
  readonly bias: number | undefined
  /** sum + bias */
  readonly value: number
}

/** Channel `row` of linear(input). `given` makes the input, [1,in]. */
export async function originOf(layer: Linear, row: number, given: () => Tensor): Promise<Origin> {
  const [out] = layer.weight.shape as [number, number]
  if (!Number.isInteger(row) || row < 0 || row >= out)
    throw new RangeError(`anatomy: channel ${row} does not exist; there are 0 to ${out - 1}`)
  const read = await numbersOf(() => {
    const made = given()
    const input = reshape(made, [made.size])
    const ids = tensor(Int32Array.of(row), [1], { near: layer.weight })
    const weights = reshape(embedding(layer.weight, ids), [made.size])
    const terms = mul(input, weights)
    const total = sum(terms)
    const bias = layer.bias && slice(layer.bias, 0, row, row + 1)
    return { input, weights, terms, sum: total, value: bias ? add(total, bias) : add(total, 0), ...(bias && { bias }) } as Record<
      'input' | 'weights' | 'terms' | 'sum' | 'bias' | 'value',
      Tensor
    >
  })
  return {
    input: read.input,
    weights: read.weights,
    terms: read.terms,
    sum: read.sum[0]!,
    bias: read.bias?.[0],
    value: read.value[0]!,
  }
}

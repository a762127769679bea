/** A model of one block whose numbers fit on a page, and a reading of it whose weights and states are written down. */

import type { Reading } from '../../../src/lens/index.ts'
import { BlockTower } from '../../../src/model/families/transformer.ts'
import type { Model } from '../../../src/model/index.ts'
import { Block, FeedForward, Linear, Module, MultiHeadAttention, Norms } from '../../../src/nn/index.ts'
import { tensor } from '../../../src/ops/index.ts'
import type { Tensor } from '../../../src/tensor/index.ts'
import { readingOf } from './matrices.ts'

type Matrix = readonly (readonly number[])[]

const matrix = (rows: Matrix): Tensor => tensor(Float64Array.from(rows.flat()), [rows.length, rows[0]!.length])

/**
 * One block: queries and keys do not matter (weights are given), values are the states themselves, the output is `output` (rows: what comes
 * out), nothing is normalised and the feed-forward adds nothing. heads · head width = width.
 */
export function byHand({ states, weights, output }: { states: Matrix; weights: readonly Matrix[]; output: Matrix }): {
  model: Model
  reading: Reading
} {
  const width = states[0]!.length
  const same = new Linear({ weight: matrix(states[0]!.map((_, i) => states[0]!.map((_, j) => (i === j ? 1 : 0)))) })
  const nothing = new Linear({ weight: matrix(states[0]!.map(() => states[0]!.map(() => 0))) })
  const attention = new MultiHeadAttention({
    query: same,
    key: same,
    value: same,
    output: new Linear({ weight: matrix(output) }),
    heads: weights.length,
  })
  const feedForward = new FeedForward({ up: nothing, down: nothing, activation: 'relu' })
  const block = new Block({ attention, attentionNorms: new Norms({}), feedForward, feedForwardNorms: new Norms({}) })
  const encoder = new BlockTower({ embeddings: new (class extends Module {})() as never, blocks: [block] })
  const config = { family: 'by hand', width, layers: 1, heads: weights.length, causal: false, kind: 'encoder' }
  const x = tensor(Float64Array.from(states.flat()), [1, states.length, width])
  return {
    model: { name: 'by hand', config, network: { encoder } } as unknown as Model,
    reading: { ...readingOf([weights]), config, tokensOf: () => states.map(() => ({})), hidden: () => x } as unknown as Reading,
  }
}

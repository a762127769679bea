/** The parts that families are configured with, each by hand. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { KeyValueCache } from '../../src/attention/index.ts'
import { attentionWeights, concat, positions, slice, sum, type Tensor, tensor } from '../../src/index.ts'
import {
  Block,
  crossEntropy,
  Experts,
  FeedForward,
  grad,
  LayerNorm,
  Linear,
  LinearBias,
  MultiHeadAttention,
  Norms,
  RelativeBias,
  RMSNorm,
} from '../../src/nn/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { randomPlain } from '../support/layouts.ts'

beforeAll(startEngine)

const numbers = async (x: Tensor): Promise<number[]> => Array.from(await x.read())
const random = (seed: number, ...shape: number[]) => tensor(randomPlain(shape, seed).data, shape)
const scalar = (weight: number) => new Linear({ weight: tensor([weight], [1, 1]) })

describe('Experts', () => {
  /** Expert n multiplies by n + 1. */
  const three = (chosen: number, router = [1, 3, 2]) =>
    new Experts({
      router: new Linear({ weight: tensor(router, [3, 1]) }),
      experts: [1, 2, 3].map((n) => new FeedForward({ up: scalar(n), down: scalar(1), activation: 'none' })),
      chosen,
    })

  // Scores 1, 3, 2: chosen are the second and the third, with e/(e+1) = 0.731059 and 0.268941. 2 · 0.731059 + 3 · 0.268941 = 2.268941.
  it('a position listens to those that score highest, by the softmax over their scores alone', async () => {
    expectClose(await numbers(three(2).shares(tensor([1], [1, 1]))), [0, 0.731059, 0.268941], { atol: 1e-6 })
    expectClose(await numbers(three(2).forward(tensor([1], [1, 1]))), [2.268941], { atol: 1e-6 })
    expect(await numbers(three(1).forward(tensor([1], [1, 1]), { residual: tensor([10], [1, 1]) }))).toEqual([12])
  })

  // Scores −1, −3, −2 for x = −1: the first alone.
  it('every position makes its own choice', async () => {
    expect(await numbers(three(1).forward(tensor([1, -1], [2, 1])))).toEqual([2, -1])
  })

  it('as many as are chosen have a share, all shares add up to 1, and those left out score no higher', async () => {
    const scores = fc.uniqueArray(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(scores, fc.integer({ min: 1, max: 3 }), async (list, chosen) => {
        const shares = await numbers(three(chosen, list).shares(tensor([1], [1, 1])))
        expectClose([shares.reduce((a, b) => a + b)], [1], { atol: 1e-6 })
        const order = [...list.keys()].sort((a, b) => list[b]! - list[a]!)
        for (const [place, n] of order.entries()) if (place >= chosen) expect(shares[n]).toBe(0)
        expect(shares[order[0]!]).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  // With σ = σ(x) the share of the second, 3x against 2x, it gives (2σ + 3(1 − σ)) · x, whose slope is 3 − σ − x·σ(1 − σ): 2.072329 at 1.
  it('a gradient goes through the shares of those that were chosen', async () => {
    const [slope] = grad((x: Tensor) => sum(three(2).forward(x)))(tensor([1], [1, 1])).inputs
    expectClose(await numbers(slope), [2.072329], { atol: 1e-6 })
  })

  it('more chosen than there are is refused', () => {
    expect(() => three(4)).toThrow('Experts: chosen must be an integer from 1 to the 3 experts, got 4')
  })
})

describe('A clamped gate', () => {
  // gate 9 → 7, up −9 → −7: 7 · σ(1.702 · 7) · (−7 + 1) = −41.99972; gate −2, up 1: −2 · σ(−3.404) · 2 = −0.128696.
  it('holds gate and up within the limit, and adds 1 to what goes up', async () => {
    const layer = (gate: number, up: number) =>
      new FeedForward({ gate: scalar(gate), up: scalar(up), down: scalar(1), activation: { limit: 7, slope: 1.702 } })
    const sigma = (x: number) => 1 / (1 + Math.exp(-x))
    expectClose(await numbers(layer(9, -9).forward(tensor([1], [1, 1]))), [7 * sigma(11.914) * -6], { rtol: 1e-6 })
    expectClose(await numbers(layer(-2, 1).forward(tensor([1], [1, 1]))), [-2 * sigma(-3.404) * 2], { rtol: 1e-6 })
  })
})

describe('Blocks', () => {
  const attention = (seed: number) =>
    new MultiHeadAttention({
      query: new Linear({ weight: random(seed, 6, 6) }),
      key: new Linear({ weight: random(seed + 1, 6, 6) }),
      value: new Linear({ weight: random(seed + 2, 6, 6) }),
      output: new Linear({ weight: random(seed + 3, 6, 6) }),
      heads: 2,
    })
  let feedForward: FeedForward
  beforeAll(() => {
    const [up, down] = [new Linear({ weight: random(9, 8, 6) }), new Linear({ weight: random(10, 6, 8) })]
    feedForward = new FeedForward({ up, down, activation: 'gelu' })
  })

  // after(x + result(step(before(x)))) with step(x) = 3x, norms of √mean(x²) over two equal entries: x = [2, 2] → before [1, 1] → [3, 3]
  // → result [1, 1] · 10 → [12, 12] → after [1, 1].
  it('norms stand before a step, on its result, and after the sum', async () => {
    const unit = () => new RMSNorm({ eps: 0 })
    const ten = new RMSNorm({ weight: tensor([10, 10], [2]), eps: 0 })
    const through = async (norms: Norms) => {
      const x = tensor([2, 2], [1, 2])
      const step = new Linear({ weight: tensor([3, 0, 0, 3], [2, 2]) })
      return numbers(norms.around(x, (residual) => step.forward(norms.enter(x), { residual })))
    }
    expect(await through(new Norms({}))).toEqual([8, 8])
    expect(await through(new Norms({ before: unit() }))).toEqual([5, 5])
    expect(await through(new Norms({ before: unit(), result: ten }))).toEqual([12, 12])
    expect(await through(new Norms({ before: unit(), result: ten, after: unit() }))).toEqual([1, 1])
  })

  it('a parallel block thinks about its input, another about what it saw', async () => {
    const x = random(20, 1, 3, 6)
    const looks = attention(1)
    const make = (parallel: boolean) =>
      new Block({ attention: looks, attentionNorms: new Norms({}), feedForward, feedForwardNorms: new Norms({}), parallel })
    const seen = looks.forward(x, { residual: x }).output
    expect(await numbers(make(true).forward(x).output)).toEqual(await numbers(feedForward.forward(x, { residual: seen })))
    expect(await numbers(make(false).forward(x).output)).toEqual(await numbers(feedForward.forward(seen, { residual: seen })))
  })

  it('cross-attention may be given the keys and values of its source', async () => {
    const [x, source] = [random(21, 1, 3, 6), random(22, 1, 5, 6)]
    const block = new Block({
      attention: attention(1),
      attentionNorms: new Norms({}),
      cross: attention(5),
      crossNorms: new Norms({ after: new LayerNorm({}) }),
      feedForward,
      feedForwardNorms: new Norms({}),
    })
    const projected = block.cross!.project(source)
    expect(await numbers(block.forward(x, { projected }).output)).toEqual(await numbers(block.forward(x, { source }).output))
    expect(() => block.forward(x)).toThrow('Block: cross-attention needs a source to look at')
  })

  it('with a store, one token at a time gives what all at once do: rotation, window, sinks and all', async () => {
    const layer = new MultiHeadAttention({
      query: new Linear({ weight: random(1, 8, 6) }),
      key: new Linear({ weight: random(2, 4, 6) }),
      value: new Linear({ weight: random(3, 4, 6) }),
      output: new Linear({ weight: random(4, 6, 8) }),
      heads: 2,
      kvHeads: 1,
      queryNorm: new RMSNorm({ weight: random(5, 4) }),
      keyNorm: new RMSNorm({ weight: random(6, 4) }),
      rotary: positions.rotary({ width: 4 }),
      sinks: tensor([0.5, -1], [2]),
      options: { causal: true, window: [2, 0] },
    })
    const x = random(7, 1, 6, 6)
    using store = new KeyValueCache({ window: 3 })
    const rows = Array.from({ length: 6 }, (_, n) => {
      const angles = layer.rotary!.angles([n], x)
      return layer.forward(slice(x, 1, n, n + 1), { store, angles }).output
    })
    expectClose(await numbers(concat(rows, 1)), await numbers(layer.forward(x).output), { rtol: 1e-5, atol: 1e-6 })
  })
})

describe('Distance', () => {
  const zeros = () => tensor(new Float32Array(6), [1, 2, 3, 1])

  // Scores 0 and slopes 1, ½ per step back: row 2 of head 0 has e^−2, e^−1, 1.
  it('LinearBias takes slope · (i − j) off', async () => {
    const { score } = new LinearBias({ slopes: [1, 0.5] }).score(false)
    const weights = await numbers(attentionWeights(zeros(), zeros(), { score, causal: true }))
    const sum = Math.exp(-2) + Math.exp(-1) + 1
    expectClose(weights.slice(6, 9), [Math.exp(-2) / sum, Math.exp(-1) / sum, 1 / sum], { rtol: 1e-6 })
    expectClose(weights.slice(12, 15), [1 / (1 + Math.exp(-0.5)) / Math.E ** 0.5, 1 / (1 + Math.exp(-0.5)), 0], { rtol: 1e-6 })
  })

  // Causal, 4 buckets, distances 0 and 1 have their own; 2 and 3 share the third.
  it('RelativeBias adds the entry of the bucket of j − i, and a watched score outlives its layer', async () => {
    const weight = tensor([0, 0, 1, 10, 2, 20, 3, 30], [4, 2])
    const bias = new RelativeBias({ weight, buckets: 4, maxDistance: 8, bidirectional: false })
    const { score, held } = bias.score(true)
    bias.dispose()
    const weights = await numbers(attentionWeights(zeros(), zeros(), { score, causal: true }))
    const sum = Math.exp(2) + Math.exp(1) + 1
    expectClose(weights.slice(6, 9), [Math.exp(2) / sum, Math.exp(1) / sum, 1 / sum], { rtol: 1e-6 })
    expect(weight.disposed).toBe(true)
    for (const each of held) each.dispose()
  })
})

describe('Cross entropy', () => {
  // Logits ln 1, ln 3: probabilities ¼ and ¾. Labels 1 and 0: (−ln ¾ − ln ¼) / 2 = 0.836988.
  it('is the mean of −log p over the labels that count', async () => {
    const logits = tensor([0, Math.log(3), 0, Math.log(3), 5, 5], [3, 2])
    expectClose(await numbers(crossEntropy(logits, [1, 0, -100])), [0.8369882], { rtol: 1e-6 })
    expectClose(await numbers(crossEntropy(logits, [1, 9, 9], { ignore: 9 })), [Math.log(4 / 3)], { rtol: 1e-6 })
    expect(await numbers(crossEntropy(logits, [-100, -100, -100]))).toEqual([Number.NaN])
  })

  it('labels that do not fit are refused', () => {
    const logits = tensor([0, 0], [1, 2])
    expect(() => crossEntropy(logits, [2])).toThrow('crossEntropy: label 0 is 2; logits [1,2] have 0 to 1')
    expect(() => crossEntropy(logits, [0, 1])).toThrow('crossEntropy: one label per row of logits is needed, got 2 for [1,2]')
  })
})

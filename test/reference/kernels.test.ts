/** The definitions, by hand: cases small enough to check on paper. float64 tensors are always computed by the reference. */

import { beforeAll, describe, expect, it } from 'vitest'
import { referenceBackend } from '../../src/backend/reference/index.ts'
import type { Tensor } from '../../src/index.ts'
import * as regard from '../../src/index.ts'
import { startEngine } from '../support/engine.ts'

beforeAll(startEngine)

const { add, embedding, layerNorm, linear, logSoftmax, matmul, max, mean, minimum, rmsNorm, softmax, sum } = regard
const t = (data: readonly number[], shape = [data.length]): Tensor => regard.tensor(data, shape, { dtype: 'float64' })
const numbers = async (x: Tensor) => [...(await x.read())]
const INF = Number.POSITIVE_INFINITY

async function expectNumbers(x: Tensor, expected: readonly number[]): Promise<void> {
  const actual = await numbers(x)
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, n) => {
    expect(value).toBeCloseTo(expected[n]!, 14)
  })
}

describe('softmax', () => {
  it('shares 1 in proportion to the exponentials', async () => {
    // e^ln1 : e^ln2 : e^ln5 = 1 : 2 : 5
    await expectNumbers(softmax(t([0, Math.log(2), Math.log(5)])), [1 / 8, 2 / 8, 5 / 8])
    await expectNumbers(logSoftmax(t([0, Math.log(2), Math.log(5)])), [Math.log(1 / 8), Math.log(2 / 8), Math.log(5 / 8)])
  })

  it('does not overflow: only differences count', async () => {
    await expectNumbers(softmax(t([1e300, 1e300])), [0.5, 0.5])
    await expectNumbers(softmax(t([-1e300, -1e300])), [0.5, 0.5])
  })

  it('gives 0 for a row of −∞, and −∞ for its logarithm', async () => {
    expect(await numbers(softmax(t([-INF, -INF, 0, -INF], [2, 2])))).toEqual([0, 0, 1, 0])
    expect(await numbers(logSoftmax(t([-INF, -INF])))).toEqual([-INF, -INF])
  })

  it('makes a row NaN that holds NaN or +∞, and no other row', async () => {
    expect(await numbers(softmax(t([0, Number.NaN, 0, INF, 3, -INF], [3, 2])))).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      1,
      0,
    ])
  })
})

describe('reductions', () => {
  it('run along the axes they are given', async () => {
    const x = t([1, 2, 3, 4, 5, 6], [2, 3])
    expect(await numbers(sum(x, 0))).toEqual([5, 7, 9])
    expect(await numbers(sum(x, 1))).toEqual([6, 15])
    expect(await numbers(mean(x))).toEqual([3.5])
    expect(await numbers(max(x, [-1, 0]))).toEqual([6])
    expect(sum(x, 1, { keepDims: true }).shape).toEqual([2, 1])
  })

  it('of nothing: sum 0, mean NaN, maximum −∞', async () => {
    const none = t([], [2, 0])
    expect(await numbers(sum(none, 1))).toEqual([0, 0])
    expect(await numbers(mean(none, 1))).toEqual([Number.NaN, Number.NaN])
    expect(await numbers(max(none, 1))).toEqual([-INF, -INF])
    expect(await numbers(sum(none, 0))).toEqual([])
  })

  it('and minimum pass NaN on', async () => {
    expect(await numbers(max(t([1, Number.NaN, 2])))).toEqual([Number.NaN])
    expect(await numbers(minimum(t([1, Number.NaN]), t([Number.NaN, 2])))).toEqual([Number.NaN, Number.NaN])
  })
})

describe('matmul and linear', () => {
  it('take the product of rows and columns', async () => {
    // [1 2] · [5 6]   [1·5+2·7  1·6+2·8]   [19 22]
    // [3 4]   [7 8] = [3·5+4·7  3·6+4·8] = [43 50]
    const [a, b] = [t([1, 2, 3, 4], [2, 2]), t([5, 6, 7, 8], [2, 2])]
    expect(await numbers(matmul(a, b))).toEqual([19, 22, 43, 50])
    expect(await numbers(matmul(a, b, { scale: 0.5 }))).toEqual([9.5, 11, 21.5, 25])
  })

  it('of no terms is 0', async () => {
    expect(await numbers(matmul(t([], [2, 0]), t([], [0, 2])))).toEqual([0, 0, 0, 0])
  })

  it('add the bias before the activation and the residual after it', async () => {
    // x·wᵀ = [1, −1]; with the bias [3, −3]; relu [3, 0]; with the residual [13, 10]
    const options = { bias: t([2, -2]), activation: 'relu', residual: t([10, 10], [1, 2]) } as const
    expect(await numbers(linear(t([1], [1, 1]), t([1, -1], [2, 1]), options))).toEqual([13, 10])
  })
})

describe('norms', () => {
  it('layerNorm brings a row to mean 0 and variance 1', async () => {
    // [1, 3]: mean 2, variance 1 (divided by 2, not by 1) → [−1, 1]
    await expectNumbers(layerNorm(t([1, 3]), undefined, undefined, { eps: 0 }), [-1, 1])
    // variance + eps = 4 → halves; then · weight + bias
    await expectNumbers(layerNorm(t([1, 3]), t([10, 20]), t([1, 2]), { eps: 3 }), [-4, 12])
  })

  it('rmsNorm divides by the root mean square, and the offset raises the weight', async () => {
    // [1, 7]: (1 + 49) / 2 = 25 → [1/5, 7/5]
    await expectNumbers(rmsNorm(t([1, 7]), undefined, { eps: 0 }), [0.2, 1.4])
    await expectNumbers(rmsNorm(t([1, 7]), t([2, 3]), { eps: 0, offset: 1 }), [0.6, 5.6])
  })

  it('the offset means nothing without a weight', async () => {
    await expectNumbers(rmsNorm(t([1, 7]), undefined, { eps: 0, offset: 1 }), [0.2, 1.4])
  })
})

describe('embedding', () => {
  it('copies rows, and makes a row NaN whose id is outside the table', async () => {
    const table = t([1, 2, 3, 4], [2, 2])
    const ids = regard.tensor(Int32Array.of(1, 0, 2, -1), [2, 2], { near: table })
    const rows = embedding(table, ids)
    expect(rows.shape).toEqual([2, 2, 2])
    expect(await numbers(rows)).toEqual([3, 4, 1, 2, Number.NaN, Number.NaN, Number.NaN, Number.NaN])
  })

  it('does not reach past a table that is a part of a larger one', async () => {
    const part = regard.slice(t([1, 2, 3], [3, 1]), 0, 1, 2)
    expect(await numbers(embedding(part, regard.tensor(Int32Array.of(-1, 0, 1), [3], { near: part })))).toEqual([
      Number.NaN,
      2,
      Number.NaN,
    ])
  })
})

describe('rope', () => {
  const turned = async (x: Tensor, cos: Tensor, sin: Tensor, interleaved: boolean) => {
    const out = add(x, 0)
    referenceBackend.kernels.rope(x.view('test'), cos.view('test'), sin.view('test'), interleaved, out.view('test'))
    return await numbers(out)
  }

  it('turns pairs by a quarter: (a, b) → (−b, a), and copies the other channels', async () => {
    const x = t([1, 2, 3, 4, 5], [1, 1, 1, 5])
    const [cos, sin] = [t([0, 0], [1, 1, 2]), t([1, 1], [1, 1, 2])]
    expect(await turned(x, cos, sin, false)).toEqual([-3, -4, 1, 2, 5]) // pairs (0, 2) and (1, 3)
    expect(await turned(x, cos, sin, true)).toEqual([-2, 1, -4, 3, 5]) // pairs (0, 1) and (2, 3)
  })

  it('gives each position of each batch its own angle, the same for all heads', async () => {
    const x = regard.expand(t([1, 0], [1, 1, 1, 2]), [2, 2, 2, 2])
    const cos = t([1, 2, 3, 4], [2, 2, 1])
    const out = await turned(x, cos, regard.mul(cos, 0), false)
    expect(out.filter((_, n) => n % 2 === 0)).toEqual([1, 2, 1, 2, 3, 4, 3, 4])
  })
})

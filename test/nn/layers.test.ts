import { beforeAll, describe, expect, it } from 'vitest'
import { concat, slice, type Tensor, tensor } from '../../src/index.ts'
import { Embedding, FeedForward, LayerNorm, Linear, Module, MultiHeadAttention, Norms, RMSNorm } from '../../src/nn/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { randomPlain } from '../support/layouts.ts'

beforeAll(startEngine)

const numbers = async (x: Tensor): Promise<number[]> => Array.from(await x.read())

describe('Layers by hand', () => {
  const layer = () => new Linear({ weight: tensor([1, 2, 3, 4, 5, 6], [3, 2]), bias: tensor([0.5, -100, 0], [3]) })

  // [1, −1] · [[1,2],[3,4],[5,6]]ᵀ = [−1, −1, −1]; + bias = [−0.5, −101, −1]; relu = [0, 0, 0]; + residual = [1, 2, 3].
  it('Linear is activation(x · weightᵀ + bias) + residual', async () => {
    const x = tensor([1, -1], [1, 2])
    expect(await numbers(layer().forward(x))).toEqual([-0.5, -101, -1])
    expect(await numbers(layer().forward(x, { activation: 'relu', residual: tensor([1, 2, 3], [1, 3]) }))).toEqual([1, 2, 3])
  })

  it('Embedding gives the row of each id', async () => {
    const table = new Embedding({ weight: tensor([1, 2, 3, 4, 5, 6], [3, 2]) })
    expect(await numbers(table.forward(tensor(Int32Array.of(2, 0), [2])))).toEqual([5, 6, 1, 2])
  })

  // mean 1, variance 4: [−1, 3] → [−1, 1]; times [2, 3] plus [10, 20]. Root mean square of [3, 4]: √12.5.
  it('LayerNorm and RMSNorm bring rows to one scale', async () => {
    const norm = new LayerNorm({ weight: tensor([2, 3], [2]), bias: tensor([10, 20], [2]), eps: 0 })
    expect(await numbers(norm.forward(tensor([-1, 3], [1, 2])))).toEqual([8, 23])
    const rms = new RMSNorm({ weight: tensor([0, 1], [2]), eps: 0, offset: 1 })
    expectClose(await numbers(rms.forward(tensor([3, 4], [1, 2]))), [3 / Math.sqrt(12.5), 8 / Math.sqrt(12.5)], { rtol: 1e-6 })
  })

  // gate: relu([2, −3]) = [2, 0]; up: [10, 10]; their product [20, 0]; down adds both: 20.
  it('a gated FeedForward multiplies what goes up by what the gate lets through', async () => {
    const gate = new Linear({ weight: tensor([2, -3], [2, 1]) })
    const up = new Linear({ weight: tensor([10, 10], [2, 1]) })
    const down = new Linear({ weight: tensor([1, 1], [1, 2]) })
    expect(await numbers(new FeedForward({ gate, up, down, activation: 'relu' }).forward(tensor([1], [1, 1])))).toEqual([20])
    expect(await numbers(new FeedForward({ up, down, activation: 'relu' }).forward(tensor([1], [1, 1])))).toEqual([20])
  })

  it('heads that cannot be shared or split evenly are refused', () => {
    const parts = { query: layer(), key: layer(), value: layer(), output: layer() }
    expect(() => new MultiHeadAttention({ ...parts, heads: 3, kvHeads: 2 })).toThrow(
      '3 heads cannot share 2 key/value heads evenly',
    )
    expect(() => new MultiHeadAttention({ ...parts, heads: 2 }).forward(tensor([1, 2], [1, 1, 2]))).toThrow(
      'MultiHeadAttention: query gives [1,1,3], whose last axis cannot be split into 2 heads',
    )
  })
})

describe('Modules', () => {
  class Pair extends Module {
    readonly name = 'pair'
    readonly first: Linear
    readonly rest: readonly Module[]
    readonly none = undefined

    constructor(first: Linear, rest: readonly Module[]) {
      super()
      this.first = first
      this.rest = rest
    }
  }

  it('say every parameter by its path, in order', () => {
    const made = new Pair(new Linear({ weight: tensor([1], [1, 1]), bias: tensor([1], [1]) }), [
      new Embedding({ weight: tensor([1], [1, 1]) }),
      new Norms({ after: new LayerNorm({ weight: tensor([1], [1]) }) }),
    ])
    expect([...made.parameters()].map(([name]) => name)).toEqual([
      'first.weight',
      'first.bias',
      'rest.0.weight',
      'rest.1.after.weight',
    ])
  })

  it('free every parameter, a shared one once', () => {
    const shared = tensor([1], [1, 1])
    const made = new Pair(new Linear({ weight: shared }), [new Embedding({ weight: shared })])
    made.dispose()
    made.dispose()
    expect(shared.disposed).toBe(true)
  })
})

// Query head h must read key/value head ⌊h·K/H⌋: the same as each key/value head written out once for every query head.
it('heads that share keys and values give what written-out copies give', async () => {
  const random = (seed: number, ...shape: number[]) => tensor(randomPlain(shape, seed).data, shape)
  const [query, output, x] = [
    new Linear({ weight: random(1, 12, 6) }),
    new Linear({ weight: random(2, 6, 12) }),
    random(3, 2, 5, 6),
  ]
  const [key, value] = [random(4, 6, 6), random(5, 6, 6)]
  const copied = (weight: Tensor) => {
    const heads = [0, 0, 1, 1].map((head) => slice(weight, 0, head * 3, head * 3 + 3))
    return new Linear({ weight: concat(heads, 0) })
  }
  const shared = new MultiHeadAttention({
    query,
    key: new Linear({ weight: key }),
    value: new Linear({ weight: value }),
    output,
    heads: 4,
    kvHeads: 2,
  })
  const apart = new MultiHeadAttention({ query, key: copied(key), value: copied(value), output, heads: 4 })
  expectClose(await numbers(shared.forward(x).output), await numbers(apart.forward(x).output), { rtol: 1e-5, atol: 1e-5 })
})

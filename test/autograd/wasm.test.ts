/** Gradients on the WASM engine beside those of the float64 reference, at sizes around the blocks that its kernels work in. */

import fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import { grad } from '../../src/autograd/index.ts'
import { add, attention, maximum, mul, scope, sum, type Tensor, tensor } from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { inputsOf as numbersOf, OPERATIONS } from '../support/operations.ts'
import { sizeOf } from '../support/plain.ts'
import { attentionCases, type Case, type Float, inputsOf, type Sizes } from './cases.ts'
import { randomNumbers } from './random.ts'

beforeAll(startEngine)

/** Weighted by uneven numbers and summed, so that every element has a gradient of its own. */
function weighted(y: Tensor): Tensor {
  return sum(mul(y, tensor(randomNumbers(y.size, 99), y.shape, { dtype: y.dtype })))
}

async function gradientsOf(f: (...inputs: Tensor[]) => Tensor, make: () => Tensor[]): Promise<Float64Array[]> {
  const read = (): Promise<Float64Array>[] => {
    using _ = scope()
    return grad(f)(...make()).inputs.map(async (x) => Float64Array.from(await x.read()))
  }
  return await Promise.all(read())
}

/** Largest error over largest number: sums of many float32 terms lose digits where terms cancel. */
function expectNear(actual: Float64Array, exact: Float64Array, what: string): void {
  const largest = exact.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  expectClose(actual, exact, { atol: 1e-5 * Math.max(1, largest) }, what)
}

async function compare(f: (...inputs: Tensor[]) => Tensor, make: (dtype: Float) => Tensor[]): Promise<void> {
  const [float32, float64] = [await gradientsOf(f, () => make('float32')), await gradientsOf(f, () => make('float64'))]
  float64.forEach((exact, n) => {
    expectNear(float32[n]!, exact, `input ${n}`)
  })
}

const DIM = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 17, 33, 64, 65, 97, 129))

describe.each(OPERATIONS)('$name', (operation) => {
  it('has the gradients of the reference', async () => {
    const drawn = operation.trials(DIM).filter(({ shapes }) => shapes.every((shape) => sizeOf(shape) <= 20_000))
    await fc.assert(
      fc.asyncProperty(drawn, fc.nat(1000), (trial, seed) =>
        compare(
          (...inputs) => weighted(trial.call(...inputs)),
          (dtype) => numbersOf(trial, operation, seed).map(({ data, shape }) => tensor(data, shape, { dtype })),
        ),
      ),
      { numRuns: 10 },
    )
  })
})

const SHAPES: readonly Sizes[] = [
  { B: 2, H: 4, K: 2, L: 7, S: 9, D: 5, Dv: 3 },
  { B: 2, H: 3, K: 3, L: 97, S: 130, D: 16, Dv: 33 },
  { B: 2, H: 4, K: 1, L: 200, S: 129, D: 17, Dv: 16 },
]

describe.each(SHAPES)('attention with L=$L S=$S D=$D', (sizes) => {
  it.each(Object.entries(attentionCases(sizes)))('%s', async (_, { tensors = [], options }: Case) => {
    await compare(
      (q, k, v, ...rest) => {
        const { output, lse } = attention(q, k, v, options(rest, q))
        // Rows that see nothing have lse −∞, which no sum survives.
        return add(weighted(output), weighted(maximum(lse, -100)))
      },
      (dtype) => [...inputsOf(sizes, dtype), ...tensors.map((make) => make(dtype))],
    )
  })
})

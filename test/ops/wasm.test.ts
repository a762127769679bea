/**
 * The WASM engine beside the float64 reference: every operation, at sizes around the blocks that its kernels work in, on straight and
 * scattered inputs. Its error may be at most twice that of plain float32, plus 2⁻²² of the largest number (`close.ts`).
 */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { engineInfo, logSoftmax, max, mean, softmax, sum, type Tensor, tensor } from '../../src/index.ts'
import { expectAsGoodAsFloat32, expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { laidOut, layouts } from '../support/layouts.ts'
import { inputsOf, OPERATIONS } from '../support/operations.ts'
import { type Plain, sizeOf } from '../support/plain.ts'
import { reading } from '../support/reading.ts'

beforeAll(startEngine)

it('runs on WASM', () => {
  expect(engineInfo().backend).toBe('wasm')
})

/** 0, 1, small, and one less and one more than the sizes that kernels block by. */
const DIM = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 3, arbitrary: fc.constantFrom(15, 16, 17, 31, 32, 33, 63, 64, 65) },
  { weight: 2, arbitrary: fc.constantFrom(95, 96, 97, 127, 128, 129, 511, 512, 513) },
)
const MOST = 70_000

/** With few results, plain float32 may hit the exact ones by luck; so inputs are drawn anew until there are this many to judge by. */
const RESULTS = 256
const DRAWS = 64

describe.each(OPERATIONS)('$name', (operation) => {
  it('is as good as float32 gets', async () => {
    const drawn = operation
      .trials(DIM)
      .filter(({ shapes }) => shapes.every((shape) => sizeOf(shape) <= MOST))
      .chain((trial) => fc.tuple(fc.constant(trial), fc.tuple(...trial.shapes.map((shape) => fc.option(layouts(shape.length))))))
    await fc.assert(
      fc.asyncProperty(drawn, fc.integer(), async ([trial, layout], seed) => {
        const [ours, exact, float32]: [number[], number[], number[]] = [[], [], []]
        for (let draw = 0; draw < DRAWS && exact.length < RESULTS; draw++) {
          const inputs = inputsOf(trial, operation, seed + draw)
          const place = (input: Plain, n: number) => (layout[n] ? laidOut(input, layout[n], 'float32') : straight(input, 'float32'))
          const results = await reading(() => [
            trial.call(...inputs.map(place)),
            trial.call(...inputs.map((input) => straight(input, 'float64'))),
          ])
          expect(results[0]!.shape).toEqual(results[1]!.shape)
          for (const [n, data] of [...results.map(({ data }) => data), trial.plain(...inputs).data].entries())
            for (const value of data) [ours, exact, float32][n]!.push(value)
          if (exact.length === 0) break
        }
        expectAsGoodAsFloat32(ours, { exact, float32 }, operation.name)
      }),
      { numRuns: 20 },
    )
  })
})

function straight({ data, shape }: Plain, dtype: 'float32' | 'float64'): Tensor {
  return tensor(data, shape, { dtype })
}

/** Where formulas break: zeros of both signs, the smallest and largest numbers, the ends of exp's range, ∞ and NaN. */
const EDGES = [0, 1e-45, 1e-38, 0.5, 1, 10, 87, 88.8, 89, 103, 104, 200, 1e4, 1e19, 3e38, Number.POSITIVE_INFINITY].flatMap((x) => [
  x,
  -x,
])

const onBoth = (data: readonly number[], shape: readonly number[], compute: (x: Tensor) => Tensor) =>
  reading(() => (['float32', 'float64'] as const).map((dtype) => compute(tensor(Float32Array.from(data), shape, { dtype }))))

/** The float64 answer as float32 can hold it: numbers past its largest are ∞. */
const held = (data: ArrayLike<number>) => Float32Array.from(data)

describe('at the edges', () => {
  const unary = OPERATIONS.slice(
    0,
    OPERATIONS.findIndex(({ name }) => name === 'add'),
  )

  it.each(unary)('$name meets ∞, NaN and the ends of float32 as the reference does', async (operation) => {
    const data = [...EDGES, Number.NaN]
    const [trial] = fc.sample(operation.trials(fc.constant(1)), 1)
    const [ours, exact] = await onBoth(data, [data.length], (x) => trial!.call(x))
    // Results below the smallest normal number may be flushed to 0.
    expectClose(ours!.data, held(exact!.data), { rtol: 2e-6, atol: 1.2e-38 }, operation.name)
  })

  it.each([softmax, logSoftmax])('%o of rows with −∞, +∞ and NaN', async (f) => {
    const inf = Number.POSITIVE_INFINITY
    const rows = [
      [0, -inf, 1],
      [-inf, -inf, -inf],
      [inf, 0, 1],
      [0, Number.NaN, 0],
      [3e38, -3e38, 3e38],
      [-1e30, -1e30, -1e30],
    ]
    for (const width of [3, 40]) {
      const wide = rows.flatMap((row) => Array.from({ length: width }, (_, n) => row[n % 3]!))
      const [ours, exact] = await onBoth(wide, [rows.length, width], (x) => f(x))
      expectClose(ours!.data, held(exact!.data), { rtol: 2e-6, atol: 1e-7 }, f.name)
    }
  })

  it('sum, mean and max of nothing and of NaN', async () => {
    for (const reduce of [sum, mean, max]) {
      const [ours, exact] = await onBoth([], [3, 0], (x) => reduce(x, 1))
      expectClose(ours!.data, exact!.data, {}, `${reduce.name} of nothing`)
      const [withNaN, same] = await onBoth([1, Number.NaN, 2, 3, 4, 5], [2, 3], (x) => reduce(x, 1))
      expectClose(withNaN!.data, same!.data, {}, `${reduce.name} of NaN`)
    }
  })
})

/** What holds for every operation, over random shapes and options. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { scope, type Tensor, tensor } from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { laidOut, layouts } from '../support/layouts.ts'
import { inputsOf, OPERATIONS } from '../support/operations.ts'
import type { Plain } from '../support/plain.ts'
import { reading } from '../support/reading.ts'

beforeAll(startEngine)

const SMALL = fc.integer({ min: 0, max: 5 })
const RUNS = { numRuns: 40 }
/** Room for plain float32 at these sizes: what is asked here is the meaning. How exact the numbers are is asked in `wasm.test.ts`. */
const FLOAT32 = { rtol: 5e-5, atol: 5e-5 }
const FLOATS = ['float32', 'float64'] as const

const made = (dtype: 'float32' | 'float64', inputs: readonly Plain[]): Tensor[] =>
  inputs.map(({ data, shape }) => tensor(data, shape, { dtype }))

/** Allocations that live, on all backends together. */
function live(): number {
  const memories = new Set(FLOATS.map((dtype) => memoryFor(dtype, 'test')))
  return [...memories].reduce((sum, { live }) => sum + live.buffers, 0)
}

describe.each(OPERATIONS)('$name', (operation) => {
  it('gives the numbers of the brute force', async () => {
    await fc.assert(
      fc.asyncProperty(operation.trials(SMALL), fc.integer(), async (trial, seed) => {
        const inputs = inputsOf(trial, operation, seed)
        const expected = trial.plain(...inputs)
        const [float32, float64] = await reading(() => FLOATS.map((dtype) => trial.call(...made(dtype, inputs))))
        expect(float32!.shape).toEqual(expected.shape)
        expect(float64!.shape).toEqual(expected.shape)
        expectClose(float64!.data, expected.data, FLOAT32, 'float64')
        expectClose(float32!.data, expected.data, FLOAT32, 'float32')
      }),
      RUNS,
    )
  })

  it('does not care how its inputs lie in memory', async () => {
    const drawn = operation
      .trials(SMALL)
      .chain((trial) => fc.tuple(fc.constant(trial), fc.tuple(...trial.shapes.map((shape) => layouts(shape.length)))))
    await fc.assert(
      fc.asyncProperty(drawn, fc.integer(), async ([trial, layout], seed) => {
        const inputs = inputsOf(trial, operation, seed)
        const scattered = (dtype: 'float32' | 'float64') => inputs.map((input, n) => laidOut(input, layout[n]!, dtype))
        const [straight, float64, float32] = await reading(() => [
          trial.call(...made('float64', inputs)),
          ...(['float64', 'float32'] as const).map((dtype) => trial.call(...scattered(dtype))),
        ])
        expect(float64).toEqual(straight)
        expectClose(float32!.data, straight!.data, FLOAT32)
      }),
      RUNS,
    )
  })

  it('frees all that it makes with the scope, and leaves no temporary behind without one', () => {
    fc.assert(
      fc.property(operation.trials(SMALL), fc.constantFrom(...FLOATS), (trial, dtype) => {
        const before = live()
        const closing = scope()
        const inputs = made(dtype, inputsOf(trial, operation, 1))
        trial.call(...inputs)
        closing[Symbol.dispose]()
        expect(live()).toBe(before)
      }),
      RUNS,
    )
    fc.assert(
      fc.property(operation.trials(SMALL), (trial) => {
        const inputs = made('float32', inputsOf(trial, operation, 1))
        const storages = new Set(inputs.map(({ storage }) => storage))
        const before = live()
        const result = trial.call(...inputs)
        const ids = operation.name === 'embedding' ? 1 : 0
        expect(live() - before - ids).toBe(storages.has(result.storage) ? 0 : 1)
      }),
      RUNS,
    )
  })

  it('refuses a tensor that was disposed', () => {
    const [trial] = fc.sample(operation.trials(fc.constant(2)), { numRuns: 1, seed: 1 })
    const inputs = made('float32', inputsOf(trial!, operation, 1))
    inputs[0]!.dispose()
    expect(() => trial!.call(...inputs)).toThrow(/^\w+: a tensor of shape \[[\d,]*\] was used after dispose\(\)$/)
  })
})

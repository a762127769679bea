/** Every derivative against differences, in float64, on random shapes and options. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { gradcheck } from '../../src/autograd/index.ts'
import { RULES } from '../../src/autograd/rules.ts'
import * as regard from '../../src/index.ts'
import { logSoftmaxAt } from '../../src/ops/index.ts'
import { startEngine } from '../support/engine.ts'
import { inputsOf, OPERATIONS } from '../support/operations.ts'
import { sizeOf } from '../support/plain.ts'
import { random } from './random.ts'

beforeAll(startEngine)

const RUNS = { numRuns: 6 }

describe.each(OPERATIONS)('$name', (operation) => {
  it('has the slope that differences show', async () => {
    const drawn = operation
      .trials(fc.integer({ min: 1, max: 3 }))
      .filter(({ shapes }) => shapes.every((shape) => sizeOf(shape) <= 48))
    await fc.assert(
      fc.asyncProperty(drawn, fc.nat(1000), async (trial, seed) => {
        // Away from 0, where abs and relu have a corner, by more than a difference moves.
        const inputs = inputsOf(trial, operation, seed).map(({ data, shape }) =>
          regard.tensor(
            Float64Array.from(data, (x) => x + (x < 0 ? -0.01 : 0.01)),
            shape,
          ),
        )
        return gradcheck(trial.call, inputs, { rtol: 1e-4 })
      }),
      RUNS,
    )
  })
})

describe('views', () => {
  const x = () => random([2, 3, 4], 1)
  const cases: Record<string, (x: regard.Tensor) => regard.Tensor> = {
    permute: (x) => regard.permute(x, [2, 0, 1]),
    slice: (x) => regard.slice(x, 1, 1, 3),
    expand: (x) => regard.expand(regard.reshape(x, [2, 1, 12]), [5, 2, 3, 12]),
    cast: (x) => regard.cast(x, 'float64'),
    'softmax over another axis': (x) => regard.softmax(x, 1),
    'a product over two reads': (x) => regard.mul(x, regard.transpose(regard.reshape(x, [3, 2, 4]), 0, 1)),
  }
  it.each(Object.entries(cases))('%s', (_, call) => gradcheck(call, [x()]))
})

describe('rope', () => {
  it.each([false, true])('gives the gradients of numbers, cosines and sines (interleaved: %s)', (interleaved) =>
    gradcheck(
      (x, cos, sin) => regard.positions.rotate(x, cos, sin, { interleaved }),
      [random([2, 3, 4, 7], 1), random([1, 4, 3], 2), random([1, 4, 3], 3)],
    ),
  )
})

describe('logSoftmaxAt', () => {
  const weights = Float64Array.of(2, -1, 0.5)
  const cases: Record<string, (x: regard.Tensor) => regard.Tensor> = {
    'of rows': (x) => logSoftmaxAt(x, [1, 3, 0]),
    'of columns': (x) => logSoftmaxAt(regard.transpose(regard.reshape(x, [4, 3])), [1, 3, 0]),
    'each row with a slope of its own': (x) => regard.mul(logSoftmaxAt(x, [1, 3, 0]), regard.tensor(weights, [3])),
  }
  it.each(Object.entries(cases))('%s', (_, call) => gradcheck(call, [random([3, 4], 1)]))

  it('is what logSoftmax has there', async () => {
    const x = random([3, 4], 2)
    const all = await regard.logSoftmax(x).read()
    const picked = await logSoftmaxAt(x, [1, 3, 0]).read()
    expect([...picked]).toEqual([all[1], all[7], all[8]])
  })
})

it('every rule is met by a test of this file or of attention.test.ts', () => {
  const covered = new Set([
    ...OPERATIONS.map(({ name }) => name),
    ...['geluTanh', 'permute', 'slice', 'expand', 'cast', 'logSoftmaxAt', 'rope', 'attention'],
  ])
  expect(Object.keys(RULES).filter((name) => !covered.has(name))).toEqual([])
})

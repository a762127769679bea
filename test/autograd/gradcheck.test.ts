/** Every derivative against differences, in float64, on random shapes and options. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { gradcheck } from '../../src/autograd/index.ts'
import { RULES } from '../../src/autograd/rules.ts'
import * as regard from '../../src/index.ts'
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

it('every rule is met by a test of this file or of attention.test.ts', () => {
  const covered = new Set([
    ...OPERATIONS.map(({ name }) => name),
    ...['geluTanh', 'permute', 'slice', 'expand', 'cast', 'rope', 'attention'],
  ])
  expect(Object.keys(RULES).filter((name) => !covered.has(name))).toEqual([])
})

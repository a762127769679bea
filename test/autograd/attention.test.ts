/** The gradients of attention, every option, against differences in float64. */

import { beforeAll, describe, it } from 'vitest'
import { gradcheck } from '../../src/autograd/index.ts'
import { add, attention, sum, type Tensor } from '../../src/index.ts'
import { startEngine } from '../support/engine.ts'
import { attentionCases, inputsOf } from './cases.ts'

beforeAll(startEngine)

const SIZES = { B: 2, H: 4, K: 2, L: 5, S: 6, D: 3, Dv: 2 }
/** Differences of functions as bent as these leave errors of this size. */
const CLOSE = { rtol: 1e-4 }

describe.each(Object.entries(attentionCases(SIZES)))('%s', (name, { tensors = [], options }) => {
  const all = (): Tensor[] => [...inputsOf(SIZES, 'float64'), ...tensors.map((make) => make('float64'))]

  it('output', () => gradcheck((q, k, v, ...rest) => attention(q!, k!, v!, options(rest, q!)).output, all(), CLOSE))

  it('output and lse together', () => {
    const sinks = name === 'smooth softmax' ? {} : { sinks: [0, 0, 0, 0] }
    return gradcheck(
      (q, k, v, ...rest) => {
        const { output, lse } = attention(q!, k!, v!, { ...sinks, ...options(rest, q!) })
        return add(sum(output, -1), lse)
      },
      all(),
      CLOSE,
    )
  })
})

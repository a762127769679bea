/** Splitting the keys and joining the parts. */

import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { calls, inputsOf } from './calls.ts'

beforeAll(startEngine)

const { attention, merge, slice } = regard
const sizes = { lengths: fc.integer({ min: 1, max: 16 }), widths: fc.integer({ min: 1, max: 8 }), most: 2 }

for (const dtype of ['float32', 'float64'] as const)
  it(`parts over split keys merge into the whole, in any order (${dtype})`, async () => {
    await fc.assert(
      fc.asyncProperty(calls(sizes), fc.array(fc.nat(), { maxLength: 3 }), fc.boolean(), async (spec, cuts, reversed) => {
        const { q, k, v, options } = inputsOf(
          { ...spec, bias: undefined, floatMask: undefined, boolMask: undefined, lengths: undefined, dropout: undefined },
          dtype,
        )
        const whole = attention(q, k, v, options)
        const at = [...new Set([0, ...cuts.map((cut) => cut % spec.S), spec.S])].sort((a, b) => a - b)
        const parts = at.slice(1).map((end, n) => {
          const [from, to] = [at[n]!, end]
          const only = regard.masks.from((_b, _h, _i, j) => j.ge(from).and(j.lt(to)))
          const mask = [only, ...(options.mask as regard.MaskLike[])]
          return attention(q, k, v, { ...options, mask, sinks: n === 0 ? options.sinks : undefined })
        })
        const joined = merge(reversed ? parts.reverse() : parts)
        const tolerance = dtype === 'float32' ? { atol: 4e-6, rtol: 4e-6 } : { atol: 1e-13, rtol: 1e-13 }
        expectClose(await joined.output.read(), await whole.output.read(), tolerance)
        expectClose(await joined.lse.read(), await whole.lse.read(), tolerance)
      }),
      { numRuns: 80 },
    )
  })

it('parts hold slices of the keys, each with its own offset', async () => {
  const q = regard.tensor(
    Float32Array.from({ length: 6 * 4 }, (_, n) => Math.sin(n)),
    [1, 1, 6, 4],
  )
  const whole = attention(q, q, q, { causal: true, window: [3, 0] })
  const part = (from: number, to: number): regard.AttentionResult => {
    const [k, v] = [slice(q, 2, from, to), slice(q, 2, from, to)]
    return attention(q, k, v, { causal: true, window: [3, 0], offset: -from })
  }
  const joined = merge([merge([part(0, 2), part(2, 5)]), part(5, 6)])
  expectClose(await joined.output.read(), await whole.output.read(), { atol: 1e-6 })
  expectClose(await joined.lse.read(), await whole.lse.read(), { atol: 1e-6 })
})

it('where every part saw nothing, so does the whole', async () => {
  const q = regard.full([1, 1, 1, 2], 1)
  const nothing = attention(q, q, q, { mask: () => false })
  const joined = merge([nothing, nothing])
  expect([...(await joined.output.read()), ...(await joined.lse.read())]).toEqual([0, 0, Number.NEGATIVE_INFINITY])
})

it('refuses parts of different shapes, and none', () => {
  const part = (L: number): regard.Part => ({ output: regard.full([1, 1, L, 2], 0), lse: regard.full([1, 1, L], 0) })
  expect(() => merge([])).toThrow('merge: needs at least one part')
  expect(() => merge([part(1), part(2)])).toThrow('merge: parts must have one shape, got [1,1,1,2] and [1,1,2,2]')
})

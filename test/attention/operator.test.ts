/** The operator against plain arithmetic: the reference in float64 exactly, the engine in float32 as well as float32 can. */

import fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectAsGoodAsFloat32, expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { calls, type Float, inputsOf, type Spec } from './calls.ts'
import { exactly, inFloat32, plainAttention } from './plain.ts'

beforeAll(startEngine)

interface Read {
  readonly output: ArrayLike<number>
  readonly lse: ArrayLike<number>
  readonly weights: ArrayLike<number>
  readonly masked: ArrayLike<number>
}

async function run(spec: Spec, dtype: Float): Promise<Read> {
  const { q, k, v, options } = inputsOf(spec, dtype)
  const { output, lse } = regard.attention(q, k, v, options)
  const weights = regard.attentionWeights(q, k, options)
  const masked = regard.attentionWeights(q, k, options, { stage: 'masked' })
  const read = await Promise.all([output, lse, weights, masked].map((x) => x.read()))
  for (const x of [q, k, v, output, lse, weights, masked]) x.dispose()
  return { output: read[0]!, lse: read[1]!, weights: read[2]!, masked: read[3]! }
}

const WHAT = ['output', 'lse', 'weights', 'masked'] as const

const few = { lengths: fc.integer({ min: 0, max: 9 }), widths: fc.integer({ min: 1, max: 9 }) }

describe('the reference', () => {
  it('is attention, for every combination of options', async () => {
    await fc.assert(
      fc.asyncProperty(calls(few), async (spec) => {
        const [actual, expected] = [await run(spec, 'float64'), plainAttention(spec, exactly)]
        for (const what of WHAT) expectClose(actual[what], expected[what], { rtol: 1e-11, atol: 1e-12 }, what)
      }),
      { numRuns: 250 },
    )
  })
})

/** Room for plain float32 at these sizes: what is asked here is the meaning. */
const FLOAT32 = { rtol: 3e-5, atol: 3e-5 }

/** With few results plain float32 may hit the exact ones by luck, so inputs are drawn anew until there are this many to judge by. */
const RESULTS = 256
const DRAWS = 16

describe('the engine', () => {
  it('is attention, for every combination of options', async () => {
    await fc.assert(
      fc.asyncProperty(calls(few), async (spec) => {
        const [actual, expected] = [await run(spec, 'float32'), plainAttention(spec, exactly)]
        for (const what of WHAT) expectClose(actual[what], expected[what], FLOAT32, what)
      }),
      { numRuns: 250 },
    )
  })

  /** Weights are exp(s − lse), so that is what plain float32 computes for them. */
  const check = async (spec: Spec): Promise<void> => {
    const all = Object.fromEntries(
      WHAT.map((what) => [what, { actual: [] as number[], exact: [] as number[], float32: [] as number[] }]),
    )
    for (let draw = 0; draw < DRAWS && all.lse!.exact.length < RESULTS; draw++) {
      const drawn = { ...spec, seed: spec.seed + 31 * draw }
      const [actual, exact, float32] = [await run(drawn, 'float32'), await run(drawn, 'float64'), plainAttention(drawn, inFloat32)]
      for (const what of WHAT) {
        const plain = what === 'weights' ? float32.byLse : float32[what]
        for (const [kind, numbers] of Object.entries({ actual: actual[what], exact: exact[what], float32: plain }))
          for (let n = 0; n < numbers.length; n++) all[what]![kind as 'exact'].push(numbers[n]!)
      }
      if (all.masked!.exact.length > 4e3 || exact.masked.length === 0) break
    }
    for (const what of WHAT) expectAsGoodAsFloat32(all[what]!.actual, all[what]!, what)
  }

  it('errs at most twice as much as plain float32, past the sizes where blocks and lanes begin and end', async () => {
    const lengths = fc.constantFrom(1, 5, 6, 7, 15, 16, 17, 63, 64, 65, 95, 96, 97, 127, 128, 129)
    const widths = fc.constantFrom(1, 3, 8, 16, 17, 32, 33, 64, 80, 96)
    await fc.assert(fc.asyncProperty(calls({ lengths, widths, most: 2 }), check), { numRuns: 12 })
  })

  it.each([
    [3, 2049, 32],
    [1, 4097, 64],
    [17, 2100, 8],
    [200, 200, 16],
    [33, 130, 128],
    [17, 100, 256],
  ])('… for L=%i S=%i D=%i', async (L, S, D) => {
    const shape = { B: 1, H: 2, K: 1, L, S, D, Dv: D, shared: false, seed: L }
    await check({ ...shape, causal: false })
    await check({ ...shape, causal: true, offset: S - L, window: [200, 0], softcap: 3, sinks: [0, 1] })
  })
})

/** Muon: what a step does to singular values, and that all else learns as by AdamW. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Tensor, tensor } from '../../src/index.ts'
import { AdamW, Muon, type MuonOptions } from '../../src/nn/index.ts'
import { startEngine } from '../support/engine.ts'

beforeAll(startEngine)

const rounds = 5
/** What five rounds make of a singular value: x ← 3.4445·x − 4.775·x³ + 2.0315·x⁵. */
function drawn(value: number): number {
  let x = value
  for (let n = 0; n < rounds; n++) x = 3.4445 * x - 4.775 * x ** 3 + 2.0315 * x ** 5
  return x
}

const matrix = (rows: readonly (readonly number[])[]): Tensor =>
  tensor(Float64Array.from(rows.flat()), [rows.length, rows[0]!.length], { dtype: 'float64' })

/** How far `steps` steps along the same gradient move zeros. */
async function moved(gradient: readonly (readonly number[])[], options: MuonOptions, steps = 1): Promise<number[]> {
  using w = matrix(gradient.map((row) => row.map(() => 0)))
  using g = matrix(gradient)
  using optimizer = new Muon([['w', w]], { decay: 0, ...options })
  for (let n = 0; n < steps; n++) optimizer.step(new Map([[w, g]]))
  return Array.from(await w.read())
}

function expectNear(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length)
  for (const [n, each] of got.entries()) expect(each).toBeCloseTo(expected[n]!, 12)
}

describe('a matrix', () => {
  it('moves by the polynomial of its singular values, over the norm of the whole, times rate · reach · √longest side', async () => {
    // [[3,0,0],[0,0,4]]: singular values 3 and 4, norm 5.
    const scale = -0.01 * 0.5 * Math.sqrt(3)
    const expected = [drawn(0.6), 0, 0, 0, 0, drawn(0.8)].map((each) => each * scale)
    const got = await moved(
      [
        [3, 0, 0],
        [0, 0, 4],
      ],
      { rate: 0.01, reach: 0.5 },
    )
    expectNear(got, expected)
  })

  it('that is taller than wide moves as its transpose does', async () => {
    const tall = [
      [1, 2],
      [3, 5],
      [-1, 4],
    ]
    const wide = [0, 1].map((c) => tall.map((row) => row[c]!))
    const [a, b] = [await moved(tall, { rate: 1 }), await moved(wide, { rate: 1 })]
    expectNear(
      a,
      [0, 1, 2].flatMap((r) => [0, 1].map((c) => b[c * 3 + r]!)),
    )
  })

  it('learns in rare directions at nearly the pace of frequent ones', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.02, max: 1, noNaN: true }),
        fc.double({ min: -3, max: 3, noNaN: true }),
        async (rare, angle) => {
          // Singular values 1 and `rare`, turned by an angle.
          const [c, s] = [Math.cos(angle), Math.sin(angle)]
          const got = await moved(
            [
              [c, -s * rare],
              [s, c * rare],
            ],
            { rate: 1, reach: 1 },
          )
          const lengths = [Math.hypot(got[0]!, got[2]!), Math.hypot(got[1]!, got[3]!)].map((each) => each / Math.SQRT2)
          for (const length of lengths) {
            expect(length).toBeGreaterThan(0.6)
            expect(length).toBeLessThan(1.25)
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('keeps its direction for a while: the steps look ahead along the momentum', async () => {
    const [first, second] = [
      [2, 0],
      [0, 1],
    ] as const
    using w = matrix([[0, 0]])
    using a = matrix([first])
    using b = matrix([second])
    using optimizer = new Muon([['w', w]], { rate: 1, reach: 1, decay: 0, momentum: 0.5 })
    optimizer.step(new Map([[w, a]]))
    optimizer.step(new Map([[w, b]]))
    // kept: [2,0], then [1,1]; ahead: [3,0], then [0,1] + ½·[1,1]. A single row has one singular value, its norm.
    const length = Math.hypot(0.5, 1.5)
    const one = drawn(1) * Math.SQRT2
    expectNear(Array.from(await w.read()), [-one - (one * 0.5) / length, (-one * 1.5) / length])
  })

  it('decays by rate · decay before the step, and a gradient of zeros moves nothing else', async () => {
    using w = matrix([
      [1, -2],
      [4, 8],
    ])
    using zeros = matrix([
      [0, 0],
      [0, 0],
    ])
    using optimizer = new Muon([['w', w]], { rate: 0.5, decay: 0.5 })
    optimizer.step(new Map([[w, zeros]]))
    expectNear(Array.from(await w.read()), [0.75, -1.5, 3, 6])
  })
})

describe('all else', () => {
  it('vectors, and matrices that are left out, get the bits of AdamW', async () => {
    const options = { rate: 0.01, decay: 0.1 }
    const ends = await Promise.all(
      [Muon, AdamW].map(async (Kind) => {
        using table = tensor(Float32Array.from([1, 2, 3, 4]), [2, 2])
        using bias = tensor(Float32Array.from([1, -1]), [2])
        using g = tensor(Float32Array.from([0.5, -0.25, 2, 1]), [2, 2])
        using h = tensor(Float32Array.from([0.1, 0.2]), [2])
        const named = [
          ['table', table],
          ['bias', bias],
        ] as const
        using optimizer = new Kind(named, { ...options, ...(Kind === Muon && { matrix: (name: string) => name !== 'table' }) })
        for (let n = 0; n < 3; n++)
          optimizer.step(
            new Map([
              [table, g],
              [bias, h],
            ]),
          )
        return [...(await table.read()), ...(await bias.read())]
      }),
    )
    expect(ends[0]).toEqual(ends[1])
  })
})

it('goes on with the same bits from its state', async () => {
  const g = tensor(Float32Array.from([1, 2, 3, 4, 5, 7]), [2, 3])
  const begin = (): Tensor => tensor(Float32Array.from([1, 0, 0, 1, 2, 3]), [2, 3])
  using whole = begin()
  using parted = begin()
  using one = new Muon([['w', whole]], { rate: 0.1 })
  using before = new Muon([['w', parted]], { rate: 0.1 })
  for (let n = 0; n < 4; n++) one.step(new Map([[whole, g]]))
  for (let n = 0; n < 2; n++) before.step(new Map([[parted, g]]))
  using after = new Muon([['w', parted]], { rate: 0.1 })
  after.restore(before.steps, before.state())
  for (let n = 0; n < 2; n++) after.step(new Map([[parted, g]]))
  expect(Array.from(await parted.read())).toEqual(Array.from(await whole.read()))
  g.dispose()
})

it('refuses a momentum or a reach that cannot be', () => {
  using w = tensor(new Float32Array(4), [2, 2])
  expect(() => new Muon([['w', w]], { rate: 0.1, momentum: 1 })).toThrow('Muon: momentum must be at least 0 and below 1, got 1')
  expect(() => new Muon([['w', w]], { rate: 0.1, reach: 0 })).toThrow('Muon: reach must be above 0, got 0')
})

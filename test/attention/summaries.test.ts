/** Summaries of a matrix that is never held, against the matrix. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import * as regard from '../../src/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { calls, inputsOf, type Spec } from './calls.ts'

beforeAll(startEngine)

const sizes = { lengths: fc.integer({ min: 1, max: 14 }), widths: fc.integer({ min: 1, max: 6 }), most: 2 }
const TOLERANCE = { atol: 1e-5, rtol: 1e-5 }

/** The whole matrix, one list of rows for each (b, head), for the chosen heads and rows. */
async function matrices(
  spec: Spec,
  q: regard.Tensor,
  k: regard.Tensor,
  options: regard.ScoreOptions,
  heads: number[],
  rows: readonly [number, number],
): Promise<number[][][]> {
  const all = [...(await regard.attentionWeights(q, k, options, { heads, rows }).read())]
  const height = rows[1] - rows[0]
  return Array.from({ length: spec.B * heads.length }, (_, n) =>
    Array.from({ length: height }, (_, i) => all.slice((n * height + i) * spec.S, (n * height + i + 1) * spec.S)),
  )
}

describe('summaries', () => {
  it('are those of the whole matrix', async () => {
    await fc.assert(
      fc.asyncProperty(calls(sizes), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 5 }), async (spec, a, b, n) => {
        const { q, k, options } = inputsOf(spec, 'float32')
        const { dropout: _, ...shaping } = options
        const heads = [a % spec.H, 0]
        const from = b % spec.L
        const rows = [from, spec.L] as const
        const chosen = { heads, rows }
        const whole = await matrices(spec, q, k, shaping, heads, rows)

        const entropy = await regard.rowEntropy(q, k, shaping, chosen)
        expect(entropy.shape).toEqual([spec.B, 2, spec.L - from])
        expectClose(
          entropy.data,
          whole.flatMap((m) => m.map((row) => -row.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0))),
          TOLERANCE,
          'entropy',
        )

        const sums = await regard.columnSums(q, k, shaping, chosen)
        expectClose(
          sums.data,
          whole.flatMap((m) => Array.from({ length: spec.S }, (_, j) => m.reduce((sum, row) => sum + row[j]!, 0))),
          TOLERANCE,
          'column sums',
        )

        const count = Math.min(n, spec.S)
        const top = await regard.topKeys(q, k, count, shaping, chosen)
        const ranked = whole.flatMap((m) =>
          m.map((row) =>
            row
              .map((p, j) => ({ p, j }))
              .sort((x, y) => y.p - x.p || x.j - y.j)
              .slice(0, count),
          ),
        )
        expectClose(
          top.weights,
          ranked.flatMap((row) => row.map(({ p }) => p)),
          TOLERANCE,
          'top weights',
        )
        expect([...top.keys]).toEqual(ranked.flatMap((row) => row.map(({ j }) => j)))

        const blocks = await regard.blockSummary(q, k, n, shaping, chosen)
        const cells = whole.flatMap((m) => tiles(m, n))
        expectClose(
          blocks.mean,
          cells.map((cell) => cell.reduce((x, y) => x + y, 0) / cell.length),
          TOLERANCE,
          'block means',
        )
        expectClose(
          blocks.max,
          cells.map((cell) => Math.max(...cell)),
          TOLERANCE,
          'block maxima',
        )
      }),
      { numRuns: 50 },
    )
  })

  it('even attention has entropy log n', async () => {
    const q = regard.full([1, 1, 4, 2], 0)
    const { data } = await regard.rowEntropy(q, q, { causal: true })
    expectClose(data, [0, Math.log(2), Math.log(3), Math.log(4)], { atol: 1e-6 })
  })

  it('a long text is summed up without its matrix', async () => {
    const { memory } = regard.full([1], 0)
    const n = 6000
    const q = regard.tensor(
      Float32Array.from({ length: n * 4 }, (_, at) => Math.sin(at)),
      [1, 1, n, 4],
    )
    const before = memory.live.bytes
    const allocate = vi.spyOn(memory, 'allocate')
    const sums = await regard.columnSums(q, q, { causal: true }, { rows: [0, 1000] })
    const largest = Math.max(...allocate.mock.calls.map(([bytes]) => bytes))
    allocate.mockRestore()
    expect(sums.data.reduce((a, b) => a + b, 0)).toBeCloseTo(1000, 1)
    expect(memory.live.bytes).toBe(before)
    expect(largest).toBeLessThan(n * 1000)
  })

  it('refuse what is out of range', async () => {
    const q = regard.full([1, 1, 2, 2], 0)
    await expect(regard.topKeys(q, q, 3)).rejects.toThrow('topKeys: count must be an integer from 0 to S=2, got 3')
    await expect(regard.blockSummary(q, q, 0)).rejects.toThrow('blockSummary: block must be an integer ≥ 1, got 0')
    await expect(regard.rowEntropy(q, q, {}, { rows: [0, 3] })).rejects.toThrow('rows must be [from, to]')
  })
})

/** The cells of each block, in order. */
function tiles(matrix: readonly number[][], n: number): number[][] {
  const made: number[][] = []
  for (let r = 0; r < matrix.length; r += n)
    for (let c = 0; c < matrix[0]!.length; c += n) made.push(matrix.slice(r, r + n).flatMap((row) => row.slice(c, c + n)))
  return made
}

describe('operations()', () => {
  it('lists every option with how it is carried out', () => {
    const { options, operations } = regard.operations()
    expect(options.map(({ option }) => option)).toEqual(expect.arrayContaining(['causal', 'mask', 'sinks', 'dropout', 'lengths']))
    for (const each of operations) expect([each.name.length > 0, each.reference]).toEqual([true, true])
  })

  it('says how a call would be carried out', () => {
    const { masks } = regard
    const said = (options: regard.AttentionOptions): string =>
      regard
        .routes(options)
        .map(({ option, by }) => `${option}: ${by}`)
        .join(', ')
    expect(said({})).toBe('')
    expect(said({ causal: true, softcap: 0, sinks: [1] })).toBe('causal: band, sinks: kernel')
    expect(said({ mask: [masks.causal(), masks.window(3, 0)] })).toBe('mask: band')
    expect(said({ mask: masks.dilated(2), score: (s) => s })).toBe('score: program, mask: program')
    expect(() => regard.routes({ casual: true } as never)).toThrow("there is no option 'casual'")
  })
})

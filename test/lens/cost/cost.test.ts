import { beforeAll, describe, expect, test } from 'vitest'
import { cost, patterns, powerLaw } from '../../../src/lens/index.ts'
import { startEngine } from '../../support/engine.ts'

beforeAll(startEngine)

describe('a power law', () => {
  test('of points on one is found: y = 3 · x²', () => {
    const fit = powerLaw([1, 2, 4, 8], [3, 12, 48, 192])!
    expect(fit.exponent).toBeCloseTo(2, 12)
    expect(fit.r2).toBeCloseTo(1, 12)
  })

  test('by hand: (1, 1), (e, e), (e², 1) lie around the exponent 0, which explains nothing', () => {
    // Logarithms (0, 0), (1, 1), (2, 0): Σ (u − 1)(v − 1/3) = 0.
    const fit = powerLaw([1, Math.E, Math.E ** 2], [1, Math.E, 1])!
    expect(fit.exponent).toBeCloseTo(0, 12)
    expect(fit.r2).toBeCloseTo(0, 12)
  })

  test('needs two different lengths and numbers above 0', () => {
    expect(powerLaw([4], [2])).toBeUndefined()
    expect(powerLaw([4, 4], [2, 3])).toBeUndefined()
    expect(powerLaw([1, 2], [0, 3])).toBeUndefined()
  })
})

describe('cost', () => {
  test('counts 4 · heads · links · width operations, and what q, k, v and the result take', async () => {
    const told: number[] = []
    const { series, recurrent, engine } = await cost({
      lengths: [32, 64, 128],
      heads: 2,
      headWidth: 8,
      laps: 1,
      patterns: [patterns.dense, patterns.window(1)],
      onProgress: (done, of) => told.push(done / of),
    })
    expect(`${engine}`).toMatch(/\w/)
    const [all, own] = series
    expect(all!.points.map(({ links }) => links)).toEqual([1024, 4096, 16384])
    expect(all!.points.map(({ flops }) => flops)).toEqual([4 * 2 * 1024 * 8, 4 * 2 * 4096 * 8, 4 * 2 * 16384 * 8])
    // Two heads of 32 tokens of 8 numbers of 4 bytes, four times over; the matrices would be two of 32 × 32.
    expect(all!.points[0]).toMatchObject({ bytes: 4 * 2 * 32 * 8 * 4, matrixBytes: 2 * 32 * 32 * 4 })
    expect(all!.flops!.exponent).toBeCloseTo(2, 9)
    expect(own!.flops!.exponent).toBeCloseTo(1, 9)
    for (const { points } of series) for (const { milliseconds } of points) expect(milliseconds).toBeGreaterThan(0)
    expect(recurrent[1]).toEqual({ n: 64, flops: 4 * 64 * 16 * 16, steps: 64 })
    expect(told.length).toBe(3 * 2 * 2)
    expect(told.at(-1)).toBe(1)
  })

  test('can be called off, and refuses what is no length', async () => {
    await expect(cost({ lengths: [16], signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    await expect(cost({ lengths: [] })).rejects.toThrow('cost: lengths must be integers ≥ 1, got []')
    await expect(cost({ laps: 0 })).rejects.toThrow('cost: laps must be an integer ≥ 1, got 0')
  })
})

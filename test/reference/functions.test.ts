import { describe, expect, it } from 'vitest'
import { gelu, geluTanh, normalCdf, sigmoid, silu } from '../../src/backend/reference/functions.ts'

const relative = (actual: number, expected: number) => Math.abs(actual - expected) / Math.abs(expected)

const CDF: readonly (readonly [x: number, cdf: number])[] = [
  [-20, 2.7536241186062337e-89],
  [-8, 6.220960574271784e-16],
  [-5, 2.866515718791939e-7],
  [-3.5, 0.00023262907903552504],
  [-3, 0.0013498980316300946],
  [-2, 0.02275013194817921],
  [-1, 0.15865525393145705],
  [-0.5, 0.3085375387259869],
  [0.5, 0.6914624612740131],
  [1, 0.8413447460685429],
  [2, 0.9772498680518208],
  [3, 0.9986501019683699],
  [5, 0.9999997133484281],
]

describe('normalCdf', () => {
  // By mpmath's ncdf with 40 digits, rounded to float64.
  it.each(CDF)('at %d is %d', (x, expected) => {
    expect(relative(normalCdf(x), expected)).toBeLessThan(x < -1.5 && x >= -3 ? 1e-13 : 1e-15)
  })

  it('is ½ at 0, and Φ(x) + Φ(−x) = 1', () => {
    expect(normalCdf(0)).toBe(0.5)
    for (const x of [0.1, 0.7, 1.3, 2.9, 3.1, 6]) expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 15)
  })

  it('reaches its limits', () => {
    expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1)
    expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0)
    expect(normalCdf(Number.NaN)).toBeNaN()
  })
})

describe('gelu, geluTanh and silu', () => {
  it.each([gelu, geluTanh, silu])('%o keeps far positive numbers and brings far negative ones to 0', (f) => {
    expect(f(50)).toBe(50)
    expect(Math.abs(f(-50))).toBeLessThan(1e-19)
    expect(f(0)).toBe(0)
    expect(f(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
    expect(Math.abs(f(Number.NEGATIVE_INFINITY))).toBe(0)
    expect(f(Number.NaN)).toBeNaN()
  })

  it('the tanh form stays within 5e-4 of the exact one', () => {
    for (let x = -6; x <= 6; x += 0.01) expect(Math.abs(gelu(x) - geluTanh(x))).toBeLessThan(5e-4)
  })
})

describe('sigmoid', () => {
  it('does not overflow on either side', () => {
    expect(sigmoid(0)).toBe(0.5)
    expect(sigmoid(-745)).toBeGreaterThan(0)
    expect(sigmoid(-1000)).toBe(0)
    expect(sigmoid(1000)).toBe(1)
  })
})

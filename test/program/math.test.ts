import { describe, expect, test } from 'vitest'
import { compileProgram, type Tier } from '../../src/backend/wasm/program/index.ts'
import { build } from '../../src/expression/index.ts'
import { Bench } from './harness.ts'

type Name = 'exp' | 'log' | 'tanh' | 'cos'

const PLACE = { rows: 96, cols: 128, b: 0, h: 0, i0: 0, j0: 0 }
const COUNT = PLACE.rows * PLACE.cols

/** `turns` tiles of numbers from low to high, in equal steps or in equal ratios. */
function* between(low: number, high: number, turns: number, ratios = false): Generator<Float32Array> {
  for (let turn = 0; turn < turns; turn++) {
    yield Float32Array.from({ length: COUNT }, (_, n) => {
      const part = (turn * COUNT + n + 0.5) / (turns * COUNT)
      return ratios ? low * (high / low) ** part : low + (high - low) * part
    })
  }
}

function functionBench(name: Name, tier: Tier): Bench {
  return new Bench(compileProgram({ score: build.unary(name, build.s), tableKinds: [], tableRanks: [] }, 'masked', tier))
}

/** The largest error over all tiles, measured by `measure(got, expected)`. */
function worst(
  bench: Bench,
  name: Name,
  tiles: Iterable<Float32Array>,
  measure: (error: number, expected: number) => number,
): number {
  let largest = 0
  for (const tile of tiles) {
    const got = bench.run(tile, PLACE)
    for (let n = 0; n < COUNT; n++) {
      const expected = Math[name](tile[n]!)
      const error = measure(Math.abs(got[n]! - expected), expected)
      if (!(error <= largest)) largest = error
    }
  }
  return largest
}

const relative = (error: number, expected: number): number => error / Math.max(Math.abs(expected), 2 ** -126)
const absolute = (error: number): number => error

function at(bench: Bench, ...x: number[]): number[] {
  const scores = new Float32Array(16)
  scores.set(x)
  return [...bench.run(scores, { ...PLACE, rows: 1, cols: 16 })].slice(0, x.length)
}

describe.each<Tier>(['plain', 'relaxed', 'wide'])('%s', (tier) => {
  test('exp is within 1.3e-7 of the result from e^−87 to e^88.7', () => {
    expect(worst(functionBench('exp', tier), 'exp', between(-87, 88.7, 12), relative)).toBeLessThan(1.3e-7)
  })

  test('exp goes down to the smallest float32, and to 0 and ∞ beyond the ends', () => {
    const bench = functionBench('exp', tier)
    expect(worst(bench, 'exp', between(-103, -87, 2), absolute)).toBeLessThanOrEqual(2 ** -149)
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
    expect(at(bench, nan, infinity, -infinity, 0, 89, 1000, -105, -1000)).toEqual([nan, infinity, 0, 1, infinity, infinity, 0, 0])
  })

  test('log is within 1.1e-7 of the result, near 1 too, and for the smallest numbers', () => {
    const bench = functionBench('log', tier)
    expect(worst(bench, 'log', between(1.2e-38, 3.4e38, 6, true), relative)).toBeLessThan(1.1e-7)
    expect(worst(bench, 'log', between(0.5, 2, 6), relative)).toBeLessThan(1.1e-7)
    expect(worst(bench, 'log', between(1e-44, 1.2e-38, 2, true), relative)).toBeLessThan(1.1e-7)
  })

  test('log is −∞ at 0, NaN below, ∞ at ∞', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
    expect(at(functionBench('log', tier), 0, -0, -1, -infinity, infinity, nan, 1)).toEqual([
      -infinity,
      -infinity,
      nan,
      nan,
      infinity,
      nan,
      0,
    ])
  })

  test('tanh is within 1.8e-7 of the result, near 0 too', () => {
    const bench = functionBench('tanh', tier)
    expect(worst(bench, 'tanh', between(-12, 12, 12), relative)).toBeLessThan(1.8e-7)
    expect(worst(bench, 'tanh', between(1e-37, 1, 6, true), relative)).toBeLessThan(1.8e-7)
  })

  test('tanh is exactly ±1 at ±∞ and never beyond, and 0 at 0', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
    expect(at(functionBench('tanh', tier), infinity, -infinity, 9.1, -1e30, nan).map((x) => x + 0)).toEqual([1, -1, 1, -1, nan])
    expect(at(functionBench('tanh', tier), 0, -0, 1e-40).map((x) => x + 0)).toEqual([0, 0, Math.fround(1e-40)])
    const tile = between(4, 12, 1).next().value as Float32Array
    expect(
      functionBench('tanh', tier)
        .run(tile, PLACE)
        .every((x) => x <= 1),
    ).toBe(true)
  })

  test('cos is within 1.3e-7 up to 1e5, and within 1.6e-7 of the result near its first zeros', () => {
    const bench = functionBench('cos', tier)
    expect(worst(bench, 'cos', between(-1e5, 1e5, 12), absolute)).toBeLessThan(1.3e-7)
    expect(worst(bench, 'cos', between(-8, 8, 4), relative)).toBeLessThan(1.6e-7)
  })

  test('cos stays within ±1 for the largest numbers, and is NaN at ±∞', () => {
    const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
    const bench = functionBench('cos', tier)
    expect(at(bench, infinity, -infinity, nan, 0)).toEqual([nan, nan, nan, 1])
    for (const tile of between(1e5, 3e38, 2, true)) {
      expect(bench.run(tile, PLACE).every((x) => Math.abs(x) <= 1 + 2 ** -23)).toBe(true)
    }
  })
})

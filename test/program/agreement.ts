/** The statements that hold for compiled programs in every tier and with every optimiser. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGradient, compileProgram, type Tier } from '../../src/backend/wasm/program/index.ts'
import { build, type Expr, print, substituteScore } from '../../src/expression/index.ts'
import { type Bounded, bounded } from './bounded.ts'
import { Bench, type Place, type TestTable } from './harness.ts'
import { program, type RandomProgram, scoresOf } from './random.ts'

const shapesOf = (tables: readonly TestTable[]) => ({
  tableKinds: tables.map(({ kind }) => kind),
  tableRanks: tables.map(({ shape }) => shape.length),
})

interface Count {
  compared: number
  unknown: number
}

/** Compares a tile with what `expected` says of each score. */
function compareTile(
  tile: Float32Array,
  place: Place,
  scores: Float32Array,
  expected: (at: Parameters<ReturnType<typeof bounded>>[0], n: number) => Bounded,
  count: Count,
): void {
  for (let n = 0; n < tile.length; n++) {
    const at = { s: scores[n]!, b: place.b, h: place.h, i: place.i0 + Math.floor(n / place.cols), j: place.j0 + (n % place.cols) }
    const { x, e } = expected(at, n)
    if (e === undefined) {
      count.unknown++
      continue
    }
    count.compared++
    const got = tile[n]!
    const same = got === x || (Number.isNaN(got) && Number.isNaN(x))
    if (!same && !(Math.abs(got - x) <= e)) {
      throw new Error(`at ${JSON.stringify(at)}: got ${got}, expected ${x} ± ${e}`)
    }
  }
}

const tell = (name: string, expr: Expr | undefined): string => (expr ? `${name} = ${print(expr)}` : '')

function describe({ capped, score, mask, tables, place }: RandomProgram): string {
  const shapes = tables.map(({ kind, shape, strides, offset }) => ({ kind, shape, strides, offset }))
  return [tell('capped', capped), tell('score', score), tell('mask', mask), JSON.stringify(shapes), JSON.stringify(place)].join(
    '\n',
  )
}

function check(random: RandomProgram, tier: Tier, count: Count): void {
  const { tables, place, mask, seed } = random
  const capped = random.capped ?? build.s
  const value = random.score ? substituteScore(random.score, capped) : capped
  const scores = scoresOf(place, seed)
  const evaluate = bounded(mask ? [value, mask] : [value], tables)
  const compiled = compileProgram({ ...random, ...shapesOf(tables) }, 'masked', tier)
  const tile = new Bench(compiled, tables).run(scores, place)
  compareTile(
    tile,
    place,
    scores,
    (at) => {
      const [x, allowed] = evaluate(at) as [Bounded, Bounded?]
      if (!allowed) return x
      if (allowed.e === undefined) return allowed
      return allowed.x ? x : { x: Number.NEGATIVE_INFINITY, e: 0 }
    },
    count,
  )
}

function checkGradient(random: RandomProgram, tier: Tier, count: Count): void {
  const { tables, place, mask, seed } = random
  const derivative = random.score ?? build.constant(1)
  const scores = scoresOf(place, seed)
  const gradient = scoresOf(place, seed + 1)
  const evaluate = bounded(mask ? [derivative, mask] : [derivative], tables)
  const compiled = compileGradient({ derivative, mask, ...shapesOf(tables) }, tier)
  const tile = new Bench(compiled, tables).runGradient(scores, gradient, place)
  compareTile(
    tile,
    place,
    scores,
    (at, n) => {
      const [slope, allowed] = evaluate(at) as [Bounded, Bounded?]
      if (allowed?.e === undefined && allowed) return allowed
      if (allowed && !allowed.x) return { x: 0, e: 0 }
      const x = gradient[n]! * slope.x
      if (slope.e === undefined || Math.abs(x) > 3e38) return { x, e: slope.e === 0 && !Number.isFinite(x) ? 0 : undefined }
      return { x, e: Math.abs(gradient[n]!) * slope.e * (1 + 1e-6) + Math.abs(x) * 1.2e-7 + 2 ** -149 }
    },
    count,
  )
}

export function agreement(tier: Tier, how: string, runs: number): void {
  test(`${how}: random programs give what float64 gives, within the rounding of their operations`, () => {
    const count = { compared: 0, unknown: 0 }
    fc.assert(
      fc.property(program, (random) => {
        try {
          check(random, tier, count)
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${describe(random)}`, { cause: error })
        }
      }),
      { numRuns: runs, seed: 20261 },
    )
    expect(count.unknown / (count.compared + count.unknown)).toBeLessThan(0.35)
  })

  test(`${how}: random gradients give what float64 gives, and 0 where the mask forbids`, () => {
    const count = { compared: 0, unknown: 0 }
    fc.assert(
      fc.property(program, (random) => {
        try {
          checkGradient(random, tier, count)
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${describe(random)}`, { cause: error })
        }
      }),
      { numRuns: Math.ceil(runs / 3), seed: 20262 },
    )
    expect(count.unknown / (count.compared + count.unknown)).toBeLessThan(0.35)
  })
}

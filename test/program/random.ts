/** Random programs, tables and tiles. */

import fc from 'fast-check'
import { BINARY, COMPARE, UNARY } from '../../src/expression/expr.ts'
import { build, type Expr } from '../../src/expression/index.ts'
import type { Place, TestTable } from './harness.ts'

/** Tables of every kind with 1 to 4 axes: permuted, padded, broadcast (stride 0), beginning somewhere inside their data; some empty. */
const table: fc.Arbitrary<TestTable> = fc
  .record({
    kind: fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
    axes: fc.array(
      fc.record({
        length: fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 1, max: 40 }) }, { weight: 1, arbitrary: fc.constant(0) }),
        order: fc.integer({ min: 0, max: 3 }),
        padding: fc.constantFrom(0, 0, 0, 1, 3),
        broadcast: fc.constantFrom(false, false, false, true),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    offset: fc.integer({ min: 0, max: 5 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ kind, axes, offset, seed }) => {
    const shape = axes.map(({ length }, axis) => (axes.length > 2 ? Math.min(length, axis === axes.length - 1 ? 40 : 5) : length))
    const strides = shape.map(() => 0)
    let size = 1
    const inward = axes.map((_, axis) => axis).sort((a, b) => axes[b]!.order - axes[a]!.order || b - a)
    for (const axis of inward) {
      if (axes[axis]!.broadcast) continue
      strides[axis] = size
      size *= Math.max(1, shape[axis]!) + axes[axis]!.padding
    }
    const entry = (n: number): number => {
      const x = Math.sin(n * 12.9898 + seed) * 43758.5453
      const fraction = x - Math.floor(x)
      if (kind === 'bool') return fraction < 0.5 ? 0 : 1
      return kind === 'int32' ? Math.floor(fraction * 60) - 20 : Math.fround(fraction * 8 - 4)
    }
    return { kind, shape, strides, offset, data: Array.from({ length: offset + size }, (_, n) => entry(n)) }
  })

const constantValue = fc.oneof(
  fc.integer({ min: -20, max: 70 }),
  fc.constantFrom(0.5, 0.25, -0.125, 1.5, 30, 1 / 3, 0, 1e-3),
  fc.double({ min: -8, max: 8, noNaN: true }),
)

/** A type, not an interface: fast-check types `tie` only for what is a Record. */
type Trees = {
  number: Expr
  truth: Expr
  index: Expr
}

function trees(tables: readonly TestTable[]): fc.LetrecValue<Trees> {
  const constant = constantValue.map(build.constant)
  const position = fc.constantFrom(build.b, build.h, build.i, build.j, build.i, build.j)
  const size = { depthSize: 'small' as const, withCrossShrink: true }
  return fc.letrec<Trees>((tie) => {
    const lookup = (boolean: boolean) =>
      tables.map((one, n) =>
        fc.tuple(...one.shape.map(() => tie('index'))).map((at) => build.lookup(n, at as Expr[], boolean || one.kind === 'bool')),
      )
    const numbers = tables.flatMap((one, n) => (one.kind === 'bool' ? [] : [lookup(false)[n]!]))
    const two = fc.tuple(tie('number'), tie('number'))
    return {
      number: fc.oneof(
        size,
        fc.constantFrom(build.s, build.s, build.i, build.j, build.h),
        constant,
        ...numbers,
        fc.tuple(fc.constantFrom(...UNARY), tie('number')).map(([op, a]) => build.unary(op, a)),
        fc.tuple(fc.constantFrom(...BINARY), two).map(([op, [a, b]]) => build.binary(op, a, b)),
        fc.tuple(fc.constantFrom(...BINARY), tie('number'), constant).map(([op, a, b]) => build.binary(op, a, b)),
        fc.tuple(tie('truth'), two).map(([c, [a, b]]) => build.select(c, a, b)),
      ),
      truth: fc.oneof(
        size,
        fc.boolean().map(build.truth),
        fc.tuple(fc.constantFrom(...COMPARE), position, position).map(([op, a, b]) => build.compare(op, a, b)),
        fc.tuple(fc.constantFrom(...COMPARE), position, constant).map(([op, a, b]) => build.compare(op, a, b)),
        ...lookup(true),
        fc.tuple(fc.constantFrom(...COMPARE), two).map(([op, [a, b]]) => build.compare(op, a, b)),
        fc.tuple(tie('truth'), tie('truth')).map(([a, b]) => build.both(a, b)),
        fc.tuple(tie('truth'), tie('truth')).map(([a, b]) => build.either(a, b)),
        tie('truth').map(build.negate),
        fc.tuple(tie('truth'), tie('truth'), tie('truth')).map(([c, a, b]) => build.select(c, a, b)),
      ),
      // indexes that move in every way: forwards, backwards, clamped, in steps, not at all
      index: fc.oneof(
        size,
        position,
        constant,
        fc.constant(build.sub(build.j, build.i)),
        fc.constant(build.sub(build.i, build.j)),
        fc
          .tuple(fc.constantFrom('add' as const, 'sub' as const), tie('index'), constant)
          .map(([op, a, b]) => build.binary(op, a, b)),
        fc
          .tuple(fc.constantFrom('add' as const, 'sub' as const), constant, tie('index'))
          .map(([op, a, b]) => build.binary(op, a, b)),
        fc
          .tuple(fc.constantFrom('min' as const, 'max' as const), tie('index'), constant)
          .map(([op, a, b]) => build.binary(op, a, b)),
        fc
          .tuple(fc.constantFrom('div' as const, 'mul' as const), tie('index'), fc.constantFrom(2, 4, 16, 64, 0.5, -0.25, -1))
          .map(([op, a, b]) => build.binary(op, a, build.constant(b))),
        fc
          .tuple(fc.constantFrom('floor' as const, 'neg' as const, 'abs' as const), tie('index'))
          .map(([op, a]) => build.unary(op, a)),
        tie('number'),
      ),
    }
  })
}

export interface RandomProgram {
  readonly tables: readonly TestTable[]
  readonly capped?: Expr | undefined
  readonly score?: Expr | undefined
  readonly mask?: Expr | undefined
  readonly place: Place
  readonly seed: number
}

const place: fc.Arbitrary<Place> = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  cols: fc.constantFrom(16, 32, 48, 128),
  b: fc.integer({ min: 0, max: 3 }),
  h: fc.integer({ min: 0, max: 12 }),
  i0: fc.integer({ min: -60, max: 200 }),
  j0: fc.integer({ min: 0, max: 100 }),
})

export const program: fc.Arbitrary<RandomProgram> = fc.array(table, { minLength: 1, maxLength: 3 }).chain((tables) => {
  const { number, truth } = trees(tables)
  return fc.record({
    tables: fc.constant(tables),
    capped: fc.option(number, { nil: undefined, freq: 2 }),
    score: fc.option(number, { nil: undefined, freq: 4 }),
    mask: fc.option(truth, { nil: undefined, freq: 4 }),
    place,
    seed: fc.integer({ min: 1, max: 1000 }),
  })
})

/** Scores of the usual size, with some that are not numbers, infinite or tiny. */
export function scoresOf({ rows, cols }: Place, seed: number): Float32Array {
  const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1e-40, 1e30]
  return Float32Array.from({ length: rows * cols }, (_, n) => {
    const x = Math.sin(n * 78.233 + seed) * 43758.5453
    const fraction = x - Math.floor(x)
    return fraction > 0.97 ? special[n % special.length]! : fraction * 20 - 10
  })
}

/** Random expressions, and an evaluator of its own for them: one node at a time, rounding as told. */

import fc from 'fast-check'
import type { Expr, TableData } from '../../src/expression/index.ts'

export const TABLES: readonly TableData[] = [
  { data: [3, -1, 0.5, 2], shape: [4], strides: [1], offset: 0 },
  { data: [1, 2, 3, 4, 5, 6], shape: [2, 3], strides: [3, 1], offset: 0 },
]

const WHOLE = fc.integer({ min: -9, max: 9 })
const NUMBER = fc.oneof({ weight: 3, arbitrary: WHOLE }, fc.constantFrom(0.1, 0.5, -2.5, 1e-3))

/** A type, not an interface: fast-check types `tie` only for what is a Record. */
type Tied = {
  readonly number: Expr
  readonly truth: Expr
}

/** Numbers of (b, h, i, j) and, if `score`, of s. */
export function expressions(score: boolean): { number: fc.Arbitrary<Expr>; truth: fc.Arbitrary<Expr> } {
  const { number, truth } = fc.letrec<Tied>((tie) => {
    const n = tie('number')
    const t = tie('truth')
    const names = (score ? ['s', 'b', 'h', 'i', 'j'] : ['b', 'h', 'i', 'j']) as ('s' | 'i')[]
    const leaf = fc.oneof(
      fc.constantFrom(...names).map((name): Expr => ({ op: 'var', name })),
      NUMBER.map((value): Expr => ({ op: 'const', value })),
    )
    return {
      number: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        leaf,
        fc.record({ op: fc.constantFrom('neg', 'abs', 'floor', 'exp', 'log', 'tanh', 'cos'), a: n }) as fc.Arbitrary<Expr>,
        fc.record({ op: fc.constantFrom('add', 'sub', 'mul', 'div', 'mod', 'min', 'max'), a: n, b: n }) as fc.Arbitrary<Expr>,
        fc.record({ op: fc.constant('select' as const), condition: t, a: n, b: n }),
        n.map((at): Expr => ({ op: 'table', table: 0, at: [at], boolean: false })),
        fc.tuple(n, n).map((at): Expr => ({ op: 'table', table: 1, at, boolean: false })),
      ),
      truth: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.record({ op: fc.constantFrom('eq', 'ne', 'lt', 'le', 'gt', 'ge'), a: n, b: n }) as fc.Arbitrary<Expr>,
        fc.boolean().map((value): Expr => ({ op: 'boolean', value })),
        fc.record({ op: fc.constantFrom('and', 'or'), a: t, b: t }) as fc.Arbitrary<Expr>,
        t.map((a): Expr => ({ op: 'not', a })),
        fc.record({ op: fc.constant('select' as const), condition: t, a: t, b: t }),
      ),
    }
  })
  return { number, truth }
}

export interface Point {
  readonly s: number
  readonly b: number
  readonly h: number
  readonly i: number
  readonly j: number
}

/** The value of a tree by recursion, each step rounded by `round`; truths are 1 and 0. */
export function walk(expr: Expr, at: Point, round: (x: number) => number = (x) => x): number {
  const go = (node: Expr): number => walk(node, at, round)
  switch (expr.op) {
    case 'const':
      return round(expr.value)
    case 'boolean':
      return Number(expr.value)
    case 'var':
      return at[expr.name]
    case 'table': {
      const { data, shape } = TABLES[expr.table]!
      const place = expr.at.map(go).reduce((sum, x, axis) => {
        const index = Number.isNaN(x) ? 0 : Math.max(0, Math.min(shape[axis]! - 1, Math.floor(x)))
        return sum * shape[axis]! + index
      }, 0)
      return data[place]!
    }
    case 'select':
      return go(expr.condition) ? go(expr.a) : go(expr.b)
    case 'not':
      return 1 - go(expr.a)
    case 'and':
      return go(expr.a) && go(expr.b)
    case 'or':
      return go(expr.a) || go(expr.b)
    default:
      return round(APPLY[expr.op]!(go(expr.a), 'b' in expr ? go(expr.b) : 0, round))
  }
}

const APPLY: Record<string, (a: number, b: number, round: (x: number) => number) => number> = {
  neg: (a) => -a,
  abs: (a) => (a < 0 ? -a : a),
  floor: (a) => Math.floor(a),
  exp: (a) => Math.exp(a),
  log: (a) => Math.log(a),
  tanh: (a) => Math.tanh(a),
  cos: (a) => Math.cos(a),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b, round) => a - round(b * Math.floor(round(a / b))),
  min: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : a < b ? a : b),
  max: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : a > b ? a : b),
  eq: (a, b) => (a === b ? 1 : 0),
  ne: (a, b) => (a === b ? 0 : 1),
  lt: (a, b) => (a < b ? 1 : 0),
  le: (a, b) => (a <= b ? 1 : 0),
  gt: (a, b) => (a > b ? 1 : 0),
  ge: (a, b) => (a >= b ? 1 : 0),
}

export const points: fc.Arbitrary<Point> = fc.record({
  s: fc.double({ min: -20, max: 20, noNaN: true }),
  b: fc.integer({ min: 0, max: 3 }),
  h: fc.integer({ min: 0, max: 7 }),
  i: fc.integer({ min: -5, max: 40 }),
  j: fc.integer({ min: 0, max: 40 }),
})

/** Equal as numbers; NaN equals NaN and 0 equals −0. */
export function sameNumber(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b))
}

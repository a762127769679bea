/**
 * Expressions evaluated in float64 with a bound on the error that float32 arithmetic may add: the oracle of compiled programs.
 *
 * Each operation carries the errors of its operands on and adds its own rounding (2^−24 relative; functions: FUNCTION_ERROR). Where an
 * error bound crosses a jump (floor, mod, a comparison, an index) nothing can be said: the result is unknown, and is not compared.
 */

import { type Expr, schedule, tableIndex } from '../../src/expression/index.ts'
import type { TestTable } from './harness.ts'

export interface Bounded {
  readonly x: number
  /** float32 arithmetic stays within x ± e; 0: it gives exactly x, which may be NaN or infinite; undefined: unknown. */
  readonly e: number | undefined
}

/** Relative to 1 or to the result: two units in the last place of float32, and a little. */
export const FUNCTION_ERROR = 3e-7
const LARGEST = 3.4e38
const SMALLEST = 2 ** -149

const unknown: Bounded = { x: Number.NaN, e: undefined }
const truth = (value: boolean): Bounded => ({ x: Number(value), e: 0 })

const rounding = (x: number): number => (Math.fround(x) === x || Number.isNaN(x) ? 0 : Math.abs(x) * 2 ** -24 + SMALLEST)

/** x with the error `carried` from the operands and `own` of the operation. */
function result(x: number, carried: number, own = rounding(x)): Bounded {
  if (Number.isNaN(carried) || carried === Number.POSITIVE_INFINITY) return unknown
  if (!Number.isFinite(x)) return carried === 0 ? { x, e: 0 } : unknown
  if (Math.abs(x) + carried > LARGEST) return unknown
  // an inexact sum is rounded too, though x itself may be a float32
  return { x, e: carried + (carried > 0 ? Math.max(own, Math.abs(x) * 2 ** -24 + SMALLEST) : own) }
}

const known = (args: readonly Bounded[]): args is readonly { x: number; e: number }[] => args.every((arg) => arg.e !== undefined)

export function bounded(
  exprs: readonly Expr[],
  tables: readonly TestTable[],
): (at: Readonly<Record<'s' | 'b' | 'h' | 'i' | 'j', number>>) => Bounded[] {
  const { steps, roots } = schedule(...exprs)
  return (at) => {
    const values: Bounded[] = []
    for (const { expr, args } of steps)
      values.push(
        step(
          expr,
          args.map((n) => values[n]!),
          at,
          tables,
        ),
      )
    return roots.map((n) => values[n]!)
  }
}

function step(expr: Expr, args: readonly Bounded[], at: Readonly<Record<string, number>>, tables: readonly TestTable[]): Bounded {
  switch (expr.op) {
    case 'const':
      return { x: expr.value, e: rounding(expr.value) }
    case 'boolean':
      return truth(expr.value)
    case 'var':
      return { x: at[expr.name]!, e: 0 }
    case 'table':
      return lookup(tables[expr.table]!, args, expr.boolean)
    case 'and':
      return args.some(({ x, e }) => e === 0 && x === 0) ? truth(false) : known(args) ? truth(true) : unknown
    case 'or':
      return args.some(({ x, e }) => e === 0 && x === 1) ? truth(true) : known(args) ? truth(false) : unknown
    case 'not':
      return args[0]!.e === undefined ? unknown : truth(args[0]!.x === 0)
    case 'select':
      return args[0]!.e === undefined ? unknown : args[0]!.x ? args[1]! : args[2]!
  }
  if (!known(args)) return unknown
  const [a, b = a] = args as [{ x: number; e: number }, { x: number; e: number }]
  if (expr.op in COMPARE) return compare(COMPARE[expr.op]!, a, b)
  return number(expr.op, a, b)
}

type Exact = { x: number; e: number }

const COMPARE: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
}

function compare(holds: (a: number, b: number) => boolean, a: Exact, b: Exact): Bounded {
  const apart = Math.abs(a.x - b.x) > (a.e + b.e) * 1.01
  return apart || a.e + b.e === 0 ? truth(holds(a.x, b.x)) : unknown
}

function number(op: Expr['op'], a: Exact, b: Exact): Bounded {
  switch (op) {
    case 'neg':
      return { x: -a.x, e: a.e }
    case 'abs':
      return { x: Math.abs(a.x), e: a.e }
    case 'floor':
      return Math.floor(a.x - a.e) === Math.floor(a.x + a.e) || a.e === 0 ? { x: Math.floor(a.x), e: 0 } : unknown
    case 'exp':
      if (a.x < -80 && a.x !== Number.NEGATIVE_INFINITY) return result(Math.exp(a.x), Math.exp(a.x) * Math.expm1(a.e) + 1e-35)
      return inexact(Math.exp(a.x), Math.exp(a.x) * Math.expm1(a.e), a)
    case 'log':
      if (a.e > 0 && a.x - a.e <= 0) return unknown
      return inexact(Math.log(a.x), a.e === 0 ? 0 : a.e / (a.x - a.e), a)
    case 'tanh':
      return inexact(Math.tanh(a.x), a.e, a)
    case 'cos':
      return Math.abs(a.x) > 1e5 && Number.isFinite(a.x) ? unknown : result(Math.cos(a.x), a.e, FUNCTION_ERROR)
    case 'add':
      return result(a.x + b.x, a.e + b.e)
    case 'sub':
      return result(a.x - b.x, a.e + b.e)
    case 'mul':
      return result(a.x * b.x, carriedByProduct(a, b))
    case 'div':
      return quotient(a, b)
    case 'mod':
      return remainder(a, b)
    case 'min':
      return { x: Math.min(a.x, b.x), e: Math.max(a.e, b.e) }
    case 'max':
      return { x: Math.max(a.x, b.x), e: Math.max(a.e, b.e) }
    default:
      throw new Error(`bounded: ${op} is not known`)
  }
}

function inexact(x: number, carried: number, a: Exact): Bounded {
  const exact = a.e === 0 && !Number.isFinite(x)
  return exact ? { x, e: 0 } : result(x, carried, FUNCTION_ERROR * Math.abs(x) + SMALLEST)
}

function carriedByProduct(a: Exact, b: Exact): number {
  if (a.e === 0 && b.e === 0) return 0
  return Math.abs(a.x) * b.e + Math.abs(b.x) * a.e + a.e * b.e
}

/** Twice the rounding: the quotient by a constant inside tanh is a product with the reciprocal. */
function quotient(a: Exact, b: Exact): Bounded {
  const x = a.x / b.x
  if (a.e === 0 && b.e === 0) return b.x === 0 ? unknown : result(x, 0, 2 * rounding(x))
  if (!(Math.abs(b.x) > b.e)) return unknown
  return result(x, (a.e + Math.abs(x) * b.e) / (Math.abs(b.x) - b.e), 2 * Math.abs(x) * 2 ** -24 + SMALLEST)
}

function remainder(a: Exact, b: Exact): Bounded {
  const q = quotient(a, b)
  if (q.e === undefined || b.x === 0) return unknown
  const whole = [a, b].every(({ x, e }) => e === 0 && Number.isInteger(x) && Math.abs(x) < 2 ** 22)
  if (!whole && Math.floor(q.x - q.e) !== Math.floor(q.x + q.e)) return unknown
  const times = Math.floor(q.x)
  const product = b.x * times
  return result(a.x - product, a.e + Math.abs(times) * b.e + rounding(product))
}

function lookup(table: TestTable, at: readonly Bounded[], wantsTruth: boolean): Bounded {
  if (table.shape.includes(0)) return { x: 0, e: 0 }
  if (!known(at)) return unknown
  let place = table.offset
  for (const [axis, { x, e }] of at.entries()) {
    const index = tableIndex(x - e, table.shape[axis]!)
    if (e > 0 && tableIndex(x + e, table.shape[axis]!) !== index) return unknown
    place += index * table.strides[axis]!
  }
  const value = table.data[place]!
  if (wantsTruth || table.kind === 'bool') return truth(value !== 0)
  return { x: value, e: rounding(value) }
}

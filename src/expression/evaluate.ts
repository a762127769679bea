/** The meaning of an expression, in float64. Booleans are 1 and 0. */

import type { Expr } from './expr.ts'
import { type Schedule, type Step, schedule } from './walk.ts'

/** The numbers of a table, strided. */
export interface TableData {
  readonly data: ArrayLike<number>
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

export type Compiled = (s: number, b: number, h: number, i: number, j: number) => number

/** Number operations of one or two operands; comparisons and logic give 1 or 0. */
export const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  neg: (a) => -a,
  abs: Math.abs,
  floor: Math.floor,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  cos: Math.cos,
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a - b * Math.floor(a / b),
  min: Math.min,
  max: Math.max,
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  not: (a) => 1 - a,
}

/** Which entry of an axis of length n an index x means: floored, clamped into the table; NaN reads entry 0. */
export function tableIndex(x: number, n: number): number {
  return x >= 0 ? Math.min(Math.floor(x), n - 1) : 0
}

const VARIABLES = ['s', 'b', 'h', 'i', 'j']

/** → a function of (s, b, h, i, j). Each distinct subexpression is computed once per call. */
export function compile(expr: Expr, tables: readonly TableData[] = []): Compiled {
  const { steps, roots }: Schedule = schedule(expr)
  const registers = new Float64Array(steps.length + VARIABLES.length)
  const place = steps.map((step, n) => (step.expr.op === 'var' ? VARIABLES.indexOf(step.expr.name) : n + VARIABLES.length))
  const program: (() => void)[] = []
  steps.forEach((step, n) => {
    const compiled = compileStep(step, place[n]!, place, registers, tables)
    if (compiled) program.push(compiled)
  })
  const result = place[roots[0]!]!
  return (s, b, h, i, j) => {
    registers[0] = s
    registers[1] = b
    registers[2] = h
    registers[3] = i
    registers[4] = j
    for (const step of program) step()
    return registers[result]!
  }
}

function compileStep(
  { expr, args }: Step,
  to: number,
  place: readonly number[],
  r: Float64Array,
  tables: readonly TableData[],
): (() => void) | undefined {
  const [x = 0, y = 0, z = 0] = args.map((arg) => place[arg]!)
  switch (expr.op) {
    case 'const':
    case 'boolean':
      r[to] = Number(expr.value)
      return undefined
    case 'var':
      return undefined
    case 'select':
      return () => {
        r[to] = r[x] ? r[y]! : r[z]!
      }
    case 'table':
      return compileLookup(
        tables[expr.table],
        args.map((arg) => place[arg]!),
        to,
        r,
      )
    default: {
      const apply = ARITHMETIC[expr.op]!
      return () => {
        r[to] = apply(r[x]!, r[y]!)
      }
    }
  }
}

function compileLookup(table: TableData | undefined, at: readonly number[], to: number, r: Float64Array): () => void {
  if (!table) throw new Error('evaluate: the expression looks up a table that was not given')
  const { data, shape, strides, offset } = table
  return () => {
    let place = offset
    for (let axis = 0; axis < at.length; axis++) place += strides[axis]! * tableIndex(r[at[axis]!]!, shape[axis]!)
    r[to] = data[place]!
  }
}

/** One value, for tests and pictures: `compile` is for loops. */
export function evaluate(
  expr: Expr,
  at: Partial<Record<'s' | 'b' | 'h' | 'i' | 'j', number>>,
  tables: readonly TableData[] = [],
): number {
  return compile(expr, tables)(at.s ?? 0, at.b ?? 0, at.h ?? 0, at.i ?? 0, at.j ?? 0)
}

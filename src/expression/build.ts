/** Short constructors for trees. Nothing is simplified here: what is written is what is built. */

import type { BinaryName, CompareName, Expr, UnaryName, Variable } from './expr.ts'

export const constant = (value: number): Expr => ({ op: 'const', value })
export const truth = (value: boolean): Expr => ({ op: 'boolean', value })
export const variable = (name: Variable): Expr => ({ op: 'var', name })
export const lookup = (table: number, at: readonly Expr[], boolean = false): Expr => ({ op: 'table', table, at, boolean })
export const unary = (op: UnaryName, a: Expr): Expr => ({ op, a })
export const binary = (op: BinaryName, a: Expr, b: Expr): Expr => ({ op, a, b })
export const compare = (op: CompareName, a: Expr, b: Expr): Expr => ({ op, a, b })
export const both = (a: Expr, b: Expr): Expr => ({ op: 'and', a, b })
export const either = (a: Expr, b: Expr): Expr => ({ op: 'or', a, b })
export const negate = (a: Expr): Expr => ({ op: 'not', a })
export const select = (condition: Expr, a: Expr, b: Expr): Expr => ({ op: 'select', condition, a, b })
export const add = (a: Expr, b: Expr): Expr => binary('add', a, b)
export const sub = (a: Expr, b: Expr): Expr => binary('sub', a, b)
export const mul = (a: Expr, b: Expr): Expr => binary('mul', a, b)
export const div = (a: Expr, b: Expr): Expr => binary('div', a, b)

export const s = variable('s')
export const b = variable('b')
export const h = variable('h')
export const i = variable('i')
export const j = variable('j')

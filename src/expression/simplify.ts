/**
 * Rules that make a tree smaller without changing its value, not even for NaN and ∞ (so x·0 stays, since ∞·0 is NaN).
 * A zero may lose its sign.
 */

import { constant, truth } from './build.ts'
import { ARITHMETIC } from './evaluate.ts'
import type { Expr } from './expr.ts'
import { children, isBoolean, rewrite, structuralKey } from './walk.ts'

export function simplify(expr: Expr): Expr {
  return rewrite(expr, (node) => fold(node) ?? identity(node) ?? node)
}

const isConstant = (expr: Expr): expr is Extract<Expr, { op: 'const' | 'boolean' }> => expr.op === 'const' || expr.op === 'boolean'

/** An operation on constants is a constant. */
function fold(expr: Expr): Expr | undefined {
  const kids = children(expr)
  const apply = ARITHMETIC[expr.op]
  if (!apply || kids.length === 0 || !kids.every(isConstant)) return undefined
  const [a, b] = kids.map((kid) => Number((kid as { value: number | boolean }).value))
  const value = apply(a!, b ?? 0)
  return isBoolean(expr) ? truth(value === 1) : constant(value)
}

function identity(expr: Expr): Expr | undefined {
  switch (expr.op) {
    case 'add':
      return is(expr.b, 0) ? expr.a : is(expr.a, 0) ? expr.b : undefined
    case 'sub':
      return is(expr.b, 0) ? expr.a : undefined
    case 'mul':
      return is(expr.b, 1) ? expr.a : is(expr.a, 1) ? expr.b : undefined
    case 'div':
      return is(expr.b, 1) ? expr.a : undefined
    case 'min':
    case 'max':
      return same(expr.a, expr.b) ? expr.a : undefined
    case 'neg':
      return expr.a.op === 'neg' ? expr.a.a : undefined
    case 'abs':
      return expr.a.op === 'abs' ? expr.a : undefined
    case 'floor':
      return isInteger(expr.a) ? expr.a : undefined
    case 'and':
    case 'or':
      return junction(expr)
    case 'not':
      return opposite(expr.a)
    case 'select':
      return choice(expr)
    default:
      return reflexive(expr)
  }
}

function junction(expr: Extract<Expr, { op: 'and' | 'or' }>): Expr | undefined {
  const neutral = expr.op === 'and'
  for (const [one, other] of [
    [expr.a, expr.b],
    [expr.b, expr.a],
  ] as const)
    if (one.op === 'boolean') return one.value === neutral ? other : one
  return same(expr.a, expr.b) ? expr.a : undefined
}

/** not(<) is not ≥, since both are false for NaN; only = and ≠ are each other's opposite. */
function opposite(a: Expr): Expr | undefined {
  if (a.op === 'not') return a.a
  if (a.op === 'eq') return { ...a, op: 'ne' }
  if (a.op === 'ne') return { ...a, op: 'eq' }
  return undefined
}

function choice({ condition, a, b }: Extract<Expr, { op: 'select' }>): Expr | undefined {
  if (condition.op === 'boolean') return condition.value ? a : b
  return same(a, b) ? a : undefined
}

/** x = x, x ≤ x, x < x and so on, for whole numbers (which are never NaN). */
function reflexive(expr: Expr): Expr | undefined {
  if (!isBoolean(expr) || !('b' in expr) || !isInteger(expr.a) || !same(expr.a, expr.b)) return undefined
  return truth(expr.op === 'eq' || expr.op === 'le' || expr.op === 'ge')
}

const is = (expr: Expr, value: number): boolean => expr.op === 'const' && expr.value === value

const same = (a: Expr, b: Expr): boolean => a === b || structuralKey(a) === structuralKey(b)

/** Is the value certainly a whole number (and so finite and not NaN)? */
function isInteger(expr: Expr): boolean {
  switch (expr.op) {
    case 'const':
      return Number.isInteger(expr.value)
    case 'var':
      return expr.name !== 's'
    case 'neg':
    case 'abs':
    case 'add':
    case 'sub':
    case 'mul':
    case 'min':
    case 'max':
      return children(expr).every(isInteger)
    default:
      return false
  }
}

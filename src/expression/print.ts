/** Prints an expression as the TypeScript that was traced: `i.sub(j).le(3).and(h.eq(0))`. */

import type { Expr } from './expr.ts'

/** `names` are what tables are called; by default t0, t1, … */
export function print(expr: Expr, names: readonly string[] = []): string {
  const show = (node: Expr): string => print(node, names)
  switch (expr.op) {
    case 'const':
      return number(expr.value)
    case 'boolean':
      return String(expr.value)
    case 'var':
      return expr.name
    case 'table':
      return `${names[expr.table] ?? `t${expr.table}`}.at(${expr.at.map(show).join(', ')})`
    case 'select':
      return `${receiver(expr.condition, show)}.where(${show(expr.a)}, ${show(expr.b)})`
    default:
      return `${receiver(expr.a, show)}.${expr.op}(${'b' in expr ? show(expr.b) : ''})`
  }
}

function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'Infinity'
  if (value === Number.NEGATIVE_INFINITY) return '-Infinity'
  return String(value)
}

function receiver(expr: Expr, show: (node: Expr) => string): string {
  const text = show(expr)
  return expr.op === 'const' || expr.op === 'boolean' ? `(${text})` : text
}

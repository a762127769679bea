/** Walking trees: children, the order of evaluation, rewriting. Shared subtrees are visited once. */

import type { Expr } from './expr.ts'

/** The subexpressions that `expr` reads, in order. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.op) {
    case 'const':
    case 'boolean':
    case 'var':
      return []
    case 'table':
      return expr.at
    case 'select':
      return [expr.condition, expr.a, expr.b]
    default:
      return 'b' in expr ? [expr.a, expr.b] : [expr.a]
  }
}

/** The same node over other children. */
export function withChildren(expr: Expr, kids: readonly Expr[]): Expr {
  switch (expr.op) {
    case 'const':
    case 'boolean':
    case 'var':
      return expr
    case 'table':
      return { ...expr, at: kids }
    case 'select':
      return { op: 'select', condition: kids[0]!, a: kids[1]!, b: kids[2]! }
    default:
      return ('b' in expr ? { ...expr, a: kids[0]!, b: kids[1]! } : { ...expr, a: kids[0]! }) as Expr
  }
}

/** Is the value of `expr` true or false, rather than a number? */
export function isBoolean(expr: Expr): boolean {
  switch (expr.op) {
    case 'boolean':
    case 'and':
    case 'or':
    case 'not':
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return true
    case 'table':
      return expr.boolean
    case 'select':
      return isBoolean(expr.a)
    default:
      return false
  }
}

/** Rebuilds `expr` from the leaves up; `change` is given each node with its children already rewritten. */
export function rewrite(expr: Expr, change: (node: Expr) => Expr, done: Map<Expr, Expr> = new Map()): Expr {
  const known = done.get(expr)
  if (known) return known
  const before = children(expr)
  const after = before.map((child) => rewrite(child, change, done))
  const same = after.every((child, n) => child === before[n])
  const result = change(same ? expr : withChildren(expr, after))
  done.set(expr, result)
  return result
}

/** `expr` with every `s` replaced, so that score functions follow one another. */
export function substituteScore(expr: Expr, score: Expr): Expr {
  return rewrite(expr, (node) => (node.op === 'var' && node.name === 's' ? score : node))
}

/** `expr` with table number n renamed to `rename(n)`. */
export function renameTables(expr: Expr, rename: (table: number) => number): Expr {
  return rewrite(expr, (node) => (node.op === 'table' ? { ...node, table: rename(node.table) } : node))
}

/** One step of straight-line evaluation: `expr` applied to the results of the steps numbered `args`. */
export interface Step {
  readonly expr: Expr
  readonly args: readonly number[]
  /** Equal for structurally equal subexpressions of one schedule. */
  readonly key: string
}

/** Straight-line order of evaluation: each distinct subexpression once, after those it reads. `roots` are step numbers. */
export interface Schedule {
  readonly steps: readonly Step[]
  readonly roots: readonly number[]
}

export function schedule(...exprs: readonly Expr[]): Schedule {
  const steps: Step[] = []
  const byIdentity = new Map<Expr, number>()
  const byKey = new Map<string, number>()
  const visit = (expr: Expr): number => {
    const known = byIdentity.get(expr)
    if (known !== undefined) return known
    const args = children(expr).map(visit)
    const key = nodeKey(expr, args)
    let number = byKey.get(key)
    if (number === undefined) {
      number = steps.length
      steps.push({ expr, args, key })
      byKey.set(key, number)
    }
    byIdentity.set(expr, number)
    return number
  }
  return { roots: exprs.map(visit), steps }
}

function nodeKey(expr: Expr, args: readonly number[]): string {
  switch (expr.op) {
    case 'const':
      return Object.is(expr.value, -0) ? '-0' : String(expr.value)
    case 'boolean':
      return String(expr.value)
    case 'var':
      return expr.name
    case 'table':
      return `${expr.boolean ? 'flag' : 'table'}${expr.table}[${args}]`
    default:
      return `${expr.op}(${args})`
  }
}

/** A text equal for structurally equal expressions and for no others: what compiled kernels are cached by. */
export function structuralKey(...exprs: readonly Expr[]): string {
  const { steps, roots } = schedule(...exprs)
  return `${steps.map((step) => step.key).join(';')}→${roots}`
}

/** Which variables `expr` reads, and which tables. */
export function reads(expr: Expr): { variables: Set<string>; tables: Set<number> } {
  const variables = new Set<string>()
  const tables = new Set<number>()
  for (const step of schedule(expr).steps) {
    if (step.expr.op === 'var') variables.add(step.expr.name)
    if (step.expr.op === 'table') tables.add(step.expr.table)
  }
  return { variables, tables }
}

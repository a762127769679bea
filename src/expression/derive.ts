/** Derivatives, as expressions again: what the backward pass multiplies dS by. */

import { add, compare, constant, div, mul, select, sub, unary } from './build.ts'
import type { Expr } from './expr.ts'
import { simplify } from './simplify.ts'
import { children, isBoolean, schedule, structuralKey } from './walk.ts'

/** The entry of table number `table` at `at` adds `slope` · dS to its gradient. */
export interface TableSlope {
  readonly table: number
  readonly at: readonly Expr[]
  readonly slope: Expr
}

export interface Derivatives {
  /** d expr / d s */
  readonly score: Expr
  /** One for each distinct lookup of a number that `expr` depends on (indices count as constants). */
  readonly tables: readonly TableSlope[]
}

/** Differentiates `expr`. ⌊x⌋ and comparisons have slope 0; |x|, min and max have at a tie the slope of one side. */
export function derive(expr: Expr): Derivatives {
  const lookups = schedule(expr).steps.flatMap(({ expr: node }) => (node.op === 'table' && !node.boolean ? [node] : []))
  const tables: TableSlope[] = []
  for (const node of lookups) {
    const key = structuralKey(node)
    const slope = along(expr, (leaf) => leaf.op === 'table' && structuralKey(leaf) === key)
    if (!isZero(slope)) tables.push({ table: node.table, at: node.at, slope })
  }
  return { score: along(expr, (leaf) => leaf.op === 'var' && leaf.name === 's'), tables }
}

const ZERO = constant(0)
const ONE = constant(1)
const isZero = (expr: Expr): boolean => expr.op === 'const' && expr.value === 0

/** d expr / d x, where `isX` recognises x. */
function along(expr: Expr, isX: (leaf: Expr) => boolean): Expr {
  const done = new Map<Expr, Expr>()
  const slope = (node: Expr): Expr => {
    const known = done.get(node)
    if (known) return known
    const made = isX(node) ? ONE : isBoolean(node) || node.op === 'table' ? ZERO : chain(node, slope)
    done.set(node, made)
    return made
  }
  return simplify(slope(expr))
}

/** The chain rule for one node; terms whose inner slope is 0 are left out. */
function chain(node: Expr, slope: (node: Expr) => Expr): Expr {
  if (node.op === 'select') return choose(node.condition, slope(node.a), slope(node.b))
  const kids = children(node)
  return kids.reduce<Expr>((sum, kid, n) => {
    const inner = slope(kid)
    if (isZero(inner)) return sum
    const outer = partial(node, n)
    if (isZero(outer)) return sum
    const term = outer === ONE ? inner : mul(inner, outer)
    return isZero(sum) ? term : add(sum, term)
  }, ZERO)
}

function choose(condition: Expr, a: Expr, b: Expr): Expr {
  return isZero(a) && isZero(b) ? ZERO : select(condition, a, b)
}

/** The partial derivative of a node by its n-th child. */
function partial(node: Expr, n: number): Expr {
  switch (node.op) {
    case 'neg':
      return constant(-1)
    case 'abs':
      return select(compare('lt', node.a, ZERO), constant(-1), ONE)
    case 'exp':
      return node
    case 'log':
      return div(ONE, node.a)
    case 'tanh':
      return sub(ONE, mul(node, node))
    case 'cos':
      return unary('neg', unary('cos', sub(node.a, constant(Math.PI / 2))))
    case 'add':
      return ONE
    case 'sub':
      return n === 0 ? ONE : constant(-1)
    case 'mul':
      return n === 0 ? node.b : node.a
    case 'div':
      return n === 0 ? div(ONE, node.b) : unary('neg', div(node, node.b))
    case 'mod':
      return n === 0 ? ONE : unary('neg', unary('floor', div(node.a, node.b)))
    case 'min':
      return select(compare('le', node.a, node.b), n === 0 ? ONE : ZERO, n === 0 ? ZERO : ONE)
    case 'max':
      return select(compare('ge', node.a, node.b), n === 0 ? ONE : ZERO, n === 0 ? ZERO : ONE)
    default:
      return ZERO
  }
}

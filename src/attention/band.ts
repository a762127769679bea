/** Finding the bounds that a mask puts on i − j and on j, so that kernels can skip what lies outside without looking at cells. */

import { build, type Expr } from '../expression/index.ts'

/** i − left ≤ j ≤ i + right, and j < keys. Infinity is open; left and right may be negative. */
export interface Band {
  readonly left: number
  readonly right: number
  readonly keys: number
}

export const OPEN: Band = { left: Number.POSITIVE_INFINITY, right: Number.POSITIVE_INFINITY, keys: Number.POSITIVE_INFINITY }

export function intersect(a: Band, b: Band): Band {
  return { left: Math.min(a.left, b.left), right: Math.min(a.right, b.right), keys: Math.min(a.keys, b.keys) }
}

/** Splits a condition into its band and what is left of it. */
export function bandOf(expr: Expr): { band: Band; rest: Expr | undefined } {
  if (expr.op === 'and') {
    const [a, b] = [bandOf(expr.a), bandOf(expr.b)]
    const rest = a.rest && b.rest ? build.both(a.rest, b.rest) : (a.rest ?? b.rest)
    return { band: intersect(a.band, b.band), rest }
  }
  if (expr.op === 'boolean' && expr.value) return { band: OPEN, rest: undefined }
  const band = boundBy(expr)
  return band ? { band, rest: undefined } : { band: OPEN, rest: expr }
}

/** The band that one comparison of linear terms in i and j means, if it means one. */
function boundBy(expr: Expr): Band | undefined {
  if (expr.op !== 'lt' && expr.op !== 'le' && expr.op !== 'gt' && expr.op !== 'ge') return distance(expr)
  const [a, b] = [linear(expr.a), linear(expr.b)]
  if (!a || !b) return distance(expr)
  const flip = expr.op === 'gt' || expr.op === 'ge'
  const [low, high] = flip ? [b, a] : [a, b]
  // low ≤ high, as  i·di + j·dj ≤ most
  const [di, dj] = [low.i - high.i, low.j - high.j]
  const most = high.one - low.one - (expr.op === 'lt' || expr.op === 'gt' ? 1 : 0)
  if (!Number.isInteger(most)) return undefined
  if (di === -1 && dj === 1) return { ...OPEN, right: most }
  if (di === 1 && dj === -1) return { ...OPEN, left: most }
  if (di === 0 && dj === 1 && most >= -1) return { ...OPEN, keys: most + 1 }
  return undefined
}

/** |i − j| ≤ n and |i − j| < n. */
function distance(expr: Expr): Band | undefined {
  if ((expr.op !== 'le' && expr.op !== 'lt') || expr.a.op !== 'abs' || expr.b.op !== 'const') return undefined
  const inner = linear(expr.a.a)
  const n = expr.op === 'lt' ? expr.b.value - 1 : expr.b.value
  if (!inner || inner.i + inner.j !== 0 || Math.abs(inner.i) !== 1 || !Number.isInteger(n) || !Number.isInteger(inner.one))
    return undefined
  const shift = inner.one * inner.i
  return { ...OPEN, left: n - shift, right: n + shift }
}

interface Linear {
  readonly i: number
  readonly j: number
  readonly one: number
}

/** The expression as i·(…) + j·(…) + one with whole coefficients, if it is one. */
function linear(expr: Expr): Linear | undefined {
  switch (expr.op) {
    case 'const':
      return Number.isSafeInteger(expr.value) ? { i: 0, j: 0, one: expr.value } : undefined
    case 'var':
      return expr.name === 'i' ? { i: 1, j: 0, one: 0 } : expr.name === 'j' ? { i: 0, j: 1, one: 0 } : undefined
    case 'neg':
      return combine({ i: 0, j: 0, one: 0 }, linear(expr.a), -1)
    case 'add':
      return combine(linear(expr.a), linear(expr.b), 1)
    case 'sub':
      return combine(linear(expr.a), linear(expr.b), -1)
    default:
      return undefined
  }
}

function combine(a: Linear | undefined, b: Linear | undefined, sign: 1 | -1): Linear | undefined {
  return a && b && { i: a.i + sign * b.i, j: a.j + sign * b.j, one: a.one + sign * b.one }
}

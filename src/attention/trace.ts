/** Runs a mask or score function once on traced values and keeps the expression. */

import { build, type Expr, simplify } from '../expression/index.ts'
import { findHidden } from './source.ts'
import { asTruth, asValue, type NumberLike, type Tables, Truth, type TruthLike, Value } from './traced.ts'

/** (batch entry, query head, query position, key position) → may the query see the key? */
export type MaskFunction = (b: Value, h: Value, i: Value, j: Value) => TruthLike
/** (score, batch entry, query head, query position, key position) → the new score. −∞ forbids the link. */
export type ScoreFunction = (s: Value, b: Value, h: Value, i: Value, j: Value) => NumberLike

/** An expression and the tables it looks up, by id. */
export interface Traceable {
  readonly expr: Expr
  readonly tables: Tables
}

const [S, B, H, I, J] = [build.s, build.b, build.h, build.i, build.j].map((expr) => new Value(expr)) as [
  Value,
  Value,
  Value,
  Value,
  Value,
]

export function traceMask(operation: string, mask: MaskFunction): Traceable {
  const result = run(operation, mask, () => mask(B, H, I, J))
  if (result instanceof Value || typeof result === 'number')
    throw wrongResult(operation, result, 'a condition, such as i.sub(j).le(3)')
  return simplified(asResult(operation, result, asTruth, 'a condition, such as i.sub(j).le(3)'))
}

export function traceScore(operation: string, score: ScoreFunction): Traceable {
  const result = run(operation, score, () => score(S, B, H, I, J))
  if (result instanceof Truth || typeof result === 'boolean')
    throw wrongResult(operation, result, 'a number, such as s.add(bias.at(h, i))')
  return simplified(asResult(operation, result, asValue, 'a number, such as s.add(bias.at(h, i))'))
}

const searched = new WeakMap<object, string | undefined>()

function run(operation: string, traced: unknown, call: () => unknown): unknown {
  if (typeof traced !== 'function')
    throw new TypeError(`${operation}: takes a function, got ${traced === null ? 'null' : typeof traced}`)
  if (!searched.has(traced)) searched.set(traced, findHidden(Function.prototype.toString.call(traced)))
  const hidden = searched.get(traced)
  if (hidden) throw new TypeError(`${operation}: ${hidden}`)
  try {
    return call()
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) error.message = `${operation}: ${error.message}`
    throw error
  }
}

function asResult(
  operation: string,
  result: unknown,
  convert: (method: string, x: unknown) => Traceable,
  wanted: string,
): Traceable {
  try {
    return convert('the result', result)
  } catch {
    throw wrongResult(operation, result, wanted)
  }
}

function wrongResult(operation: string, result: unknown, wanted: string): TypeError {
  const got =
    result === undefined ? 'undefined (is a `return` missing?)' : result instanceof Promise ? 'a Promise' : describe(result)
  return new TypeError(`${operation}: the function must return ${wanted}, got ${got}`)
}

function describe(result: unknown): string {
  if (result instanceof Value) return `the number ${result.toString()}`
  if (result instanceof Truth) return `the condition ${result.toString()}`
  return typeof result === 'object' ? 'an object' : typeof result === 'function' ? 'a function' : String(result)
}

function simplified({ expr, tables }: Traceable): Traceable {
  return { expr: simplify(expr), tables }
}

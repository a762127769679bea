/**
 * Traced values: what a mask or score function is called with. Each method call records one node of an expression.
 * Plain numbers (and booleans, where truth is meant) are accepted as arguments. There is no loop and no `if`: a choice is
 * `condition.where(a, b)`.
 */

import { type BinaryName, build, type CompareName, type Expr, print } from '../expression/index.ts'
import type { Table } from './table.ts'

/** Tables that an expression looks up. Until a program is assembled, a lookup carries the table's own id. */
export type Tables = ReadonlySet<Table>

const NONE: Tables = new Set()

export type NumberLike = Value | number
export type TruthLike = Truth | boolean

abstract class Traced {
  readonly expr: Expr
  readonly tables: Tables

  constructor(expr: Expr, tables: Tables = NONE) {
    this.expr = expr
    this.tables = tables
  }

  /** JavaScript calls this for + − * / % < <= > >= and for ${…}: there the value has to be a method call instead. */
  [Symbol.toPrimitive](): never {
    throw new TypeError(
      `an operator was used on the traced value ${this.toString()}. JavaScript cannot overload operators, so write the method: ` +
        'i.add(1) for i + 1, i.sub(j) for i - j, i.mul(2), i.div(2), i.mod(2), i.neg() for -i, i.lt(j) for i < j, i.le(j) for i <= j, i.gt(j), i.ge(j)',
    )
  }

  toString(): string {
    return print(this.expr)
  }
}

/** A traced number. */
export class Value extends Traced {
  add(other: NumberLike): Value {
    return this.#binary('add', other)
  }

  sub(other: NumberLike): Value {
    return this.#binary('sub', other)
  }

  mul(other: NumberLike): Value {
    return this.#binary('mul', other)
  }

  /** True division: i.div(4).floor() is the whole part. */
  div(other: NumberLike): Value {
    return this.#binary('div', other)
  }

  /** a − b·⌊a/b⌋: never negative for b > 0. */
  mod(other: NumberLike): Value {
    return this.#binary('mod', other)
  }

  min(other: NumberLike): Value {
    return this.#binary('min', other)
  }

  max(other: NumberLike): Value {
    return this.#binary('max', other)
  }

  eq(other: NumberLike): Truth {
    return this.#compare('eq', other)
  }

  ne(other: NumberLike): Truth {
    return this.#compare('ne', other)
  }

  lt(other: NumberLike): Truth {
    return this.#compare('lt', other)
  }

  le(other: NumberLike): Truth {
    return this.#compare('le', other)
  }

  gt(other: NumberLike): Truth {
    return this.#compare('gt', other)
  }

  ge(other: NumberLike): Truth {
    return this.#compare('ge', other)
  }

  neg(): Value {
    return new Value(build.unary('neg', this.expr), this.tables)
  }

  abs(): Value {
    return new Value(build.unary('abs', this.expr), this.tables)
  }

  floor(): Value {
    return new Value(build.unary('floor', this.expr), this.tables)
  }

  exp(): Value {
    return new Value(build.unary('exp', this.expr), this.tables)
  }

  /** Natural. */
  log(): Value {
    return new Value(build.unary('log', this.expr), this.tables)
  }

  tanh(): Value {
    return new Value(build.unary('tanh', this.expr), this.tables)
  }

  cos(): Value {
    return new Value(build.unary('cos', this.expr), this.tables)
  }

  #binary(op: BinaryName, other: NumberLike): Value {
    const right = asValue(op, other)
    return new Value(build.binary(op, this.expr, right.expr), united(this.tables, right.tables))
  }

  #compare(op: CompareName, other: NumberLike): Truth {
    const right = asValue(op, other)
    return new Truth(build.compare(op, this.expr, right.expr), united(this.tables, right.tables))
  }
}

/** A traced condition. */
export class Truth extends Traced {
  and(other: TruthLike): Truth {
    return this.#join('and', other)
  }

  or(other: TruthLike): Truth {
    return this.#join('or', other)
  }

  not(): Truth {
    return new Truth(build.negate(this.expr), this.tables)
  }

  /** a where this holds, b elsewhere. */
  where(a: NumberLike, b: NumberLike): Value
  where(a: TruthLike, b: TruthLike): Truth
  where(a: NumberLike | TruthLike, b: NumberLike | TruthLike): Value | Truth {
    const truth = isTruth(a)
    const [yes, no] = truth ? [asTruth('where', a), asTruth('where', b)] : [asValue('where', a), asValue('where', b)]
    const expr = build.select(this.expr, yes.expr, no.expr)
    const tables = united(this.tables, united(yes.tables, no.tables))
    return truth ? new Truth(expr, tables) : new Value(expr, tables)
  }

  #join(op: 'and' | 'or', other: TruthLike): Truth {
    const right = asTruth(op, other)
    return new Truth({ op, a: this.expr, b: right.expr }, united(this.tables, right.tables))
  }
}

const isTruth = (x: unknown): x is TruthLike => typeof x === 'boolean' || x instanceof Truth

/** A number as a traced value; anything else is refused, naming the method that was given it. */
export function asValue(method: string, x: unknown): Value {
  if (x instanceof Value) return x
  if (typeof x === 'number') return new Value(build.constant(x))
  const hint = isTruth(x) ? '; turn a condition into a number with condition.where(1, 0)' : ''
  throw new TypeError(`${method}: takes a number or a traced number, got ${describe(x)}${hint}`)
}

export function asTruth(method: string, x: unknown): Truth {
  if (x instanceof Truth) return x
  if (typeof x === 'boolean') return new Truth(build.truth(x))
  const hint = x instanceof Value || typeof x === 'number' ? '; compare a number to get a condition, as in i.gt(0)' : ''
  throw new TypeError(`${method}: takes a boolean or a traced condition, got ${describe(x)}${hint}`)
}

function describe(x: unknown): string {
  if (x instanceof Traced) return x.toString()
  if (typeof x === 'function') return 'a function'
  return x === null || typeof x !== 'object' ? (JSON.stringify(x) ?? String(x)) : (x.constructor?.name ?? 'an object')
}

function united(a: Tables, b: Tables): Tables {
  if (b.size === 0 || a === b) return a
  return a.size === 0 ? b : new Set([...a, ...b])
}

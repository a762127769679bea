/**
 * What an expression can be over a whole tile of positions, without visiting its cells: interval arithmetic. For a mask it
 * answers "empty, full or partial?", which is how tiles are skipped.
 *
 * Bounds are safe for float64 and for float32 lanes: a result that need not be a whole number is widened outward by a few
 * units of float32's last place. They need not be tight; a loose bound costs speed, never correctness.
 */

import { type TableData, tableIndex } from './evaluate.ts'
import type { Expr } from './expr.ts'
import { type Step, schedule } from './walk.ts'

/** All values lie in [lo, hi], or are NaN where `nan` is set. Booleans are 0 and 1. */
export interface Interval {
  readonly lo: number
  readonly hi: number
  readonly nan: boolean
}

/** Positions of a tile, first and last both included. */
export interface Tile {
  readonly b: number
  readonly h: number
  readonly i: readonly [number, number]
  readonly j: readonly [number, number]
}

/** The least and greatest entry of a table whose index on each axis lies in [low, high] (already floored and clamped). */
export type TableRange = (table: number, low: readonly number[], high: readonly number[]) => Interval | undefined

/** The length of each axis of a table, to clamp indices by. */
export type TableShape = (table: number) => readonly number[]

export interface TableBounds {
  readonly range: TableRange
  readonly shape: TableShape
}

export type Coverage = 'empty' | 'full' | 'partial'

const ANY: Interval = { lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY, nan: true }
const EITHER: Interval = { lo: 0, hi: 1, nan: false }
const YES: Interval = { lo: 1, hi: 1, nan: false }
const NO: Interval = { lo: 0, hi: 0, nan: false }

/** → a function that bounds `expr` over a tile. Without `tables`, an entry of a table can be anything. */
export function bounder(expr: Expr, tables?: TableBounds): (tile: Tile) => Interval {
  const { steps, roots } = schedule(expr)
  const values = new Array<Interval>(steps.length)
  return (tile) => {
    steps.forEach((step, n) => {
      values[n] = boundStep(
        step,
        step.args.map((arg) => values[arg]!),
        tile,
        tables,
      )
    })
    return values[roots[0]!]!
  }
}

/** → a function that says whether a mask allows none, all or some of a tile. */
export function classifier(mask: Expr, tables?: TableBounds): (tile: Tile) => Coverage {
  const bound = bounder(mask, tables)
  return (tile) => {
    const { lo, hi } = bound(tile)
    return hi === 0 ? 'empty' : lo === 1 ? 'full' : 'partial'
  }
}

function boundStep({ expr }: Step, args: readonly Interval[], tile: Tile, tables: TableBounds | undefined): Interval {
  const [x = ANY, y = ANY, z = ANY] = args
  switch (expr.op) {
    case 'const':
      return constantInterval(expr.value)
    case 'boolean':
      return expr.value ? YES : NO
    case 'var':
      return variableInterval(expr.name, tile)
    case 'table':
      return lookupInterval(expr, args, tables)
    case 'select':
      return x.lo === 1 ? y : x.hi === 0 ? z : hull(y, z)
    case 'and':
      return { lo: Math.min(x.lo, y.lo), hi: Math.min(x.hi, y.hi), nan: false }
    case 'or':
      return { lo: Math.max(x.lo, y.lo), hi: Math.max(x.hi, y.hi), nan: false }
    case 'not':
      return { lo: 1 - x.hi, hi: 1 - x.lo, nan: false }
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      return comparison(expr.op, x, y)
    case 'neg':
      return { lo: -x.hi, hi: -x.lo, nan: x.nan }
    case 'abs':
      return { lo: x.lo > 0 ? x.lo : x.hi < 0 ? -x.hi : 0, hi: Math.max(-x.lo, x.hi), nan: x.nan }
    case 'floor':
      return { lo: Math.floor(x.lo), hi: Math.floor(x.hi), nan: x.nan }
    case 'exp':
      return widened(Math.exp(x.lo), Math.exp(x.hi), x.nan)
    case 'tanh':
      return widened(Math.tanh(x.lo), Math.tanh(x.hi), x.nan)
    case 'log':
      return widened(Math.log(Math.max(x.lo, 0)), x.hi < 0 ? 0 : Math.log(x.hi), x.nan || x.lo < 0)
    case 'cos':
      return { lo: -1.0001, hi: 1.0001, nan: x.nan || infinite(x) }
    case 'add':
      return widened(x.lo + y.lo, x.hi + y.hi, x.nan || y.nan || (infinite(x) && infinite(y)))
    case 'sub':
      return widened(x.lo - y.hi, x.hi - y.lo, x.nan || y.nan || (infinite(x) && infinite(y)))
    case 'mul':
      return corners(x, y, (a, b) => a * b, x.nan || y.nan || (infinite(x) && hasZero(y)) || (infinite(y) && hasZero(x)))
    case 'div':
      return quotient(x, y)
    case 'mod':
      return remainder(x, y, isWhole(expr))
    case 'min':
      return { lo: Math.min(x.lo, y.lo), hi: Math.min(x.hi, y.hi), nan: x.nan || y.nan }
    case 'max':
      return { lo: Math.max(x.lo, y.lo), hi: Math.max(x.hi, y.hi), nan: x.nan || y.nan }
  }
}

const infinite = (x: Interval): boolean => x.lo === Number.NEGATIVE_INFINITY || x.hi === Number.POSITIVE_INFINITY
const hasZero = (x: Interval): boolean => x.lo <= 0 && x.hi >= 0
const hull = (x: Interval, y: Interval): Interval => ({ lo: Math.min(x.lo, y.lo), hi: Math.max(x.hi, y.hi), nan: x.nan || y.nan })

/** Four units of float32's last place, relative; beyond float32's range, anything. */
const SLACK = 2 ** -21
const FLOAT32_MAX = 3.4e38

/** The interval, widened where its ends need not be exact in float32. NaN ends (∞ − ∞) open it. */
function widened(lo: number, hi: number, nan: boolean): Interval {
  return { lo: exact(lo) ? lo : down(lo), hi: exact(hi) ? hi : -down(-hi), nan }
}

const exact = (x: number): boolean => Number.isInteger(x) && Math.abs(x) <= 2 ** 24

function down(x: number): number {
  if (Number.isNaN(x) || x < -FLOAT32_MAX) return Number.NEGATIVE_INFINITY
  if (x > FLOAT32_MAX) return FLOAT32_MAX
  return x - Math.abs(x) * SLACK - 2 ** -126
}

function constantInterval(value: number): Interval {
  if (Number.isNaN(value)) return ANY
  if (Math.fround(value) === value) return { lo: value, hi: value, nan: false }
  return widened(value, value, false)
}

function variableInterval(name: 's' | 'b' | 'h' | 'i' | 'j', tile: Tile): Interval {
  switch (name) {
    case 's':
      return ANY
    case 'b':
    case 'h':
      return { lo: tile[name], hi: tile[name], nan: false }
    default:
      return { lo: tile[name][0], hi: tile[name][1], nan: false }
  }
}

function lookupInterval(expr: Extract<Expr, { op: 'table' }>, at: readonly Interval[], tables: TableBounds | undefined): Interval {
  const unknown = expr.boolean ? EITHER : ANY
  if (!tables) return unknown
  const shape = tables.shape(expr.table)
  const low = at.map((index, axis) => (index.nan ? 0 : tableIndex(index.lo, shape[axis]!)))
  const high = at.map((index, axis) => tableIndex(index.hi, shape[axis]!))
  return tables.range(expr.table, low, high) ?? unknown
}

function comparison(op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge', x: Interval, y: Interval): Interval {
  if (op === 'gt') return comparison('lt', y, x)
  if (op === 'ge') return comparison('le', y, x)
  const ordered = !x.nan && !y.nan
  const [never, always] =
    op === 'lt'
      ? [x.lo >= y.hi, x.hi < y.lo]
      : op === 'le'
        ? [x.lo > y.hi, x.hi <= y.lo]
        : [x.hi < y.lo || x.lo > y.hi, x.lo === x.hi && y.lo === y.hi && x.lo === y.lo]
  const answer = never ? NO : always && ordered ? YES : EITHER
  return op === 'ne' ? { lo: 1 - answer.hi, hi: 1 - answer.lo, nan: false } : answer
}

/** The extremes of an operation that is monotone in each operand. A corner that is NaN opens the interval. */
function corners(x: Interval, y: Interval, apply: (a: number, b: number) => number, nan: boolean): Interval {
  const values = [apply(x.lo, y.lo), apply(x.lo, y.hi), apply(x.hi, y.lo), apply(x.hi, y.hi)]
  if (values.some(Number.isNaN)) return { ...ANY, nan }
  return widened(Math.min(...values), Math.max(...values), nan)
}

function quotient(x: Interval, y: Interval): Interval {
  if (hasZero(y)) return ANY
  return corners(x, y, (a, b) => a / b, x.nan || y.nan || (infinite(x) && infinite(y)))
}

/**
 * a − b·⌊a/b⌋ for one positive b: a shifted copy of [a] where ⌊a/b⌋ is the same throughout, else [0, b]. What float32 rounds away is as
 * large as a's last place, unless both are whole and small enough to be exact.
 */
function remainder(x: Interval, y: Interval, whole: boolean): Interval {
  if (y.lo !== y.hi || !(y.lo > 0) || infinite(x) || y.nan) return ANY
  const most = Math.max(Math.abs(x.lo), Math.abs(x.hi), y.lo)
  const slack = whole && most <= 2 ** 24 ? 0 : most * SLACK
  const turns = quotient(x, y)
  const first = Math.floor(turns.lo)
  const [lo, hi] = first === Math.floor(turns.hi) ? [x.lo - first * y.lo, x.hi - first * y.lo] : [0, y.lo]
  return widened(lo - slack, hi + slack, x.nan)
}

/** Is the value certainly a whole number, if it is a number at all? */
function isWhole(expr: Expr): boolean {
  switch (expr.op) {
    case 'const':
      return Number.isInteger(expr.value)
    case 'var':
      return expr.name !== 's'
    case 'floor':
      return true
    case 'select':
      return isWhole(expr.a) && isWhole(expr.b)
    case 'neg':
    case 'abs':
      return isWhole(expr.a)
    case 'add':
    case 'sub':
    case 'mul':
    case 'mod':
    case 'min':
    case 'max':
      return isWhole(expr.a) && isWhole(expr.b)
    default:
      return false
  }
}

/** Bounds of tables whose numbers are at hand: the least and greatest entry, found by looking at each. */
export function tableBounds(tables: readonly TableData[]): TableBounds {
  return { shape: (table) => tables[table]!.shape, range: (table, low, high) => rangeOf(tables[table]!, low, high) }
}

function rangeOf({ data, strides, offset }: TableData, low: readonly number[], high: readonly number[]): Interval {
  let [lo, hi, nan] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false]
  const visit = (axis: number, at: number): void => {
    if (axis < low.length) {
      for (let n = low[axis]!; n <= high[axis]!; n++) visit(axis + 1, at + n * strides[axis]!)
      return
    }
    const x = data[at]!
    if (Number.isNaN(x)) nan = true
    if (x < lo) lo = x
    if (x > hi) hi = x
  }
  visit(0, offset)
  return lo > hi ? ANY : widened(lo, hi, nan)
}

/**
 * Programs as graphs of typed nodes: every distinct value once, each knowing how often it changes. A value that does not change along
 * a row need not be computed at every score; `level` says where it belongs.
 */

import { type Level, level } from './level.ts'

/** number: float32; integer: int32; truth: a mask of lanes, or 0 and 1. */
export type Kind = 'number' | 'integer' | 'truth'

export type TableKind = 'float32' | 'int32' | 'bool'

/** How a lookup finds its sixteen neighbours in a table; see lookup.ts. */
export type Access =
  | { readonly way: 'shifted'; readonly reversed: boolean }
  | { readonly way: 'monotone'; readonly reversed: boolean; readonly unit: boolean }
  | { readonly way: 'scattered' }

export interface Node {
  readonly id: number
  readonly op: string
  readonly kind: Kind
  readonly args: readonly Node[]
  readonly level: Level
  /** A bound on the absolute value; then it is not NaN either. Infinity: none is known. */
  readonly magnitude: number
  /** Of a constant; a number or 0 and 1. */
  readonly value: number
  /** Of a node that reads a table or its shape. */
  readonly table: number
  readonly axis: number
  readonly access: Access | undefined
}

type Extra = Partial<Pick<Node, 'magnitude' | 'value' | 'table' | 'axis' | 'access' | 'level'>>

/** Positions are exact up to here, and so are sums of them. */
export const POSITION_LIMIT = 2 ** 24

export class Graph {
  private readonly known = new Map<string, Node>()

  /** The node of this operation on these operands, made where it is new. Its level is that of its operands, or higher. */
  node(op: string, kind: Kind, args: readonly Node[] = [], extra: Extra = {}): Node {
    const { value = 0, table = -1, axis = -1, access, magnitude = Number.POSITIVE_INFINITY } = extra
    const key = [
      op,
      kind,
      args.map((arg) => arg.id),
      Object.is(value, -0) ? '-0' : value,
      table,
      axis,
      access && Object.values(access),
    ].join('|')
    const found = this.known.get(key)
    if (found) return found
    const at = level.join(extra.level ?? level.tile, ...args.map((arg) => arg.level))
    const node: Node = { id: this.known.size, op, kind, args, level: at, magnitude, value, table, axis, access }
    this.known.set(key, node)
    return node
  }

  constant(kind: Kind, value: number): Node {
    return this.node('constant', kind, [], { value, magnitude: Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value) })
  }

  variable(name: 'b' | 'h' | 'i' | 'j'): Node {
    const at = name === 'i' ? level.row : name === 'j' ? level.column : level.tile
    return this.node(name, 'integer', [], { level: at, magnitude: POSITION_LIMIT })
  }

  /** Integer arithmetic of values that change with the row at most: indexes and addresses. */
  integer(op: 'add' | 'sub' | 'mul' | 'min' | 'max', a: Node, b: Node): Node {
    if (op === 'add' && a.op === 'constant' && a.value === 0) return b
    if ((op === 'add' || op === 'sub') && b.op === 'constant' && b.value === 0) return a
    return this.node(op, 'integer', [a, b], { magnitude: magnitudeOf(op, [a, b]) })
  }
}

/** A bound on |result| given bounds on the operands. */
export function magnitudeOf(op: string, args: readonly Node[]): number {
  const [a = 0, b = 0, c = 0] = args.map((arg) => arg.magnitude)
  const divisor = args[1]?.op === 'constant' && Number.isFinite(args[1].value) ? Math.abs(args[1].value) : 0
  switch (op) {
    case 'neg':
    case 'abs':
    case 'convert':
      return a
    case 'floor':
      return a + 1
    case 'tanh':
    case 'cos':
      return a < Number.POSITIVE_INFINITY ? 1 : a
    case 'add':
    case 'sub':
      return a + b
    case 'mul':
      return Math.max(a, b) === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : a * b
    case 'div':
      return divisor > 0 ? a / divisor : Number.POSITIVE_INFINITY
    case 'mod':
      return divisor > 0 && a < Number.POSITIVE_INFINITY ? a + divisor : Number.POSITIVE_INFINITY
    case 'min':
    case 'max':
      return Math.max(a, b)
    case 'select':
      return Math.max(b, c)
    default:
      return Number.POSITIVE_INFINITY
  }
}

/** From expression trees to the graph: types, exact integers, table accesses. */

import { type Expr, schedule } from '../../../expression/index.ts'
import { type Access, Graph, magnitudeOf, type Node, POSITION_LIMIT, type TableKind } from './graph.ts'
import { level } from './level.ts'
import { motionOf, shiftOf } from './motion.ts'

export interface Tables {
  readonly kinds: readonly TableKind[]
  readonly ranks: readonly number[]
}

/** Bytes of an element. */
export const SIZE: Readonly<Record<TableKind, number>> = { float32: 4, int32: 4, bool: 1 }

/** A clamp on truncated indexes, so that adding a position does not overflow. */
const INDEX_LIMIT = 2 ** 30

/** The nodes of the expressions, in their order; a value that several of them use is one node. */
export function lower(exprs: readonly Expr[], tables: Tables): Node[] {
  const lowering = new Lowering(tables)
  const { steps, roots } = schedule(...exprs)
  const nodes: Node[] = []
  for (const step of steps) {
    const args = step.args.map((n) => nodes[n]!)
    nodes.push(lowering.lower(step.expr, args))
  }
  return roots.map((n) => nodes[n]!)
}

class Lowering {
  private readonly graph = new Graph()
  private readonly tables: Tables
  private readonly parts = new Map<Node, { op: string; parts: readonly (Node | undefined)[] }>()

  constructor(tables: Tables) {
    this.tables = tables
  }

  lower(expr: Expr, args: readonly Node[]): Node {
    switch (expr.op) {
      case 'const':
        return this.graph.constant('number', Math.fround(expr.value))
      case 'boolean':
        return this.graph.constant('truth', Number(expr.value))
      case 'var':
        if (expr.name === 's') return this.graph.node('s', 'number', [], { level: level.score })
        return this.graph.node('convert', 'number', [this.graph.variable(expr.name)], { magnitude: POSITION_LIMIT })
      case 'table':
        return this.table(expr.table, expr.boolean, args)
      case 'eq':
      case 'ne':
      case 'lt':
      case 'le':
      case 'gt':
      case 'ge':
        return this.compare(expr.op, args[0]!, args[1]!)
      case 'and':
      case 'or':
        return this.logic(expr.op, args[0]!, args[1]!)
      case 'not':
        return this.graph.node('not', 'truth', args)
      case 'select':
        return this.graph.node('select', args[1]!.kind, args, { magnitude: magnitudeOf('select', args) })
      case 'div':
        return this.divide(args[0]!, args[1]!)
      case 'tanh':
        return this.number('tanh', this.timesReciprocal(args[0]!))
      default:
        return this.number(expr.op, ...args)
    }
  }

  private number(op: string, ...args: readonly Node[]): Node {
    return this.graph.node(op, 'number', args, { magnitude: magnitudeOf(op, args) })
  }

  /**
   * A chain of `and` or of `or`, regrouped so that what changes seldom comes first: of a long list of rows and columns only one
   * operation is left to the inner loop.
   */
  private logic(op: 'and' | 'or', a: Node, b: Node): Node {
    const [left, right] = [this.partsOf(op, a), this.partsOf(op, b)]
    const join = (x: Node | undefined, y: Node | undefined) => (x && y ? this.graph.node(op, 'truth', [x, y]) : (x ?? y))
    const parts = left.map((part, at) => join(part, right[at]))
    const whole = parts.reduce(join)!
    this.parts.set(whole, { op, parts })
    return whole
  }

  /** The operands of a chain, joined by level. */
  private partsOf(op: string, node: Node): readonly (Node | undefined)[] {
    const known = this.parts.get(node)
    return known?.op === op ? known.parts : [0, 1, 2, 3].map((at) => (at === node.level ? node : undefined))
  }

  /** Integers beyond 2²⁴ are compared as integers: float32 cannot tell them apart. */
  private compare(op: string, a: Node, b: Node): Node {
    const [x, y] = [this.exactInteger(a), this.exactInteger(b)]
    const large = Math.max(a.magnitude, b.magnitude) > POSITION_LIMIT
    return large && x && y ? this.graph.node(op, 'truth', [x, y]) : this.graph.node(op, 'truth', [a, b])
  }

  private exactInteger(x: Node): Node | undefined {
    if (x.op === 'convert') return x.args[0]
    const exact = x.op === 'constant' && Number.isInteger(x.value) && x.magnitude <= POSITION_LIMIT
    return exact ? this.graph.constant('integer', x.value) : undefined
  }

  /** Division by a power of two is an exact product. */
  private divide(a: Node, b: Node): Node {
    const exponent = b.op === 'constant' ? Math.log2(Math.abs(b.value)) : Number.NaN
    const exact = Number.isInteger(exponent) && Math.abs(exponent) <= 126
    return exact ? this.number('mul', a, this.graph.constant('number', 1 / b.value)) : this.number('div', a, b)
  }

  /** x / c as x · (1/c), which is one rounding worse: for functions that do not magnify a relative error. */
  private timesReciprocal(x: Node): Node {
    const [a, c] = x.args
    if (x.op !== 'div' || c!.op !== 'constant' || !(Math.abs(c!.value) > 2 ** -100 && Math.abs(c!.value) < 2 ** 100)) return x
    return this.number('mul', a!, this.graph.constant('number', Math.fround(1 / c!.value)))
  }

  private table(table: number, wantsTruth: boolean, at: readonly Node[]): Node {
    const kind = this.tables.kinds[table]
    const rank = this.tables.ranks[table]
    if (!kind || rank === undefined) throw new Error(`program: no table number ${table}, got ${this.tables.kinds.length} tables`)
    if (rank !== at.length) throw new Error(`program: table ${table} has ${rank} axes and is looked up with ${at.length} indexes`)
    const entry = this.entry(table, kind, at)
    if (kind === 'bool') {
      return wantsTruth ? entry : this.graph.node('select', 'number', [entry, this.constant(1), this.constant(0)], { magnitude: 1 })
    }
    const value = kind === 'int32' ? this.graph.node('convert', 'number', [entry], { magnitude: 2 ** 31 }) : entry
    return wantsTruth ? this.graph.node('ne', 'truth', [value, this.constant(0)]) : value
  }

  private constant(value: number): Node {
    return this.graph.constant('number', value)
  }

  /** The element as it lies in memory: integers as integers, booleans as truths. */
  private entry(table: number, tableKind: TableKind, at: readonly Node[]): Node {
    const kind = tableKind === 'float32' ? 'number' : tableKind === 'int32' ? 'integer' : 'truth'
    const axes = at.map((index, axis) => ({ index, axis }))
    const fixed = axes.filter(({ index }) => !level.moves(index.level))
    const moving = axes.filter(({ index }) => level.moves(index.level))
    const base = this.address(table, SIZE[tableKind], fixed)
    const magnitude = tableKind === 'int32' ? 2 ** 31 : Number.POSITIVE_INFINITY
    if (moving.length === 0) return this.graph.node('load', kind, [base], { table, magnitude })
    const shape = moving.flatMap(({ axis }) => [this.shape('length', table, axis), this.shape('stride', table, axis)])
    const { access, indexes } = this.access(moving.map(({ index }) => index))
    return this.graph.node('lookup', kind, [base, ...shape, ...indexes], { table, magnitude, access, level: level.column })
  }

  /** The way of access, and the indexes it needs: of a shifted one, the part that does not move. */
  private access(indexes: readonly Node[]): { access: Access; indexes: readonly Node[] } {
    const only = indexes.length === 1 ? indexes[0]! : undefined
    const shift = only && shiftOf(this.graph, only)
    if (shift) return { access: { way: 'shifted', reversed: shift.reversed }, indexes: [this.wholeNumber(shift.rest)] }
    const motion = only && motionOf(only)
    if (motion) return { access: { way: 'monotone', ...motion }, indexes: [this.index(only)] }
    return { access: { way: 'scattered' }, indexes }
  }

  private shape(op: 'length' | 'stride', table: number, axis: number): Node {
    return this.graph.node(op, 'integer', [], { table, axis })
  }

  /** Where the table's entry lies, as far as the indexes that do not move tell. */
  private address(table: number, size: number, at: readonly { index: Node; axis: number }[]): Node {
    const { graph } = this
    const offset = at.reduce(
      (sum, { index, axis }) => {
        const last = graph.integer('sub', this.shape('length', table, axis), graph.constant('integer', 1))
        const clamped = graph.integer('max', graph.integer('min', this.index(index), last), graph.constant('integer', 0))
        return graph.integer('add', sum, graph.integer('mul', clamped, this.shape('stride', table, axis)))
      },
      graph.constant('integer', 0),
    )
    const start = graph.node('address', 'integer', [], { table })
    return at.length === 0 ? start : graph.integer('add', start, graph.integer('mul', offset, graph.constant('integer', size)))
  }

  /** An integer that means the same entry as x, once it is clamped: between −1 and 0 it need not be rounded down. */
  private index(x: Node): Node {
    return this.asInteger(x) ?? this.shifted(x) ?? this.graph.node('truncate', 'integer', [x], { magnitude: x.magnitude })
  }

  /** ⌊a / 2ⁿ⌋ as a shift, where a is made of positions. */
  private shifted(x: Node): Node | undefined {
    const [a, b] = x.args
    if (x.op !== 'mul' || b!.op !== 'constant') return undefined
    const bits = -Math.log2(b!.value)
    const whole = Number.isInteger(bits) && bits > 0 && bits < 24 ? this.asInteger(a!) : undefined
    return (
      whole && this.graph.node('shr_s', 'integer', [whole, this.graph.constant('integer', bits)], { magnitude: whole.magnitude })
    )
  }

  /** ⌊x⌋ as an integer from −2³⁰ to 2³⁰. */
  private wholeNumber(x: Node): Node {
    const { graph } = this
    const exact = this.asInteger(x)
    if (exact) return exact
    const truncated = graph.node('truncate', 'integer', [this.number('floor', x)])
    const limit = (value: number) => graph.constant('integer', value)
    return graph.integer('max', graph.integer('min', truncated, limit(INDEX_LIMIT)), limit(-INDEX_LIMIT))
  }

  /** x in integer arithmetic, where it is made of positions and whole constants. */
  private asInteger(x: Node): Node | undefined {
    const exact = x.magnitude < INDEX_LIMIT ? this.exactInteger(x) : undefined
    if (exact || x.magnitude >= INDEX_LIMIT) return exact
    if (x.op === 'floor') return this.asInteger(x.args[0]!) ?? this.shifted(x.args[0]!)
    const args = x.args.map((arg) => (arg.kind === 'number' ? this.asInteger(arg) : undefined))
    const [a, b] = args
    if (!a || args.includes(undefined)) return undefined
    switch (x.op) {
      case 'neg':
        return this.graph.integer('sub', this.graph.constant('integer', 0), a)
      case 'add':
      case 'sub':
      case 'min':
      case 'max':
        return this.graph.integer(x.op, a, b!)
      default:
        return undefined
    }
  }
}

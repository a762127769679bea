/**
 * Values that change with the row at most, as ordinary numbers: computed before the loops, or at the start of a row, once each.
 * What the inner loop needs of them is spread over vectors there too.
 */

import { Code, type FunctionBuilder, type Local } from './encoder.ts'
import type { Node } from './graph.ts'
import { level } from './level.ts'
import { SIZE, type Tables } from './lower.ts'
import { FUNCTIONS } from './math.ts'
import type { Plain, ValueType } from './opcodes.ts'
import { type Constants, type Tier, VectorCode } from './vectors.ts'

/** Where the function's arguments and counters are. */
export interface Places {
  readonly b: Local
  readonly h: Local
  /** The row's query position, and the position of the first of the sixteen keys at hand. */
  readonly i: Local
  readonly j: Local
  readonly tables: Local
  readonly pool: Local
}

interface Descriptor {
  readonly address: Local
  readonly lengths: readonly Local[]
  readonly strides: readonly Local[]
}

const TYPE: Readonly<Record<Node['kind'], ValueType>> = { number: 'f32', integer: 'i32', truth: 'i32' }

export class Scalars {
  /** Runs once, before the loops. */
  readonly prologue: Code
  /** Runs at the start of each row. */
  readonly row = new Code()
  private readonly locals = new Map<Node, Local>()
  private readonly splats = new Map<Node, Local>()
  private readonly descriptors = new Map<number, Descriptor>()
  private readonly builder: FunctionBuilder
  private readonly places: Places
  private readonly tables: Tables
  private readonly tier: Tier
  private readonly constants: Constants

  constructor(builder: FunctionBuilder, prologue: Code, constants: Constants, places: Places, tables: Tables, tier: Tier) {
    this.builder = builder
    this.prologue = prologue
    this.constants = constants
    this.places = places
    this.tables = tables
    this.tier = tier
  }

  /** Leaves the value on the stack. */
  push(code: Code, node: Node): void {
    if (node.op === 'constant') {
      if (node.kind === 'number') code.f32(node.value)
      else code.i32(node.value)
    } else code.get(this.scalar(node))
  }

  /** A local that holds the value in all lanes: a truth as all bits or none. */
  splat(node: Node): Local {
    if (node.op === 'constant' && node.kind === 'number') return this.constants.number(node.value)
    if (node.op === 'constant') return this.constants.bits(node.kind === 'truth' ? -node.value : node.value)
    const known = this.splats.get(node)
    if (known !== undefined) return known
    const code = this.codeOf(node)
    if (node.kind === 'truth') code.i32(0)
    this.push(code, node)
    if (node.kind === 'truth') code.op('i32.sub')
    const local = this.builder.local('v128')
    code.vector(node.kind === 'number' ? 'f32x4.splat' : 'i32x4.splat').set(local)
    this.splats.set(node, local)
    return local
  }

  /** Leaves on the stack the value that a node has where the key position is in `j`: one lane of a value that moves. */
  pushAt(code: Code, node: Node, j: Local, known: Map<Node, Local> = new Map()): void {
    if (!level.moves(node.level)) {
      this.push(code, node)
      return
    }
    let local = node.op === 'j' ? j : known.get(node)
    if (local === undefined) {
      this.compute(code, node, (arg) => this.pushAt(code, arg, j, known))
      local = this.builder.local(TYPE[node.kind])
      code.set(local)
      known.set(node, local)
    }
    code.get(local)
  }

  /** Clamps the index on the stack into an axis of the length that `length` gives; 0 where that is 0. */
  clamp(code: Code, length: Node): void {
    const index = this.builder.local('i32')
    const last = this.builder.local('i32')
    this.push(code.set(index), length)
    code.i32(1).op('i32.sub').tee(last).get(index).get(last).get(index).op('i32.lt_s').select()
    code.tee(index).i32(0).get(index).i32(0).op('i32.gt_s').select()
  }

  private codeOf(node: Node): Code {
    return node.level === level.tile ? this.prologue : this.row
  }

  private scalar(node: Node): Local {
    if (node.op === 'b' || node.op === 'h' || node.op === 'i') return this.places[node.op]
    if (node.op === 'address') return this.descriptor(node.table).address
    if (node.op === 'length') return this.descriptor(node.table).lengths[node.axis]!
    if (node.op === 'stride') return this.descriptor(node.table).strides[node.axis]!
    const known = this.locals.get(node)
    if (known !== undefined) return known
    for (const arg of node.args) if (arg.op !== 'constant') this.scalar(arg)
    const code = this.codeOf(node)
    this.compute(code, node, (arg) => this.push(code, arg))
    const local = this.builder.local(TYPE[node.kind])
    code.set(local)
    this.locals.set(node, local)
    return local
  }

  /**
   * Address, lengths and strides of a table. Where an axis is empty the address is that of a zero among the constants and the strides
   * are 0, so that every read finds 0.
   */
  private descriptor(table: number): Descriptor {
    const known = this.descriptors.get(table)
    if (known) return known
    const { prologue: code, builder, places } = this
    const start = this.tables.ranks.slice(0, table).reduce((sum, rank) => sum + 4 + 8 * rank, 0)
    const read = (offset: number): Local => {
      const local = builder.local('i32')
      code
        .get(places.tables)
        .memory('i32.load', start + offset)
        .set(local)
      return local
    }
    const axes = Array.from({ length: this.tables.ranks[table]! }, (_, axis) => axis)
    const address = read(0)
    const lengths = axes.map((axis) => read(4 + 8 * axis))
    const strides = axes.map((axis) => read(8 + 8 * axis))
    code.i32(1)
    for (const length of lengths) code.get(length).i32(0).op('i32.ne').op('i32.and')
    code.op('i32.eqz').if((empty) => {
      empty.get(places.pool).set(address)
      for (const stride of strides) empty.i32(0).set(stride)
    })
    const descriptor = { address, lengths, strides }
    this.descriptors.set(table, descriptor)
    return descriptor
  }

  /** Leaves on the stack the result of a node's operation on the operands that `push` leaves there. */
  private compute(code: Code, node: Node, push: (arg: Node) => void): void {
    const [condition, ...choices] = node.args
    const operands = node.op === 'select' ? [...choices, condition!] : node.args
    const all = () => {
      for (const arg of operands) push(arg)
    }
    all()
    switch (node.op) {
      case 'load':
        this.load(code, node.table)
        break
      case 'exp':
      case 'log':
      case 'tanh':
      case 'cos':
        this.inVector(code, FUNCTIONS[node.op])
        break
      case 'mod':
        all()
        code.op('f32.div').op('f32.floor').op('f32.mul').op('f32.sub')
        break
      case 'convert':
        code.op('f32.convert_i32_s')
        break
      case 'truncate':
        code.truncate()
        break
      case 'not':
        code.op('i32.eqz')
        break
      case 'select':
        code.select()
        break
      default:
        this.arithmetic(code, node, all)
    }
  }

  /** An operation that has an instruction, or all but: int32 lacks min and max. */
  private arithmetic(code: Code, { op, args }: Node, again: () => void): void {
    const type = args[0]!.kind === 'number' ? 'f32' : 'i32'
    if (type === 'i32' && (op === 'min' || op === 'max')) {
      again()
      code.op(op === 'min' ? 'i32.lt_s' : 'i32.gt_s').select()
      return
    }
    const signed = type === 'i32' && ['lt', 'le', 'gt', 'ge'].includes(op)
    code.op(`${type}.${op}${signed ? '_s' : ''}` as Plain)
  }

  /** The element of the table at the address on the stack. */
  load(code: Code, table: number): void {
    const kind = this.tables.kinds[table]!
    if (kind === 'bool') code.memory('i32.load8_u').i32(0).op('i32.ne')
    else code.memory(kind === 'int32' ? 'i32.load' : 'f32.load')
  }

  /** Bytes of an element. */
  size(table: number): number {
    return SIZE[this.tables.kinds[table]!]
  }

  private inVector(code: Code, apply: (v: VectorCode, x: readonly Local[]) => readonly Local[]): void {
    const x = this.builder.local('v128')
    code.vector('f32x4.splat').set(x)
    const v = new VectorCode(code, 1, this.tier, this.builder, this.constants)
    code.get(apply(v, [x])[0]!).extractLane('f32x4', 0)
  }
}

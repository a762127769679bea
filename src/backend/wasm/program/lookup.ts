/**
 * Sixteen neighbours of a table at once.
 *
 * An index that moves with j by one step per column finds them side by side in memory, forwards or backwards, and an index that
 * stands still finds one entry: both are seen from the first and the last index, when the index cannot turn in between. All other
 * groups are gathered, entry by entry, into a slot of the scratch memory; from there on nothing differs.
 */

import type { Code, FunctionBuilder, Local } from './encoder.ts'
import type { Access, Node } from './graph.ts'
import type { Scalars } from './scalars.ts'
import type { Lanes, VectorCode } from './vectors.ts'

/** Bytes of a slot: sixteen entries of 4 bytes. */
export const SLOT = 64
/** Lookups that move with the column, of one program. */
export const MOST_LOOKUPS = 64

/** Leaves on the stack the clamped index of entry n in memory; `n` leaves n there. */
type Index = (code: Code, n: (code: Code) => void) => void

interface Ends {
  readonly first: Local
  readonly last: Local
}

export class Lookups {
  private readonly slots = new Map<Node, number>()
  private readonly limits = new Map<Node, Local>()
  private readonly builder: FunctionBuilder
  private readonly scalars: Scalars
  private readonly scratch: Local
  private readonly j: Local

  /** `scratch` holds the address of the slots, `j` the key position of the group's first column. */
  constructor(builder: FunctionBuilder, scalars: Scalars, scratch: Local, j: Local) {
    this.builder = builder
    this.scalars = scalars
    this.scratch = scratch
    this.j = j
  }

  /** The address of the group's sixteen entries, the last first where the access is reversed: in a new local. */
  pointer(code: Code, node: Node): Local {
    const pointer = this.builder.local('i32')
    if (node.access?.way === 'shifted') this.shifted(code, node, node.access, pointer)
    if (node.access?.way === 'monotone') this.monotone(code, node, node.access, pointer)
    return pointer
  }

  private shifted(code: Code, node: Node, access: Access & { way: 'shifted' }, pointer: Local): void {
    const [, length, stride, rest] = node.args as [Node, Node, Node, Node]
    const start = this.builder.local('i32')
    const index: Index = (code, n) => {
      code.get(start)
      n(code)
      this.scalars.clamp(code.op('i32.add'), length)
    }
    const limit = this.limit(length, stride)
    this.scalars.push(code, rest)
    if (access.reversed) code.get(this.j).op('i32.sub').i32(15).op('i32.sub')
    else code.get(this.j).op('i32.add')
    code
      .tee(start)
      .get(limit)
      .op('i32.lt_u')
      .if(
        (beside) => this.adjacent(beside, node, start, pointer),
        (apart) => this.gather(apart, node, this.ends(apart, index), index, pointer),
      )
  }

  /** How many indexes may start a run of sixteen: none where neighbours are not adjacent. */
  private limit(length: Node, stride: Node): Local {
    const known = this.limits.get(length)
    if (known !== undefined) return known
    const code = this.scalars.prologue
    const local = this.builder.local('i32')
    this.scalars.push(code, length)
    code.i32(15).op('i32.sub').tee(local).i32(0)
    code.get(local).i32(0).op('i32.gt_s')
    this.scalars.push(code, stride)
    code.i32(1).op('i32.eq').op('i32.and').select().set(local)
    this.limits.set(length, local)
    return local
  }

  private monotone(code: Code, node: Node, access: Access & { way: 'monotone' }, pointer: Local): void {
    const [, length, stride, moving] = node.args as [Node, Node, Node, Node]
    const { reversed, unit } = access
    const at = this.builder.local('i32')
    const index: Index = (code, n) => {
      code.get(this.j)
      if (reversed) code.i32(15).op('i32.add')
      n(code)
      code.op(reversed ? 'i32.sub' : 'i32.add').set(at)
      this.scalars.pushAt(code, moving, at)
      this.scalars.clamp(code, length)
    }
    const ends = this.ends(code, index)
    const gather = (code: Code) => this.gather(code, node, ends, index, pointer)
    if (!unit) {
      gather(code)
      return
    }
    code.get(ends.last).get(ends.first).op('i32.sub').i32(15).op('i32.eq')
    this.scalars.push(code, stride)
    code
      .i32(1)
      .op('i32.eq')
      .op('i32.and')
      .if((beside) => this.adjacent(beside, node, ends.first, pointer), gather)
  }

  /** The first and the last of the group's indexes. */
  private ends(code: Code, index: Index): Ends {
    const [first, last] = [0, 15].map((n) => {
      const local = this.builder.local('i32')
      index(code, (code) => code.i32(n))
      code.set(local)
      return local
    }) as [Local, Local]
    return { first, last }
  }

  /** Entries that lie side by side from index `first` on are read where they are. */
  private adjacent(code: Code, node: Node, first: Local, pointer: Local): void {
    this.address(code.get(first), node)
    code.set(pointer)
  }

  /** Where in the scratch memory the entries of a lookup go. */
  private slot(node: Node): number {
    const at = this.slots.get(node) ?? this.slots.size
    if (at === MOST_LOOKUPS) throw new Error(`program: more than ${MOST_LOOKUPS} table lookups that change with the key`)
    this.slots.set(node, at)
    return SLOT * at
  }

  /** Turns the number of elements on the stack into an address. */
  private address(code: Code, node: Node): void {
    const size = this.scalars.size(node.table)
    if (size > 1) code.i32(Math.log2(size)).op('i32.shl')
    this.scalars.push(code, node.args[0]!)
    code.op('i32.add')
  }

  /** Puts the entries of sixteen indexes, between `first` and `last`, into a slot: one entry everywhere if these are the same. */
  private gather(code: Code, node: Node, { first, last }: Ends, index: Index, pointer: Local): void {
    const [, , stride] = node.args as [Node, Node, Node]
    const offset = this.slot(node)
    const small = this.scalars.size(node.table) === 1
    const element = (code: Code) => {
      this.scalars.push(code, stride)
      this.address(code.op('i32.mul'), node)
      code.memory(small ? 'i32.load8_u' : 'i32.load')
    }
    code.get(this.scratch).i32(offset).op('i32.add').set(pointer)
    code.get(first).get(last).op('i32.eq')
    code.if(
      (still) => {
        const value = this.builder.local('v128')
        element(still.get(first))
        still.vector(small ? 'i8x16.splat' : 'i32x4.splat').set(value)
        for (let n = small ? 0 : 48; n >= 0; n -= 16) still.get(pointer).get(value).memory('v128.store', n)
      },
      (moving) => {
        const n = this.builder.local('i32')
        moving.i32(0).set(n)
        moving.repeat((each) => {
          each.get(pointer).get(n)
          if (!small) each.i32(2).op('i32.shl')
          each.op('i32.add')
          index(each, (code) => code.get(n))
          element(each)
          each.memory(small ? 'i32.store8' : 'i32.store')
          each.get(n).i32(1).op('i32.add').tee(n).i32(16).op('i32.ne')
        })
      },
    )
  }

  /** Entries at unrelated places: their offsets are stored, then replaced one by one by what they point to. */
  scattered(v: VectorCode, first: number, node: Node, lanes: (node: Node) => Lanes): Lanes {
    const { code } = v
    const [base] = node.args as [Node]
    const small = this.scalars.size(node.table) === 1
    const slot = this.slot(node) + 16 * first
    v.store(this.offsets(v, node, lanes), this.scratch, slot)
    for (let offset = slot; offset < slot + 16 * v.width; offset += 4) {
      code.get(this.scratch).get(this.scratch).memory('i32.load', offset)
      this.scalars.push(code, base)
      code
        .op('i32.add')
        .memory(small ? 'i32.load8_u' : 'i32.load')
        .memory('i32.store', offset)
    }
    const loaded = v.each((n) => code.get(this.scratch).memory('v128.load', slot + 16 * n))
    return small ? v.apply('i32x4.ne', loaded, v.bits(0)) : loaded
  }

  /** Bytes from `base` to each entry. */
  private offsets(v: VectorCode, node: Node, lanes: (node: Node) => Lanes): Lanes {
    const [, ...rest] = node.args
    const axes = rest.length / 3
    const steps = Array.from({ length: axes }, (_, axis) => {
      const [length, stride, index] = [rest[2 * axis]!, rest[2 * axis + 1]!, rest[2 * axes + axis]!]
      const last = v.apply('i32x4.sub', v.repeated(this.scalars.splat(length)), v.bits(1))
      const whole = v.apply('i32x4.trunc_sat_f32x4_s', lanes(index))
      const clamped = v.apply('i32x4.max_s', v.apply('i32x4.min_s', whole, last), v.bits(0))
      return v.apply('i32x4.mul', clamped, v.repeated(this.scalars.splat(stride)))
    })
    const elements = steps.reduce((a, b) => v.apply('i32x4.add', a, b))
    return v.shift('i32x4.shl', elements, Math.log2(this.scalars.size(node.table)))
  }
}

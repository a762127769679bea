/** Values that change with the column, as vectors: the body of the column loop, and of the pass that prepares it. */

import type { Code, FunctionBuilder, Local } from './encoder.ts'
import type { Node } from './graph.ts'
import { level } from './level.ts'
import type { Lookups } from './lookup.ts'
import { FUNCTIONS, floor, mod } from './math.ts'
import type { Vector } from './opcodes.ts'
import type { Scalars } from './scalars.ts'
import { type Constants, type Lanes, type Tier, VectorCode } from './vectors.ts'

/** Columns that one turn of a loop handles. */
export const GROUP = 16

export interface Setting {
  readonly builder: FunctionBuilder
  readonly constants: Constants
  readonly scalars: Scalars
  readonly lookups: Lookups
  readonly tier: Tier
  /** Where the group's scores begin, and the position of its first key. */
  readonly scores: Local
  readonly j: Local
}

/** Code for one group of 16 columns. What it computes at `level.column` it leaves to `cached`, if that is given. */
export class GroupCode {
  readonly setting: Setting
  readonly code: Code
  private readonly cached: ((v: VectorCode, first: number, node: Node) => Lanes | undefined) | undefined
  private readonly pointers = new Map<Node, Local>()
  private readonly flags = new Map<Node, readonly Local[]>()

  constructor(setting: Setting, code: Code, cached?: (v: VectorCode, first: number, node: Node) => Lanes | undefined) {
    this.setting = setting
    this.code = code
    this.cached = cached
  }

  /** The `width` vectors of the group from number `first` on: operations on them, and a function that computes each value once. */
  part(first: number, width: number): { v: VectorCode; lanes: (node: Node) => Lanes } {
    const { builder, constants, tier } = this.setting
    const v = new VectorCode(this.code, width, tier, builder, constants)
    const known = new Map<Node, Lanes>()
    const lanes = (node: Node): Lanes => {
      let value = known.get(node)
      if (!value) {
        value = this.find(v, first, node, lanes)
        known.set(node, value)
      }
      return value
    }
    return { v, lanes }
  }

  private find(v: VectorCode, first: number, node: Node, lanes: (node: Node) => Lanes): Lanes {
    if (!level.moves(node.level)) return v.repeated(this.setting.scalars.splat(node))
    const cached = node.level === level.column ? this.cached?.(v, first, node) : undefined
    if (cached) return cached
    if (node.op === 's') return v.each((n) => this.code.get(this.setting.scores).memory('v128.load', 16 * (first + n)))
    if (node.op === 'j') return this.positions(v, first, 'i32')
    if (node.op === 'convert' && node.args[0]!.op === 'j') return this.positions(v, first, 'f32')
    if (node.op === 'lookup') return this.lookup(v, first, node, lanes)
    return compute(v, node, node.args.map(lanes))
  }

  private positions(v: VectorCode, first: number, type: 'i32' | 'f32'): Lanes {
    const { constants, builder, j } = this.setting
    const steps = constants.laneNumbers(GROUP / 4, type)
    const start = builder.local('v128')
    this.code.get(j)
    if (type === 'f32') this.code.op('f32.convert_i32_s')
    this.code.vector(`${type}x4.splat`).set(start)
    return v.apply(`${type}x4.add`, v.repeated(start), steps.slice(first, first + v.width))
  }

  private lookup(v: VectorCode, first: number, node: Node, lanes: (node: Node) => Lanes): Lanes {
    const { lookups } = this.setting
    if (!node.access || node.access.way === 'scattered') return lookups.scattered(v, first, node, lanes)
    const { reversed } = node.access
    let pointer = this.pointers.get(node)
    if (pointer === undefined) {
      pointer = lookups.pointer(this.code, node)
      this.pointers.set(node, pointer)
    }
    if (node.kind === 'truth') return this.truths(v, first, node, pointer, reversed)
    const vector = (n: number) => this.code.get(pointer).memory('v128.load', 16 * (reversed ? 3 - first - n : first + n))
    const loaded = v.each(vector)
    return reversed ? v.each((n) => this.code.reversed(loaded[n]!, 4)) : loaded
  }

  /** Sixteen booleans of a byte, widened to masks. */
  private truths(v: VectorCode, first: number, node: Node, pointer: Local, reversed: boolean): Lanes {
    const { code, flags } = this
    const { builder, constants } = this.setting
    let halves = flags.get(node)
    if (!halves) {
      const [bytes, mask, low, high] = [0, 1, 2, 3].map(() => builder.local('v128')) as [Local, Local, Local, Local]
      code.get(pointer).memory('v128.load').set(bytes)
      if (reversed) code.reversed(bytes, 1)
      else code.get(bytes)
      code.get(constants.bits(0)).vector('i8x16.ne').set(mask)
      code.get(mask).vector('i16x8.extend_low_i8x16_s').set(low)
      code.get(mask).vector('i16x8.extend_high_i8x16_s').set(high)
      halves = [low, high]
      flags.set(node, halves)
    }
    const [low, high] = halves as [Local, Local]
    return v.each((n) => {
      const at = first + n
      code.get(at < 2 ? low : high).vector(at % 2 ? 'i32x4.extend_high_i16x8_s' : 'i32x4.extend_low_i16x8_s')
    })
  }
}

/** The operation of a node on vectors. */
function compute(v: VectorCode, node: Node, args: readonly Lanes[]): Lanes {
  const [a, b, c] = args as [Lanes, Lanes, Lanes]
  const type = node.args[0]!.kind === 'number' ? 'f32x4' : 'i32x4'
  switch (node.op) {
    case 'convert':
      return v.apply('f32x4.convert_i32x4_s', a)
    case 'exp':
    case 'log':
    case 'tanh':
    case 'cos':
      return FUNCTIONS[node.op](v, a)
    case 'floor':
      return floor(v, a, node.magnitude)
    case 'mod':
      return mod(v, a, b, node.args[0]!.magnitude / Math.abs(node.args[1]!.value))
    case 'min':
    case 'max':
      return extreme(v, node, a, b)
    case 'and':
    case 'or':
    case 'not':
      return v.apply(`v128.${node.op}`, ...args)
    case 'select':
      return v.select(a, b, c)
    default: {
      const signed = type === 'i32x4' && ['lt', 'le', 'gt', 'ge'].includes(node.op)
      return v.apply(`${type}.${node.op}${signed ? '_s' : ''}` as Vector, ...args)
    }
  }
}

/** The lesser or greater of two numbers; NaN if either is. One instruction does where one of them is known not to be NaN. */
function extreme(v: VectorCode, node: Node, a: Lanes, b: Lanes): Lanes {
  const [x, y] = node.args.map((arg) => arg.magnitude < Number.POSITIVE_INFINITY)
  const quick = node.op === 'min' ? 'f32x4.pmin' : 'f32x4.pmax'
  if (y) return v.apply(quick, a, b)
  if (x) return v.apply(quick, b, a)
  return v.apply(node.op === 'min' ? 'f32x4.min' : 'f32x4.max', a, b)
}

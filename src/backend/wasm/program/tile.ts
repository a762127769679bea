/** The function around the expressions: loops over rows and groups of columns, and what is prepared before them. */

import { Code, encodeModule, FunctionBuilder, type Local } from './encoder.ts'
import type { Node } from './graph.ts'
import { GROUP, GroupCode, type Setting } from './lanes.ts'
import { Lookups, MOST_LOOKUPS, SLOT } from './lookup.ts'
import type { Tables } from './lower.ts'
import { Scalars } from './scalars.ts'
import { Constants, type Lanes, type Tier, type VectorCode } from './vectors.ts'

export interface Module {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly constants: Float32Array<ArrayBuffer>
}

/** What a tile function does with a vector of values: `target` ← the expressions' values, through `finish`. */
export interface Shape {
  readonly name: string
  /** Are there two tiles: scores, and another that is read and written? Else the scores are. */
  readonly second: boolean
  /** Computes the vectors to be stored; `target` gives those that were there. */
  readonly result: (v: VectorCode, lanes: (node: Node) => Lanes, target: () => Lanes) => Lanes
}

const PARAMETERS = ['ld', 'rows', 'cols', 'b', 'h', 'i0', 'j0', 'tables', 'pool', 'scratch'] as const

/** Vectors that are computed side by side. */
const WIDTH = 2

/** The widest tile, and scratch memory for it: slots for gathered entries, then values that depend on the column alone. */
export const MOST_COLUMNS = 128
const MOST_CACHED = 24
export const SCRATCH_BYTES = MOST_LOOKUPS * SLOT + MOST_CACHED * MOST_COLUMNS * 4

export function encodeTile(shape: Shape, tables: Tables, tier: Tier): Module {
  const names = ['s', ...(shape.second ? ['target'] : []), ...PARAMETERS]
  const builder = new FunctionBuilder(shape.name, names.length)
  const parameter = (name: string): Local => names.indexOf(name)
  const [i, j, scores, target, cache] = [0, 1, 2, 3, 4].map(() => builder.local('i32')) as [Local, Local, Local, Local, Local]
  const prologue = new Code()
  const constants = new Constants(builder, prologue, parameter('pool'))
  const places = { b: parameter('b'), h: parameter('h'), i, j, tables: parameter('tables'), pool: parameter('pool') }
  const scalars = new Scalars(builder, prologue, constants, places, tables, tier)
  const lookups = new Lookups(builder, scalars, parameter('scratch'), j)
  const setting: Setting = { builder, constants, scalars, lookups, tier, scores, j }
  const columns = new ColumnCache(setting, cache)
  const group = new GroupCode(setting, new Code(), (v, first, node) => columns.load(v, first, node))
  for (let first = 0; first < GROUP / 4; first += WIDTH) emitPart(shape, group, first, shape.second ? target : scores)

  const bump = (code: Code, local: Local, by: number) => {
    if (by > 0) code.get(local).i32(by).op('i32.add').set(local)
  }
  const start = (code: Code) => {
    code
      .get(parameter('j0'))
      .set(j)
      .get(parameter('scratch'))
      .i32(MOST_LOOKUPS * SLOT)
      .op('i32.add')
      .set(cache)
  }
  /** Steps to the next group; leaves on the stack whether there is one. */
  const next = (code: Code) => {
    bump(code, cache, columns.bytes)
    bump(code, j, GROUP)
    code.get(j).get(parameter('j0')).op('i32.sub').get(parameter('cols')).op('i32.lt_s')
  }
  const main = new Code().append(prologue)
  main.get(parameter('rows')).i32(0).op('i32.gt_s').get(parameter('cols')).i32(0).op('i32.gt_s').op('i32.and')
  main.if((some) => {
    start(some)
    if (columns.bytes > 0) some.repeat((turn) => next(turn.append(columns.code)))
    some.get(parameter('i0')).set(i)
    some.repeat((row) => {
      start(row.append(scalars.row))
      row.get(parameter('s')).set(scores)
      if (shape.second) row.get(parameter('target')).set(target)
      row.repeat((turn) => {
        bump(turn.append(group.code), scores, 4 * GROUP)
        if (shape.second) bump(turn, target, 4 * GROUP)
        next(turn)
      })
      for (const tile of shape.second ? ['s', 'target'] : ['s']) {
        row.get(parameter(tile)).get(parameter('ld')).op('i32.add').set(parameter(tile))
      }
      bump(row, i, 1)
      row.get(i).get(parameter('i0')).op('i32.sub').get(parameter('rows')).op('i32.lt_s')
    })
  })
  return { bytes: encodeModule(builder, main), constants: constants.values() }
}

/** Computes `WIDTH` vectors and stores them, the last first: V8 pairs two stores without loss only in this order. */
function emitPart(shape: Shape, group: GroupCode, first: number, output: Local): void {
  const { v, lanes } = group.part(first, WIDTH)
  const { code } = group
  const result = shape.result(v, lanes, () => v.each((n) => code.get(output).memory('v128.load', 16 * (first + n))))
  for (let n = WIDTH - 1; n >= 0; n--) {
    code
      .get(output)
      .get(result[n]!)
      .memory('v128.store', 16 * (first + n))
  }
}

/** What depends on the column but not on the row is computed once, before the rows, and kept in scratch memory: a slot per value. */
class ColumnCache {
  readonly code = new Code()
  private readonly offsets = new Map<Node, number>()
  private readonly parts: ReturnType<GroupCode['part']>[] = []
  private readonly cache: Local

  constructor(setting: Setting, cache: Local) {
    this.cache = cache
    const group = new GroupCode(setting, this.code)
    for (let first = 0; first < GROUP / 4; first += WIDTH) this.parts.push(group.part(first, WIDTH))
  }

  /** Bytes that a group of columns takes. */
  get bytes(): number {
    return SLOT * this.offsets.size
  }

  /** The value from the cache, or undefined if that is full. */
  load(v: VectorCode, first: number, node: Node): Lanes | undefined {
    const offset = this.offsets.get(node) ?? (this.offsets.size < MOST_CACHED ? this.store(node) : undefined)
    if (offset === undefined) return undefined
    return v.each((n) => v.code.get(this.cache).memory('v128.load', offset + 16 * (first + n)))
  }

  private store(node: Node): number {
    const offset = this.bytes
    this.offsets.set(node, offset)
    this.parts.forEach(({ lanes }, part) => {
      const values = lanes(node)
      for (let n = WIDTH - 1; n >= 0; n--) {
        this.code
          .get(this.cache)
          .get(values[n]!)
          .memory('v128.store', offset + 16 * (part * WIDTH + n))
      }
    })
    return offset
  }
}

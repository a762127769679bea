/** The function around the expressions: loops over rows and groups of columns, and what is prepared before them. */

import { Code, encodeModule, FunctionBuilder, type Local } from './encoder.ts'
import type { Node } from './graph.ts'
import { GROUP, GroupCode, type Setting } from './lanes.ts'
import { Lookups, MOST_LOOKUPS, SLOT } from './lookup.ts'
import type { Tables } from './lower.ts'
import { type Places, Scalars } from './scalars.ts'
import { Constants, type Lanes, type Tier, type VectorCode } from './vectors.ts'

export interface Module {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly constants: Float32Array<ArrayBuffer>
}

/** What a tile function computes, and where it puts it. */
export interface Shape {
  readonly name: string
  /** 's': the tile of scores is read and rewritten; 'ds': a second tile is rewritten, from itself and the scores. */
  readonly target: 's' | 'ds'
  /** The vectors to be stored; `old` gives those that stand there. */
  readonly result: (v: VectorCode, lanes: (node: Node) => Lanes, old: () => Lanes) => Lanes
}

/** Vectors that are computed side by side. */
const WIDTH = 2

/** The widest tile, and scratch memory for it: slots for gathered entries, then values that depend on the column alone. */
export const MOST_COLUMNS = 128
const MOST_CACHED = 24
export const SCRATCH_BYTES = MOST_LOOKUPS * SLOT + MOST_CACHED * MOST_COLUMNS * 4

export function encodeTile(shape: Shape, tables: Tables, tier: Tier): Module {
  const tile = new TileFunction(shape)
  const { builder } = tile
  const prologue = new Code()
  const constants = new Constants(builder, prologue, tile.at('pool'))
  const scalars = new Scalars(builder, prologue, constants, tile.places, tables, tier)
  const lookups = new Lookups(builder, scalars, tile.at('scratch'), tile.places.j)
  const setting: Setting = { builder, constants, scalars, lookups, tier, scores: tile.scores, j: tile.places.j }
  const columns = new ColumnCache(setting, tile.cache)
  const group = new GroupCode(setting, new Code(), (v, first, node) => columns.load(v, first, node))
  for (let first = 0; first < GROUP / 4; first += WIDTH) emitPart(shape, group, first, tile.output)
  const main = tile.loops({ prologue, columns: columns.code, row: scalars.row, group: group.code }, columns.bytes)
  return { bytes: encodeModule(builder, main), constants: constants.values() }
}

/** Computes `WIDTH` vectors of the group, from number `first` on, and stores them. */
function emitPart(shape: Shape, group: GroupCode, first: number, output: Local): void {
  const { v, lanes } = group.part(first, WIDTH)
  const { code } = group
  const result = shape.result(v, lanes, () => v.each((n) => code.get(output).memory('v128.load', 16 * (first + n))))
  v.store(result, output, 16 * first)
}

/** Parameters, counters and loops. */
class TileFunction {
  readonly builder: FunctionBuilder
  /** Positions of the row and of the group's first column, and the other places that values are read from. */
  readonly places: Places
  /** Addresses of the group: its scores, what is rewritten, its part of the column cache. */
  readonly scores: Local
  readonly output: Local
  readonly cache: Local
  private readonly names: readonly string[]
  private readonly tiles: readonly { readonly start: Local; readonly at: Local }[]

  constructor({ name, target }: Shape) {
    const tiles = target === 's' ? ['s'] : ['s', 'ds']
    this.names = [...tiles, 'ld', 'rows', 'cols', 'b', 'h', 'i0', 'j0', 'tables', 'pool', 'scratch']
    this.builder = new FunctionBuilder(name, this.names.length)
    const counter = () => this.builder.local('i32')
    const [b, h, tables, pool] = ['b', 'h', 'tables', 'pool'].map((place) => this.at(place)) as [Local, Local, Local, Local]
    this.places = { b, h, i: counter(), j: counter(), tables, pool }
    this.tiles = tiles.map((tile) => ({ start: this.at(tile), at: counter() }))
    this.scores = this.tiles[0]!.at
    this.output = this.tiles.at(-1)!.at
    this.cache = counter()
  }

  /** The parameter of this name. */
  at(name: string): Local {
    return this.names.indexOf(name)
  }

  /** `prologue` once; `columns` for every group of columns; then `row` for every row, and `group` for every group of it. */
  loops(parts: Readonly<Record<'prologue' | 'columns' | 'row' | 'group', Code>>, cacheBytes: number): Code {
    const { i } = this.places
    const main = new Code().append(parts.prologue)
    main.get(this.at('rows')).i32(0).op('i32.gt_s').get(this.at('cols')).i32(0).op('i32.gt_s').op('i32.and')
    return main.if((code) => {
      this.firstGroup(code)
      if (cacheBytes > 0) code.repeat((turn) => this.nextGroup(turn.append(parts.columns), cacheBytes))
      code.get(this.at('i0')).set(i)
      code.repeat((row) => {
        this.firstGroup(row.append(parts.row))
        row.repeat((turn) => this.nextGroup(turn.append(parts.group), cacheBytes))
        for (const { start } of this.tiles) row.get(start).get(this.at('ld')).op('i32.add').set(start)
        row.get(i).i32(1).op('i32.add').tee(i).get(this.at('i0')).op('i32.sub').get(this.at('rows')).op('i32.lt_s')
      })
    })
  }

  private firstGroup(code: Code): void {
    code.get(this.at('j0')).set(this.places.j)
    const cached = MOST_LOOKUPS * SLOT
    code.get(this.at('scratch')).i32(cached).op('i32.add').set(this.cache)
    for (const { start, at } of this.tiles) code.get(start).set(at)
  }

  /** Steps to the next group; leaves on the stack whether there is one. */
  private nextGroup(code: Code, cacheBytes: number): void {
    const { j } = this.places
    for (const { at } of this.tiles) code.add(at, 4 * GROUP)
    code.add(this.cache, cacheBytes).add(j, GROUP)
    code.get(j).get(this.at('j0')).op('i32.sub').get(this.at('cols')).op('i32.lt_s')
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
    this.parts.forEach(({ v, lanes }, part) => {
      v.store(lanes(node), this.cache, offset + 16 * WIDTH * part)
    })
    return offset
  }
}

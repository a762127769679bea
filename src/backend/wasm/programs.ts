/**
 * Programs (masks and score functions compiled to WASM) in the kernels' tables. Each distinct program is compiled once per engine; its
 * bytes stand in shared memory as a linked list, from which every thread installs what it lacks before it runs a job.
 */

import { build, classifier, derive, type Interval, reads, structuralKey, substituteScore } from '../../expression/index.ts'
import { arrayOver, sizeOf, type View } from '../../tensor/index.ts'
import type { Band, Program } from '../kernels.ts'
import { type BlockMap, classify } from './blocks.ts'
import type { Sizes } from './calls/scores.ts'
import { installOne } from './install.ts'
import { CONTROL_PROGRAM_LIST, PROGRAM_SCRATCH } from './layout.ts'
import type { Machine } from './machine.ts'
import { type Compiled, compileGradient, compileProgram, SCRATCH_BYTES, type TableKind } from './program/index.ts'
import { addressOf } from './views.ts'

export interface Installed {
  /** Where the kernels' tables hold it. */
  readonly slot: number
  /** Address of its constants. */
  readonly pool: number
  /** Does it change scores, or only forbid links? */
  readonly changes: boolean
  readonly tableWords: number
  /** Writes the descriptors of the tables: address, then length and stride of each axis. */
  writeTables(address: number): void
  /** Which blocks are empty, partial and full; undefined where that cannot be told cheaply. */
  classes(sizes: Sizes, band: Band): BlockMap | undefined
}

interface Entry {
  readonly slot: number
  readonly pool: number
}

if (SCRATCH_BYTES > PROGRAM_SCRATCH)
  throw new Error(`programs need ${SCRATCH_BYTES} bytes of scratch, threads have ${PROGRAM_SCRATCH}`)

const installedIn = new WeakMap<Machine, Map<string, Entry>>()

/** What of a program is compiled: the scores up to softcap, all of it, or d score / d s. */
type Part = 'capped' | 'masked' | 'gradient'

export function install(machine: Machine, program: Program, stage: Part): Installed | undefined {
  if (stage === 'gradient' && !program.capped && !program.score) return undefined
  if (stage === 'capped' ? !program.capped : !program.capped && !program.score && !program.mask) return undefined
  const known = installedIn.get(machine) ?? new Map<string, Entry>()
  installedIn.set(machine, known)
  const key = keyOf(program, stage)
  const entry = known.get(key) ?? add(machine, program, stage)
  known.set(key, entry)
  return {
    ...entry,
    changes: Boolean(program.capped || program.score),
    tableWords: program.tables.reduce((words, table) => words + 1 + 2 * table.shape.length, 0),
    writeTables: (address) => writeTables(machine, program.tables, address),
    classes: (sizes, band) => classes(machine, program, sizes, band),
  }
}

function keyOf({ capped, score, mask, tables }: Program, stage: string): string {
  const parts = [capped, score, mask].map((expr) => (expr ? structuralKey(expr) : ''))
  return [stage, ...parts, tables.map((table) => `${table.dtype}${table.shape.length}`).join()].join('|')
}

function add(machine: Machine, program: Program, stage: Part): Entry {
  const compiled = compilePart(program, stage, machine.tier)
  const pool = machine.allocateForever(compiled.constants.byteLength)
  machine.f32.set(compiled.constants, pool >> 2)
  append(machine, compiled.bytes)
  const slot = installOne(machine.wasmMemory, machine.kernels, compiled.bytes)
  machine.programs++
  return { slot, pool }
}

function compilePart({ capped, score, mask, tables }: Program, stage: Part, tier: Machine['tier']): Compiled {
  const kinds = {
    tableKinds: tables.map(({ dtype }) => dtype as TableKind),
    tableRanks: tables.map(({ shape }) => shape.length),
  }
  if (stage !== 'gradient') return compileProgram({ capped, score, mask, ...kinds }, stage, tier)
  const whole = score ? substituteScore(score, capped ?? build.s) : capped!
  return compileGradient({ derivative: derive(whole).score, mask, ...kinds }, tier)
}

/** A record of the list: u32 address of the next, u32 length, bytes. */
function append(machine: Machine, bytes: Uint8Array): void {
  const record = machine.allocateForever(8 + bytes.length)
  machine.u32[record >> 2] = 0
  machine.u32[(record >> 2) + 1] = bytes.length
  machine.u8.set(bytes, record + 8)
  let at = CONTROL_PROGRAM_LIST >> 2
  while (machine.u32[at]) at = machine.u32[at]! >> 2
  Atomics.store(machine.u32, at, record)
}

function writeTables(machine: Machine, tables: readonly View[], address: number): void {
  let at = address >> 2
  for (const table of tables) {
    machine.i32[at++] = addressOf(table)
    table.shape.forEach((length, axis) => {
      machine.i32[at++] = length
      machine.i32[at++] = table.strides[axis]!
    })
  }
}

function classes(machine: Machine, program: Program, sizes: Sizes, band: Band): BlockMap | undefined {
  if (!program.mask) return undefined
  const bound = classifier(program.mask, {
    shape: (table) => program.tables[table]!.shape,
    range: (table, low, high) => rangeOf(machine, program.tables[table]!, low, high),
  })
  return classify(bound, reads(program.mask).variables, sizes, band)
}

/** Tables are looked through only where few entries can be meant. */
const MOST_ENTRIES = 512

function rangeOf(
  machine: Machine,
  { handle, offset, shape, strides, dtype }: View,
  low: readonly number[],
  high: readonly number[],
): Interval | undefined {
  if (sizeOf(shape) === 0) return { lo: 0, hi: 0, nan: false }
  const extent = low.map((from, axis) => high[axis]! - from + 1)
  if (extent.reduce((n, length) => n * length, 1) > MOST_ENTRIES) return undefined
  const data = arrayOver(
    dtype,
    machine.wasmMemory.buffer,
    handle,
    offset + 1 + shape.reduce((sum, length, axis) => sum + (length - 1) * Math.max(0, strides[axis]!), 0),
  )
  let lo = Number.POSITIVE_INFINITY
  let hi = Number.NEGATIVE_INFINITY
  let nan = false
  const visit = (axis: number, at: number): void => {
    if (axis === shape.length) {
      const x = data[at]!
      if (Number.isNaN(x)) nan = true
      if (x < lo) lo = x
      if (x > hi) hi = x
      return
    }
    for (let n = 0; n < extent[axis]!; n++) visit(axis + 1, at + (low[axis]! + n) * strides[axis]!)
  }
  visit(0, offset)
  return { lo, hi, nan }
}

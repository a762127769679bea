/** What a run leaves behind: a JSON file with one section per kind of run. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { PeerName } from './cases.ts'
import type { Line } from './compare.ts'
import type { Clock } from './contestants/host.ts'
import type { LadderRun } from './ladder/ladder.ts'
import type { Machine } from './machine.ts'
import type { FirstRow, Start } from './startup.ts'

/** How much was measured: the short run, what the bars are about, everything. */
export type Extent = 'short' | 'bars' | 'full'

export interface Run {
  readonly date: string
  readonly machine: Machine
  readonly extent: Extent
  readonly clock: Clock
  /** Who was asked to take part. */
  readonly peers?: readonly PeerName[]
  /** What took part, by label, with its version. */
  readonly versions: Readonly<Record<string, string>>
  /** The kernels at the start, and whether they were still the same when the last line was measured. */
  readonly kernels: string
  readonly changed?: boolean
  readonly lines: readonly Line[]
  readonly starts?: readonly Start[]
  readonly firstRows?: readonly FirstRow[]
}

export interface Results {
  readonly node?: Run
  readonly browser?: Run
  readonly ladder?: LadderRun
}

/** The lines of `before` that a run like `now` need not measure again: same machine, kernels, peers and options. */
export function linesToKeep(before: Run | undefined, now: Run): readonly Line[] {
  if (!before || before.changed) return []
  const conditions = ({ machine, extent, clock, kernels, peers }: Run) => JSON.stringify([machine, extent, clock, kernels, peers])
  return conditions(before) === conditions(now) ? before.lines : []
}

export function readResults(file: string): Results {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : {}
}

/** Replaces the sections of `part`; the other sections of the file stay. Written whole or not at all. */
export function saveResults(file: string, part: Results): void {
  const beside = `${file}.part`
  writeFileSync(beside, `${JSON.stringify({ ...readResults(file), ...part }, rounded, 1)}\n`)
  renameSync(beside, file)
}

/** Six significant digits are more than any timing means. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value
}

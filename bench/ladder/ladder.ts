/** Runs the ladder: each rung compiled, timed and checked in a process of its own. */

import { fileURLToPath } from 'node:url'
import { settle } from '../busy.ts'
import { measureAlone, type Side } from '../compare.ts'
import type { Clock } from '../contestants/host.ts'
import { digits, error, time } from '../format.ts'
import { type Machine, machine } from '../machine.ts'
import { ChildRemote } from '../process/remote.ts'
import { BARS, type Bench } from '../ready.ts'
import type { AttentionWork } from '../work.ts'
import { compileRung } from './compile.ts'
import { LENGTH, RUNGS, type Rung } from './rungs.ts'

export interface LadderRun {
  readonly date: string
  readonly machine: Machine
  readonly length: number
  readonly clock: Clock
  readonly rungs: readonly Step[]
}

export interface Step {
  readonly number: number
  readonly name: string
  readonly story: string
  readonly side?: Side
  readonly note?: string
}

const NAME = 48
const CELL = 12
const CHILD = fileURLToPath(new URL('../process/child.ts', import.meta.url))

/** All rungs, or one. */
export async function runLadder(only: number | undefined, patienceMs: number, clock: Clock): Promise<LadderRun> {
  if (only !== undefined && !RUNGS[only]) throw new Error(`--rung: the ladder has rungs 0 to ${RUNGS.length - 1}, got ${only}`)
  console.log(`One head, ${LENGTH} tokens, D = 64; rates are counted as if no mask skipped anything\n`)
  const rungs: Step[] = []
  for (const [number, rung] of RUNGS.entries()) {
    if (only !== undefined && number !== only) continue
    const step = await climb(number, rung, patienceMs, clock)
    rungs.push(step)
    console.log(stepText(step, rungs.at(-2)))
    if (only !== undefined) console.log(`\n${rung.story}`)
  }
  return { date: new Date().toISOString().slice(0, 10), machine: machine(), length: LENGTH, clock, rungs }
}

async function climb(
  number: number,
  { name, story, how, mask = { kind: 'dense' } }: Rung,
  patienceMs: number,
  clock: Clock,
): Promise<Step> {
  const threads = how.kind === 'product' ? how.threads : 1
  if (threads > 1 && clock === 'cpu') return { number, name, story, note: 'needs the time that passes: leave out --clock cpu' }
  if (how.kind === 'kernel') await compileRung(number, how)
  const work: AttentionWork = { kind: 'attention', heads: 1, queries: LENGTH, keys: LENGTH, width: 64, mask }
  const open = async () =>
    new ChildRemote({ program: process.execPath, args: ['--no-warnings', '--expose-gc', CHILD, `rung-${number}`] })
  const bench: Bench = { effort: BARS, clock, open, settle: () => settle(patienceMs), floors: new Map(), answers: new Map() }
  const measured = await measureAlone(work, threads, bench)
  return { number, name, story, ...('note' in measured ? measured : { side: measured }) }
}

function stepText({ number, name, side, note }: Step, before: Step | undefined): string {
  const label = `${String(number).padStart(2)}  ${name.padEnd(NAME)}`
  if (!side) return `${label}${note}`
  const gain = before?.side ? `${digits(before.side.ms / side.ms)} ×` : ''
  const cells = [`${digits(side.denseGflops)} GF/s`, time(side.ms), gain, `err ${error(side.error)}`]
  return `${label}${cells.map((cell) => cell.padStart(CELL)).join('')}`
}

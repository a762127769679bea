/** A run in words, line by line, as it goes. */

import { type Bar, barsOf } from './bars.ts'
import { QUIET } from './busy.ts'
import { type Case, SECTIONS } from './cases.ts'
import type { Line, Side } from './compare.ts'
import { bytes, callTime, digits, error, threadCount, time } from './format.ts'
import { LABELS } from './peers.ts'
import type { Results, Run } from './results.ts'
import type { Spread } from './statistics.ts'
import type { Work } from './work.ts'

const NAME = 22
const CELL = 14

export function headText({ machine, versions, clock }: Run): string {
  const { cpu, cores, memoryGiB, system, node, vectorBits } = machine
  const taking = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  return [
    `${cpu}, ${cores} cores${vectorBits ? `, ${vectorBits}-bit vectors` : ''}, ${memoryGiB} GiB, ${system}, Node ${node}`,
    taking.join(', '),
    'ratio: the other’s time over Regard’s, median of paired rounds [quartiles]; above 1 Regard is faster',
    ...(clock === 'cpu' ? ['times: what threads computed, not what passed'] : []),
  ].join('\n')
}

export function caseText(one: Case, threads: number, first: boolean): string {
  const heading = first ? `\n${SECTIONS[one.section]}\n` : ''
  return `${heading}  ${one.title}, ${threadCount(threads)}  (${one.id})`
}

/** `nth`: the line's place among those of its case; Regard's own figures stand above the first. */
export function lineText(line: Line, one: Case, nth: number): string {
  const { regard, other, ratio, against, note = '' } = line
  if (one.baseline) return baselineText(line, one.baseline.title)
  const own = nth === 0 ? [sideText('Regard', regard, one.work, regard ? '' : note)] : []
  if (!against) return own.join('\n')
  const compared = ratio ? `${ratioText(ratio)}${note && `  ${note}`}` : note
  return [...(regard ? own : []), sideText(LABELS[against], other, one.work, compared)].join('\n')
}

function sideText(name: string, side: Side | undefined, work: Work, end: string): string {
  const label = `    ${name.padEnd(NAME)}`
  if (!side) return label + end
  const rate = work.kind === 'weights' ? '' : `${digits(side.denseGflops)} GF/s`
  const cells = [callTime(side.ms, work), rate, bytes(side.extraBytes), `err ${error(side.error)}`].map((text) =>
    text.padStart(CELL),
  )
  return `${label}${cells.join('')}  ${(name === 'Regard' ? side.engine : side.variant) ?? ''}  ${end}`.trimEnd()
}

function ratioText({ median, low, high, rounds }: Spread): string {
  return `${digits(median)} × [${digits(low)}–${digits(high)}] of ${rounds}`
}

function baselineText({ regard, other, ratio, note = '' }: Line, baseline: string): string {
  if (!regard || !other || !ratio) return `    ${note}`
  return `    ${time(regard.ms)}; ${baseline}: ${time(other.ms)}; ${ratioText(ratio)} its time  ${note}`.trimEnd()
}

/** What makes a run's figures doubtful; nothing where all is well. */
export function warningsText({ lines, changed }: Run): string {
  const { busy, pairs } = busyPairs(lines)
  const others = `Other programs were running before ${busy} of ${pairs} pairs: read the ratios, and better run again on a quiet machine.`
  return [...(changed ? [CHANGED] : []), ...(busy > 0 ? [others] : [])].map((text) => `\n${text}\n`).join('')
}

export const CHANGED = 'The kernels were built anew during the run: its lines are of different builds.'

/** Before how many of the pairs others used more than a tenth of the machine. */
export function busyPairs(lines: readonly Line[]): { busy: number; pairs: number } {
  const known = lines.filter(({ busy }) => busy !== undefined)
  return { busy: known.filter((line) => line.busy! > QUIET).length, pairs: known.length }
}

/** The bars that the run measured something of. */
export function barsText(results: Results): string {
  const all = barsOf(results)
  const measured = all.filter((bar) => bar.measured.length > 0)
  const rest = all.length - measured.length
  return [
    '\nThe bars',
    ...measured.map((bar) => `  ${bar.work}: ${bar.demand}: ${verdict(bar)}`),
    ...(rest > 0 ? [`  (${rest} of ${all.length} bars: nothing measured in this run)`] : []),
  ].join('\n')
}

function verdict({ measured }: Bar): string {
  return measured.map(({ what, value, met }) => `${what} ${value} ${met ? 'met' : 'NOT met'}`).join('; ')
}

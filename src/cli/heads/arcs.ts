/** Links between the tokens of a short text, drawn beside it: each is a bracket that ends in an arrow at the token looked at. */

import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { fit, padStart, widthOf } from '../terminal/width.ts'

export interface Arc {
  readonly from: number
  readonly to: number
}

/** More tokens than this are no picture any more. */
export const TALLEST = 60

interface Laid extends Arc {
  readonly lane: number
}

/** Arcs come in the order of their weight; those for which there is no room are left out, the last first. Returns how many are drawn. */
export function arcs(
  labels: readonly string[],
  given: readonly Arc[],
  screen: Screen,
  paint: Paint,
): { lines: string[]; drawn: number } {
  const label = Math.min(20, Math.max(...labels.map(widthOf)))
  const lanes = Math.floor((screen.columns - label - 6) / 2)
  const laid = lay(given.filter(({ from, to }) => from !== to).slice(0, lanes))
  const wide = 2 * Math.max(0, ...laid.map(({ lane }) => lane + 1)) + 1
  const lines = labels.map((text, row) => {
    const cells = new Array<string>(wide).fill(' ')
    for (const arc of laid) through(cells, arc, row)
    for (const arc of laid) across(cells, arc, row)
    const used = laid.some(({ from, to }) => from === row || to === row)
    const name = padStart(fit(text, label), label)
    return `  ${used ? paint.strong(name) : paint.soft(name)} ${paint.looked(cells.join('').trimEnd())}`.trimEnd()
  })
  return { lines, drawn: laid.length }
}

/** Short arcs lie inside; arcs that share no row share a lane. */
function lay(given: readonly Arc[]): Laid[] {
  const length = ({ from, to }: Arc): number => Math.abs(from - to)
  const lanes: Arc[][] = []
  return [...given]
    .sort((a, b) => length(a) - length(b) || Math.min(a.from, a.to) - Math.min(b.from, b.to))
    .map((arc) => {
      let lane = lanes.findIndex((others) => others.every((other) => apart(other, arc)))
      if (lane < 0) lane = lanes.push([]) - 1
      lanes[lane]!.push(arc)
      return { ...arc, lane }
    })
}

function apart(a: Arc, b: Arc): boolean {
  return Math.max(a.from, a.to) < Math.min(b.from, b.to) || Math.max(b.from, b.to) < Math.min(a.from, a.to)
}

const column = (lane: number): number => 2 * lane + 2

/** The upright part of an arc, on the rows between its ends. */
function through(cells: string[], { from, to, lane }: Laid, row: number): void {
  if (row > Math.min(from, to) && row < Math.max(from, to)) cells[column(lane)] = '│'
}

/** The ends: a line from the token to the lane, over what is on its way. */
function across(cells: string[], { from, to, lane }: Laid, row: number): void {
  if (row !== from && row !== to) return
  const at = column(lane)
  for (let n = 1; n < at; n++) {
    const there = cells[n]!
    cells[n] = there === '│' ? '┼' : there === '┐' ? '┬' : there === '┘' ? '┴' : there === ' ' ? '─' : there
  }
  const goesOn = cells[at] === '─' || cells[at] === '┬' || cells[at] === '┴'
  const down = row === Math.min(from, to)
  cells[at] = down ? (goesOn ? '┬' : '┐') : goesOn ? '┴' : '┘'
  if (row === to) cells[0] = '◄'
  else if (cells[0] === ' ') cells[0] = '─'
}

/** Labelled points in a terminal: a frame of characters with the labels where the points lie. */

import type { Paint } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { widthOf } from '../terminal/width.ts'

export interface Point {
  readonly x: number
  readonly y: number
  readonly label: string
}

const TALL = 13
const WIDEST = 60

/**
 * x to the right, y upwards, the same scale on both (a character counts as twice as high as wide). Labels that would cover each other are moved to
 * the next free place on the line, or the lines around it.
 */
export function plotted(points: readonly Point[], screen: Screen, paint: Paint): string[] {
  const longest = Math.max(1, ...points.map(({ label }) => widthOf(label)))
  const wide = Math.max(longest + 2, Math.min(WIDEST, screen.columns - 4))
  const [left, right] = spread(points.map(({ x }) => x))
  const [low, high] = spread(points.map(({ y }) => y))
  const unit = Math.max((right - left) / (wide - longest), (high - low) / ((TALL - 1) * 2), Number.MIN_VALUE)
  const grid: (Point | undefined)[][] = Array.from({ length: TALL }, () => [])
  const taken = Array.from({ length: TALL }, () => new Array<boolean>(wide).fill(false))
  for (const point of points) {
    const column = Math.round((point.x - (left + right) / 2) / unit + (wide - longest) / 2)
    const row = Math.round((TALL - 1) / 2 - (point.y - (low + high) / 2) / (2 * unit))
    const place = free(taken, row, column, widthOf(point.label), wide)
    if (!place) continue
    for (let at = place[1]; at < place[1] + widthOf(point.label); at++) taken[place[0]]![at] = true
    grid[place[0]]![place[1]] = point
  }
  const lines = grid.map((row) => {
    let line = ''
    for (let at = 0; at < wide; ) {
      const point = row[at]
      line += point ? paint.strong(point.label) : paint.soft(' ')
      at += point ? widthOf(point.label) : 1
    }
    return `  ${paint.soft('│')}${line}${paint.soft('│')}`
  })
  const edge = '─'.repeat(wide)
  return [`  ${paint.soft(`┌${edge}┐`)}`, ...lines, `  ${paint.soft(`└${edge}┘`)}`]
}

function spread(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

/** The free place nearest to the wanted one, with a blank on both sides. */
function free(
  taken: readonly (readonly boolean[])[],
  row: number,
  column: number,
  width: number,
  wide: number,
): [number, number] | undefined {
  const open = (r: number, c: number): boolean =>
    r >= 0 && r < TALL && c >= 0 && c + width <= wide && !taken[r]!.slice(Math.max(0, c - 1), c + width + 1).includes(true)
  for (let far = 0; far < wide; far++)
    for (let up = -Math.floor(far / 2); up <= Math.floor(far / 2); up++)
      for (const across of [far - 2 * Math.abs(up), 2 * Math.abs(up) - far])
        if (open(row + up, column + across)) return [row + up, column + across]
  return undefined
}

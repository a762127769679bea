/** The map on the page: one scale for all layers, points that fall together named together, labels where there is room. */

import type { PlaneMap } from 'regard/lens'

export interface Spot {
  readonly x: number
  readonly y: number
}

export interface Label extends Spot {
  /** The points it names. */
  readonly points: readonly number[]
  readonly text: string
  readonly anchor: 'start' | 'middle' | 'end'
}

export interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const LINE = 14
const LETTER = 6.1
/** Points nearer than this, in pixels, are one to the eye. */
const TOGETHER = 8

/** How far from the middle any point of any layer lies, across and up. */
export function farthest(maps: readonly PlaneMap[]): { across: number; up: number } {
  const most = (axis: 0 | 1): number =>
    maps.reduce((far, { points }) => points.reduce((farther, point) => Math.max(farther, Math.abs(point[axis])), far), 0)
  return { across: most(0), up: most(1) }
}

/** Points that lie together, in order; each is in one group. */
export function groups(spots: readonly Spot[]): number[][] {
  const made: number[][] = []
  for (const [n, spot] of spots.entries()) {
    const near = made.find((group) =>
      group.some((other) => Math.hypot(spots[other]!.x - spot.x, spots[other]!.y - spot.y) < TOGETHER),
    )
    if (near) near.push(n)
    else made.push([n])
  }
  return made
}

/**
 * A label for each group: beside it where it is free, else a shorter one. `texts`: the names of a group, longest first. Labels stay
 * within `width` × `height` and off what is `kept` free.
 */
export function labelsFor(
  spots: readonly Spot[],
  { width, height }: { width: number; height: number },
  texts: (points: readonly number[]) => readonly string[],
  kept: readonly Box[] = [],
): Label[] {
  const together = groups(spots)
  const taken: Box[] = [...kept, ...spots.map(({ x, y }) => ({ left: x - 5, right: x + 5, top: y - 5, bottom: y + 5 }))]
  return together.map((points) => {
    const { x, y } = spots[points[0]!]!
    const names = texts(points)
    for (const text of names) {
      const free = sides(x, y, text).find(({ box }) => inside(box, width, height) && !taken.some((other) => touch(box, other)))
      if (!free) continue
      taken.push(free.box)
      return { points, text, ...free.at }
    }
    return { points, text: names.at(-1) ?? '', x: x + 9, y: y + 4, anchor: 'start' as const }
  })
}

function sides(x: number, y: number, text: string): { box: Box; at: Spot & { anchor: Label['anchor'] } }[] {
  const wide = text.length * LETTER
  const [half, gap] = [LINE / 2, 9]
  const beside = (left: number, middle: number): Box => ({ left, right: left + wide, top: middle - half, bottom: middle + half })
  return [
    { box: beside(x + gap, y), at: { x: x + gap, y: y + 4, anchor: 'start' } },
    { box: beside(x - gap - wide, y), at: { x: x - gap, y: y + 4, anchor: 'end' } },
    { box: beside(x - wide / 2, y - 16), at: { x, y: y - 12, anchor: 'middle' } },
    { box: beside(x - wide / 2, y + 16), at: { x, y: y + 20, anchor: 'middle' } },
  ]
}

const inside = ({ left, right, top, bottom }: Box, width: number, height: number): boolean =>
  left >= 0 && right <= width && top >= 0 && bottom <= height

const touch = (a: Box, b: Box): boolean => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

/** A round length that is a quarter to a half of the map's half width, for its scale: 1, 2 or 5 of a power of ten. */
export function scaleLength(far: number): number {
  const rough = far / 2
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([5, 2, 1].find((digit) => digit * power <= rough) ?? 1) * power
}

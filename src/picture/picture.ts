/**
 * A picture before it is SVG or PNG: marks at places, in units of 1/96 inch, x to the right and y down. Charts make them, and two
 * writers (`svg.ts`, `png.ts`) draw them alike.
 */

import type { Rgb } from './colour.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  /** In order: later ones lie on top. */
  readonly marks: readonly Mark[]
  /** What the picture shows, for those who cannot see it and for search. */
  readonly title: string
  readonly description: string
}

export type Mark = Box | Line | Dot | Text

export interface Box {
  readonly kind: 'box'
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly fill: Rgb
}

export interface Line {
  readonly kind: 'line'
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly colour: Rgb
  readonly width: number
  /** Lengths of dashes and gaps in turn; without it the line is whole. */
  readonly dash?: readonly number[] | undefined
}

export interface Dot {
  readonly kind: 'dot'
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly fill: Rgb
}

export interface Text {
  readonly kind: 'text'
  /** Where the text starts, its middle or its end stands, on the base line. */
  readonly x: number
  readonly y: number
  readonly text: string
  readonly size: number
  readonly colour: Rgb
  readonly anchor: 'start' | 'middle' | 'end'
  readonly bold?: boolean | undefined
  /** Written upwards, from bottom to top. */
  readonly upwards?: boolean | undefined
}

export const box = (x: number, y: number, width: number, height: number, fill: Rgb): Box => ({
  kind: 'box',
  x,
  y,
  width,
  height,
  fill,
})

export const line = (points: Line['points'], colour: Rgb, width = 1, dash?: readonly number[]): Line => ({
  kind: 'line',
  points,
  colour,
  width,
  dash,
})

export const dot = (x: number, y: number, radius: number, fill: Rgb): Dot => ({ kind: 'dot', x, y, radius, fill })

export type Written = Partial<Pick<Text, 'size' | 'anchor' | 'bold' | 'upwards'>> & Pick<Text, 'colour'>

export const text = (
  x: number,
  y: number,
  words: string,
  { size = 12, anchor = 'start', colour, bold, upwards }: Written,
): Text => ({ kind: 'text', x, y, text: words, size, colour, anchor, bold, upwards })

/** The same mark somewhere else. */
export function moved(mark: Mark, right: number, down: number): Mark {
  return mark.kind === 'line'
    ? { ...mark, points: mark.points.map(([x, y]) => [x + right, y + down]) }
    : { ...mark, x: mark.x + right, y: mark.y + down }
}

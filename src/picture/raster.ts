/** Marks as pixels. Edges are smooth: a pixel takes as much of a colour as the mark covers of it. */

import type { Rgb } from './colour.ts'
import { lettering } from './letters.ts'
import type { Box, Line, Mark, Picture, Text } from './picture.ts'

export interface Raster {
  readonly width: number
  readonly height: number
  /** Three bytes a pixel, row by row. */
  readonly pixels: Uint8Array
}

type Point = readonly [x: number, y: number]

/** `scale`: pixels to a unit. */
export function toRaster({ width, height, marks }: Picture, scale: number): Raster {
  const [w, h] = [Math.ceil(width * scale), Math.ceil(height * scale)]
  const raster = { width: w, height: h, pixels: new Uint8Array(w * h * 3).fill(255) }
  for (const mark of marks) put(raster, mark, scale)
  return raster
}

function put(raster: Raster, mark: Mark, scale: number): void {
  if (mark.kind === 'box') putBox(raster, mark, scale)
  else if (mark.kind === 'line') putLine(raster, mark, scale)
  else if (mark.kind === 'text') putText(raster, mark, scale)
  else {
    const at: Point = [mark.x * scale, mark.y * scale]
    putStrokes(raster, [[at, at]], 2 * mark.radius * scale, mark.fill)
  }
}

function putBox(raster: Raster, { x, y, width, height, fill }: Box, scale: number): void {
  const [left, top, right, bottom] = [x * scale, y * scale, (x + width) * scale, (y + height) * scale]
  const shared = (from: number, to: number, at: number): number => Math.min(to, at + 1) - Math.max(from, at)
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(raster.height, Math.ceil(bottom)); row++)
    for (let column = Math.max(0, Math.floor(left)); column < Math.min(raster.width, Math.ceil(right)); column++)
      blend(raster, column, row, fill, shared(top, bottom, row) * shared(left, right, column))
}

function putLine(raster: Raster, { points, colour, width, dash }: Line, scale: number): void {
  const scaled = points.map(([x, y]): Point => [x * scale, y * scale])
  const strokes = dash
    ? dashes(
        scaled,
        dash.map((length) => length * scale),
      )
    : [scaled]
  putStrokes(raster, strokes, width * scale, colour)
}

function putText(raster: Raster, { x, y, text, size, colour, anchor, bold, upwards }: Text, scale: number): void {
  const { strokes, width, thickness } = lettering(text, size * scale, bold)
  const back = anchor === 'start' ? 0 : anchor === 'middle' ? width / 2 : width
  const place = ([right, down]: Point): Point =>
    upwards ? [x * scale + down, y * scale - (right - back)] : [x * scale + right - back, y * scale + down]
  putStrokes(
    raster,
    strokes.map((stroke) => stroke.map(place)),
    Math.max(1, thickness),
    colour,
  )
}

/** Lines of one colour as one shape: where they cross nothing is laid on twice. */
function putStrokes(raster: Raster, strokes: readonly (readonly Point[])[], thickness: number, colour: Rgb): void {
  const points = strokes.flat()
  if (points.length === 0) return
  const reach = thickness / 2 + 1
  const left = clamp(Math.floor(Math.min(...points.map(([x]) => x)) - reach), raster.width)
  const top = clamp(Math.floor(Math.min(...points.map(([, y]) => y)) - reach), raster.height)
  const right = clamp(Math.ceil(Math.max(...points.map(([x]) => x)) + reach), raster.width)
  const bottom = clamp(Math.ceil(Math.max(...points.map(([, y]) => y)) + reach), raster.height)
  const area = { left, top, width: right - left, height: bottom - top, cover: new Float32Array((right - left) * (bottom - top)) }
  for (const stroke of strokes) for (let n = 1; n < stroke.length; n++) coverPiece(area, stroke[n - 1]!, stroke[n]!, thickness)
  for (let row = 0; row < area.height; row++)
    for (let column = 0; column < area.width; column++)
      blend(raster, left + column, top + row, colour, area.cover[row * area.width + column]!)
}

interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly cover: Float32Array
}

/** A pixel is covered by what its middle lies within the line, one pixel from outside to inside. */
function coverPiece({ left, top, width, height, cover }: Area, [ax, ay]: Point, [bx, by]: Point, thickness: number): void {
  const reach = thickness / 2 + 1
  const [dx, dy] = [bx - ax, by - ay]
  const squared = dx * dx + dy * dy
  const [rowFrom, rowTo] = [
    clamp(Math.floor(Math.min(ay, by) - reach) - top, height),
    clamp(Math.ceil(Math.max(ay, by) + reach) - top, height),
  ]
  const [from, to] = [
    clamp(Math.floor(Math.min(ax, bx) - reach) - left, width),
    clamp(Math.ceil(Math.max(ax, bx) + reach) - left, width),
  ]
  for (let row = rowFrom; row < rowTo; row++)
    for (let column = from; column < to; column++) {
      const [px, py] = [left + column + 0.5 - ax, top + row + 0.5 - ay]
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared))
      const far = Math.hypot(px - along * dx, py - along * dy)
      const at = row * width + column
      cover[at] = Math.max(cover[at]!, Math.min(1, thickness / 2 + 0.5 - far))
    }
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value))

function blend({ width, pixels }: Raster, x: number, y: number, colour: Rgb, share: number): void {
  if (share <= 0) return
  const at = 3 * (y * width + x)
  for (let n = 0; n < 3; n++) pixels[at + n] = Math.round(pixels[at + n]! + (colour[n]! - pixels[at + n]!) * Math.min(1, share))
}

/** A line cut into pieces, every second one left out. */
function dashes(points: readonly Point[], lengths: readonly number[]): Point[][] {
  const out: Point[][] = [[points[0]!]]
  let [turn, left] = [0, lengths[0]!]
  for (let n = 1; n < points.length; n++) {
    let [x, y] = points[n - 1]!
    const [toX, toY] = points[n]!
    for (let rest = Math.hypot(toX - x, toY - y); rest > 0; ) {
      const step = Math.min(rest, left)
      ;[x, y] = [x + ((toX - x) * step) / rest, y + ((toY - y) * step) / rest]
      if (turn % 2 === 0) out.at(-1)!.push([x, y])
      rest -= step
      left -= step
      if (left > 1e-9) continue
      turn++
      left = lengths[turn % lengths.length]!
      if (turn % 2 === 0) out.push([[x, y]])
    }
  }
  return out.filter((piece) => piece.length > 1)
}

/** What the map says. */

import type { Pooling } from '../engine/questions/map.ts'
import { strings } from '../strings.ts'

const NBSP = '\u00a0'
/** 18204 → 18 204: long numbers are read in groups. */
const grouped = (n: number): string => String(n).replaceAll(/\B(?=(?:\d{3})+$)/g, NBSP)
const span = (from: number, to: number): string => (to - from === 1 ? grouped(from) : `${grouped(from)}–${grouped(to - 1)}`)
const pooling = { max: 'largest', mean: 'mean' } as const

export interface Read {
  readonly r0: number
  readonly r1: number
  readonly c0: number
  readonly c1: number
  readonly from: string
  readonly to: string
  readonly value: number
}

export const mapStrings = {
  title: 'The whole matrix',
  size: (tokens: number) => `${grouped(tokens)} × ${grouped(tokens)} weights`,
  label: (tokens: number, where: string) =>
    `Map of ${grouped(tokens)} by ${grouped(tokens)} weights, ${where}. Rows look, columns are looked at.`,
  help: 'Arrow keys move the crosshair, with Shift ten steps; plus and minus zoom, 0 shows the whole; Enter holds the strongest link under it.',
  hint: 'Wheel or pinch to zoom, drag to move. Click holds the strongest link there.',
  pooling: 'A dot that stands for several weights shows their',
  pools: pooling,
  find: 'Go to',
  findHint: 'a word, or a token’s number',
  go: 'Go',
  lost: (sought: string) => `“${sought}” is not in this text.`,
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  whole: 'Whole',
  computing: (left: number) => `Computing: ${left === 1 ? 'one part is' : `${left} parts are`} still to come; they are hatched.`,
  /** token 18 204 it → token 312 animal: 0.0213 */
  cell: ({ r0, c0, from, to, value }: Read) => `token ${grouped(r0)} ${from} → token ${grouped(c0)} ${to}: ${strings.exact(value)}`,
  square: ({ r0, r1, c0, c1, from, to, value }: Read, how: Pooling) =>
    `tokens ${span(r0, r1)} (from ${from}) → tokens ${span(c0, c1)} (from ${to}): ${pooling[how]} weight ${strings.exact(value)}`,
  unknown: 'not computed yet',
  scale: (by: number, how: Pooling) =>
    by === 1
      ? 'Every weight is a square of its own. Colour by √weight, from 0 to 1.'
      : `Each dot stands for ${grouped(by)} × ${grouped(by)} weights and shows the ${pooling[how]} of them. Colour by √, from 0 to 1.`,
  tick: (token: number, words: string) => `${grouped(token)} ${words}`,
  takeView: 'The part of the map that is in view',
  takeWhere: ({ layer, head }: { layer: number; head: number | 'mean' }, r0: number, r1: number, c0: number, c1: number) =>
    `Layer ${layer}, ${head === 'mean' ? 'mean of its heads' : `head ${head}`}; tokens ${span(r0, r1)} looking at tokens ${span(c0, c1)}.`,
  takePooled: (by: number, how: Pooling) => `the ${pooling[how]} of ${grouped(by)} × ${grouped(by)} attention weights`,
  noWebgl: (reason: string) => `The map cannot be drawn: ${reason}. The matrix under Read shows every weight, a part at a time.`,
} as const

/** From a value to a share of an axis or of a colour ramp, and the ticks that tell what is what. */

import { hex, mix, type Rgb } from './colour.ts'

/** linear: equal steps look equal. sqrt: small values can be told apart (from 0 on). log: equal factors look equal (above 0). */
export type Law = 'linear' | 'sqrt' | 'log'

export interface Range {
  readonly law: Law
  readonly from: number
  readonly to: number
}

/** Colours of a heat map. looked, mattered: from paper to one colour. signed: two colours on the sides of 0, which is paper. */
export type Ramp = 'looked' | 'mattered' | 'signed'

export interface Scale extends Range {
  readonly ramp: Ramp
  /** How a value is written in the legend. */
  readonly says: (value: number) => string
}

export const PAPER = hex('#ffffff')
export const INK = hex('#1c1b18')
export const SOFT = hex('#6f6b62')
export const HAIRLINE = hex('#d8d3c8')
export const LOOKED = hex('#2f35b0')
export const MATTERED = hex('#b8520b')
const NOTHING = hex('#f4f2ec')
const ENDS: Record<Ramp, Rgb> = { looked: hex('#2a2f9e'), mattered: MATTERED, signed: MATTERED }
const NEGATIVE = hex('#0f7f86')

/** 0 at `from`, 1 at `to`; what lies beyond is cut. A log of nothing is 0. */
export function shareOf({ law, from, to }: Range, value: number): number {
  const bent = BENT[law]
  const [low, high] = [bent(from), bent(to)]
  if (high === low) return 0
  return Math.min(1, Math.max(0, (bent(value) - low) / (high - low)))
}

const BENT: Record<Law, (value: number) => number> = {
  linear: (value) => value,
  sqrt: (value) => Math.sqrt(Math.max(0, value)),
  log: (value) => Math.log(Math.max(Number.MIN_VALUE, value)),
}

/** The value at a share of the range. */
export function valueAt({ law, from, to }: Range, share: number): number {
  if (law === 'log') return from * (to / from) ** share
  if (law === 'sqrt') return (Math.sqrt(from) + (Math.sqrt(to) - Math.sqrt(from)) * share) ** 2
  return from + (to - from) * share
}

export function colourAt(scale: Scale, value: number): Rgb {
  if (scale.ramp !== 'signed') return mix(NOTHING, ENDS[scale.ramp], shareOf(scale, value))
  const most = Math.max(Math.abs(scale.from), Math.abs(scale.to))
  const share = most === 0 ? 0 : Math.min(1, Math.abs(value) / most)
  return mix(NOTHING, value < 0 ? NEGATIVE : ENDS.signed, share)
}

/** Round values within a range: at most about `most` steps of 1, 2 or 5; decades (and halves between few) on a log scale. */
export function ticksOf({ law, from, to }: Range, most = 6): number[] {
  if (!(to > from)) return [from]
  if (law === 'log') return decades(from, to, most)
  const rough = (to - from) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((each) => each >= rough * 0.999)!
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  return Array.from({ length: count }, (_, n) => Number(((first + n) * step).toPrecision(12)))
}

function decades(from: number, to: number, most: number): number[] {
  const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)]
  const every = Math.max(1, Math.ceil((high - low + 1) / (most + 1)))
  const whole = Array.from({ length: Math.max(0, high - low + 1) }, (_, n) => low + n).filter(
    (power) => (power - low) % every === 0,
  )
  if (whole.length >= 3 || every > 1) return whole.map((power) => 10 ** power)
  const fine = [low - 1, ...whole].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power))
  return fine.map((value) => Number(value.toPrecision(3))).filter((value) => value >= from * 0.999 && value <= to * 1.001)
}

/** A number on an axis: as short as it goes, with a real minus; 1e6 and beyond, and below 1e-4, as powers of ten. */
export function figure(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  const sign = value < 0 ? '−' : ''
  if (size < 1e6 && size >= 1e-4) return `${sign}${Number(size.toPrecision(4))}`
  const power = Math.floor(Math.log10(size) + 1e-9)
  const front = Number((size / 10 ** power).toPrecision(3))
  const raised = [...String(power)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)).join('')
  return `${sign}${front === 1 ? '' : `${front}×`}10${raised}`
}

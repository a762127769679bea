/** Axes: from numbers to pixels, and where the ticks are. */

export type Law = 'linear' | 'log'

export interface Axis {
  readonly law: Law
  readonly from: number
  readonly to: number
}

/** Numbers to the share of the axis, 0 … 1. */
export function shareOf({ law, from, to }: Axis, value: number): number {
  if (from === to) return 0.5
  return law === 'log' ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from)
}

/** An axis that holds all values; a logarithmic one passes over what is not above 0, a linear one holds 0. */
export function axisFor(values: readonly number[], law: Law): Axis {
  const shown = values.filter((value) => Number.isFinite(value) && (law === 'linear' || value > 0))
  const [least, most] = [Math.min(...shown), Math.max(...shown)]
  if (shown.length === 0) return { law, from: law === 'log' ? 1 : 0, to: law === 'log' ? 10 : 1 }
  if (law === 'linear') return { law, from: Math.min(0, least), to: most > 0 ? most : least < 0 ? 0 : 1 }
  return least === most ? { law, from: least / 2, to: most * 2 } : { law, from: least, to: most }
}

/** At most `count` or so round numbers within the axis. */
export function ticksOf(axis: Axis, count: number): number[] {
  return axis.law === 'log' ? powers(axis, count) : steps(axis, count)
}

/** Powers of ten; 1, 2 and 5 of each where those are few. */
function powers({ from, to }: Axis, count: number): number[] {
  const [first, last] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))]
  const within = (digits: readonly number[], by = 1): number[] => {
    const made: number[] = []
    for (let power = first; power <= last; power += by) for (const digit of digits) made.push(Number(`${digit}e${power}`))
    return made.filter((tick) => tick >= from * 0.999 && tick <= to * 1.001)
  }
  const tens = within([1])
  if (tens.length >= 3) return within([1], Math.ceil(tens.length / count))
  const halves = within([1, 3])
  return halves.length >= 3 ? halves : within([1, 2, 5])
}

function steps({ from, to }: Axis, count: number): number[] {
  const rough = (to - from) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5].find((digit) => digit * power >= rough * 0.999) ?? 10) * power
  const made: number[] = []
  for (let n = Math.ceil(from / step - 1e-9); n * step <= to + step * 1e-9; n++) made.push(Number((n * step).toPrecision(12)))
  return made
}

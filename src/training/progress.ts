/** One line that tells how a training goes. */

const BARS = '▁▂▃▄▅▆▇█'

/** Numbers as bars, the lowest of them the shortest; the last `width` means of equal stretches of the list. */
export function sparkline(values: readonly number[], width: number): string {
  if (values.length === 0) return ''
  const count = Math.min(width, values.length)
  const means = Array.from({ length: count }, (_, n) => {
    const part = values.slice(Math.floor((n * values.length) / count), Math.floor(((n + 1) * values.length) / count))
    return part.reduce((sum, each) => sum + each, 0) / part.length
  })
  const low = Math.min(...means)
  const range = Math.max(...means) - low
  return means.map((each) => BARS[range === 0 ? 0 : Math.round(((each - low) / range) * (BARS.length - 1))]).join('')
}

/** "1 h 05 min", "4 min", "30 s" */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

export interface Standing {
  readonly step: number
  readonly steps: number
  /** Of every step so far in this sitting. */
  readonly losses: readonly number[]
  readonly tokensPerSecond: number
  readonly secondsLeft: number
}

/** At most `columns` wide: what matters least is left out first. */
export function progressLine({ step, steps, losses, tokensPerSecond, secondsLeft }: Standing, columns: number): string {
  const recent = losses.slice(-20)
  const loss = recent.reduce((sum, each) => sum + each, 0) / Math.max(1, recent.length)
  const parts = [
    `step ${step} of ${steps}`,
    `loss ${loss.toFixed(3)}`,
    `${timeLeft(secondsLeft)} left`,
    `${Math.round(tokensPerSecond)} tokens/s`,
  ]
  let line = parts[0]!
  for (const part of parts.slice(1)) if (line.length + 2 + part.length <= columns) line += `, ${part}`
  const room = Math.min(24, columns - line.length - 2)
  return room >= 6 ? `${line}  ${sparkline(losses, room)}` : line
}

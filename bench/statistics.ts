/** Medians and quartiles: the only statistics the benchmark reports. */

export interface Spread {
  readonly median: number
  /** Lower and upper quartile. */
  readonly low: number
  readonly high: number
  readonly rounds: number
}

/** The value below which the share `p` (0…1) of `values` lies, by linear interpolation between neighbours. NaN for none. */
export function quantile(values: readonly number[], p: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const at = p * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (at - below)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75), rounds: values.length }
}

/**
 * How many times faster A is than B, round by round: B's time over A's time within each round, so that what slows both
 * at once (another process, a warmer core) cancels.
 */
export function pairedRatios(a: readonly number[], b: readonly number[]): number[] {
  if (a.length !== b.length) throw new RangeError(`pairedRatios: both sides need as many rounds, got ${a.length} and ${b.length}`)
  return a.map((ms, round) => b[round]! / ms)
}

/** The exponent of a power law. */

export interface Fit {
  /** p of y ≈ c · xᵖ, by least squares on logarithms. */
  readonly exponent: number
  /** The share of the variance of log y that the law explains: 1 is a straight line on paper with logarithmic axes. */
  readonly r2: number
}

/** Undefined for fewer than two different x, or where x or y is not above 0. */
export function powerLaw(x: readonly number[], y: readonly number[]): Fit | undefined {
  if (x.length !== y.length) throw new RangeError(`powerLaw: x and y must be equally long, got ${x.length} and ${y.length}`)
  if ([...x, ...y].some((value) => !(value > 0))) return undefined
  const [u, v] = [x.map(Math.log), y.map(Math.log)]
  const [mu, mv] = [mean(u), mean(v)]
  const sum = (of: (n: number) => number): number => u.reduce((total, _, n) => total + of(n), 0)
  const xx = sum((n) => (u[n]! - mu) ** 2)
  if (xx === 0) return undefined
  const exponent = sum((n) => (u[n]! - mu) * (v[n]! - mv)) / xx
  const all = sum((n) => (v[n]! - mv) ** 2)
  const left = sum((n) => (v[n]! - mv - exponent * (u[n]! - mu)) ** 2)
  return { exponent, r2: all === 0 ? 1 : 1 - left / all }
}

const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length

/** How numbers are written: briefly where they stand, with every digit where someone asks. */

const MINUS = '\u2212'

/** Three digits that count, and as many decimals as that takes up to four: 21.7, 3.83, 0.677, −0.0042. */
export function brief(x: number): string {
  if (x === 0) return '0'
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? '∞' : `${MINUS}∞`
  const size = Math.abs(x)
  if (size < 1e-4 || size >= 1e6) return signed(x, size.toExponential(1).replace('-', MINUS))
  const decimals = Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(size))))
  return signed(x, size.toFixed(decimals))
}

/** Every digit that a 32-bit number has. */
export const exact = (x: number): string => String(Number(x.toPrecision(7))).replace('-', MINUS)

const signed = (x: number, digits: string): string => (x < 0 ? MINUS + digits : digits)

/** The places of the `count` largest sizes, largest first. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  const places = Array.from(values, (_, n) => n)
  return places.sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b).slice(0, count)
}

export function reach(...lists: readonly ArrayLike<number>[]): number {
  let most = 0
  for (const list of lists) for (let n = 0; n < list.length; n++) most = Math.max(most, Math.abs(list[n]!))
  return most
}

/** Vectors longer than this are drawn by the root, as the legend says. */
export const isLong = (values: ArrayLike<number>): boolean => values.length > 128

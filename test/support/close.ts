/** Comparing numbers: every failure names the worst element and the errors on both sides. */

export type Numbers = ArrayLike<number>

export interface Tolerance {
  rtol?: number
  atol?: number
}

/** |actual − expected| ≤ atol + rtol·|expected| everywhere; NaN and ±∞ must stand at the same places. */
export function expectClose(actual: Numbers, expected: Numbers, { rtol = 0, atol = 0 }: Tolerance, what = 'result'): void {
  sameLength(actual, expected, what)
  let worst = { excess: 0, at: -1 }
  for (let n = 0; n < expected.length; n++) {
    const excess = errorAt(actual[n]!, expected[n]!) / (atol + rtol * Math.abs(expected[n]!) || Number.MIN_VALUE)
    if (excess > worst.excess) worst = { excess, at: n }
  }
  if (worst.excess <= 1) return
  const { at } = worst
  const allowed = atol + rtol * Math.abs(expected[at]!)
  throw new Error(
    `${what}: element ${at} of ${expected.length} is ${actual[at]}, expected ${expected[at]}: off by ${errorAt(actual[at]!, expected[at]!)}, allowed ${allowed}`,
  )
}

/**
 * The rule for float32 results: the largest error is at most twice the largest error that an independent float32 computation makes on
 * the same input, plus 2⁻²² × the largest absolute value expected. `exact` is computed in float64.
 */
export function expectAsGoodAsFloat32(
  actual: Numbers,
  { exact, float32 }: { exact: Numbers; float32: Numbers },
  what = 'result',
): void {
  sameLength(actual, exact, what)
  sameLength(float32, exact, `${what} (float32 reference)`)
  const ours = largestError(actual, exact)
  const theirs = largestError(float32, exact)
  const allowed = 2 * theirs.error + 2 ** -22 * largestFinite(exact)
  if (ours.error <= allowed) return
  throw new Error(
    `${what}: element ${ours.at} of ${exact.length} is ${actual[ours.at]}, exactly ${exact[ours.at]}: off by ${ours.error}; ` +
      `plain float32 is off by ${theirs.error} at most, so ${allowed} is allowed`,
  )
}

function largestError(actual: Numbers, exact: Numbers): { error: number; at: number } {
  let worst = { error: 0, at: -1 }
  for (let n = 0; n < exact.length; n++) {
    const error = errorAt(actual[n]!, exact[n]!)
    if (error > worst.error) worst = { error, at: n }
  }
  return worst
}

function largestFinite(numbers: Numbers): number {
  let largest = 0
  for (let n = 0; n < numbers.length; n++) if (Number.isFinite(numbers[n])) largest = Math.max(largest, Math.abs(numbers[n]!))
  return largest
}

/** ∞ where one side is NaN or infinite and the other is not the same. */
function errorAt(actual: number, expected: number): number {
  if (Object.is(actual, expected) || actual === expected) return 0
  const error = Math.abs(actual - expected)
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error
}

function sameLength(actual: Numbers, expected: Numbers, what: string): void {
  if (actual.length !== expected.length) throw new Error(`${what}: has ${actual.length} elements, expected ${expected.length}`)
}

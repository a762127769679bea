/** Functions of one number that JavaScript's Math lacks, to float64 accuracy. */

/** 1 / (1 + e^−x), without overflow on either side. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const e = Math.exp(x)
  return e / (1 + e)
}

/** x · Φ(x), the exact GELU (Hendrycks & Gimpel 2016). −∞ gives 0, its limit. */
export function gelu(x: number): number {
  return x === Number.NEGATIVE_INFINITY ? -0 : x * normalCdf(x)
}

/** GELU with Φ(x) ≈ (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2 = sigmoid of twice the argument. −∞ gives 0, its limit. */
export function geluTanh(x: number): number {
  return x === Number.NEGATIVE_INFINITY ? -0 : x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))
}

/** x · sigmoid(x). −∞ gives 0, its limit. */
export function silu(x: number): number {
  return x === Number.NEGATIVE_INFINITY ? -0 : x * sigmoid(x)
}

/**
 * Φ(x): the chance that a standard normal number falls below x. By the series ½ + φ(x) · (x + x³/3 + x⁵/(3·5) + …), all of whose
 * terms have one sign (Marsaglia 2004), and in the left tail, where that cancels, by Laplace's continued fraction.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > 0) return 1 - normalCdf(-x)
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  return x < -3 ? leftTail(x, density) : 0.5 + density * centre(x)
}

function centre(x: number): number {
  let term = x
  let sum = x
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
    term *= (x * x) / n
    sum += term
  }
  return sum
}

/** φ(x) / (−x + 1/(−x + 2/(−x + 3/(−x + …)))), from the inside out. 100 levels are exact to float64 from |x| = 3. */
function leftTail(x: number, density: number): number {
  let below = -x
  for (let n = 100; n > 0; n--) below = -x + n / below
  return density / below
}

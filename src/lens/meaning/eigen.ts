/** Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations: slow, exact to rounding, the same everywhere. */

export interface Eigen {
  /** Largest first. */
  readonly values: readonly number[]
  /** vectors[k] belongs to values[k]; length 1. */
  readonly vectors: readonly Float64Array[]
}

/** More than enough: convergence is quadratic, some ten sweeps for a hundred rows. */
const SWEEPS = 60

/** `matrix`: n × n, row-major, symmetric. Cyclic Jacobi (Golub & Van Loan, Matrix Computations, §8.5). */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice()
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) v[i * n + i] = 1
  const small = 1e-30 * a.reduce((sum, x) => sum + x * x, 0)
  for (let sweep = 0; sweep < SWEEPS && beside(a, n) > small; sweep++)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) if (a[p * n + q] !== 0) rotate(a, v, n, p, q)
  const order = Array.from({ length: n }, (_, k) => k).sort((k, l) => a[l * n + l]! - a[k * n + k]! || k - l)
  return {
    values: order.map((k) => a[k * n + k]!),
    vectors: order.map((k) => Float64Array.from({ length: n }, (_, i) => v[i * n + k]!)),
  }
}

/** The sum of squares beside the diagonal. */
function beside(a: Float64Array, n: number): number {
  let sum = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum += a[i * n + j]! ** 2
  return sum
}

/** Turns the plane of axes p and q so that a[p,q] becomes 0. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const tau = (a[q * n + q]! - a[p * n + p]!) / (2 * a[p * n + q]!)
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau))
  const c = 1 / Math.hypot(1, t)
  const s = t * c
  const turn = (m: Float64Array, x: number, y: number): void => {
    const [left, right] = [m[x]!, m[y]!]
    m[x] = c * left - s * right
    m[y] = s * left + c * right
  }
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q)
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k)
  for (let k = 0; k < n; k++) turn(v, k * n + p, k * n + q)
}

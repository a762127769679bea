/** Gradients of what works on single numbers, on rows, and on rows by id; and a step of Adam. */

import { sizeOf, type View } from '../../tensor/index.ts'
import type { AdamCall, NormGradientCall, Unary } from '../kernels.ts'
import { normalCdf, sigmoid } from './functions.ts'
import { load, store } from './numbers.ts'

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** f′(x) */
const SLOPE: Record<Unary, (x: number) => number> = {
  neg: () => -1,
  abs: Math.sign,
  exp: Math.exp,
  log: (x) => 1 / x,
  sqrt: (x) => 0.5 / Math.sqrt(x),
  rsqrt: (x) => -0.5 / (x * Math.sqrt(x)),
  tanh: (x) => 1 - Math.tanh(x) ** 2,
  sigmoid: (x) => sigmoid(x) * sigmoid(-x),
  relu: (x) => (x > 0 ? 1 : Number.isNaN(x) ? x : 0),
  silu: (x) => (Number.isFinite(x) ? sigmoid(x) * (1 + x * sigmoid(-x)) : sigmoid(x)),
  gelu: (x) => (Number.isFinite(x) ? normalCdf(x) + x * density(x) : normalCdf(x)),
  geluTanh: geluTanhSlope,
  square: (x) => 2 * x,
  reciprocal: (x) => -1 / (x * x),
}

/** With u = 2√(2/π)(x + 0.044715 x³): σ(u) + x σ(u) σ(−u) u′. */
function geluTanhSlope(x: number): number {
  const c = 2 * Math.sqrt(2 / Math.PI)
  const u = c * (x + 0.044715 * x ** 3)
  const bend = sigmoid(u) * sigmoid(-u)
  return sigmoid(u) + (bend === 0 ? 0 : x * bend * c * (1 + 3 * 0.044715 * x * x))
}

export function slope(kind: Unary, x: View, gradient: View, out: View): void {
  const f = SLOPE[kind]
  const g = load(gradient)
  store(
    out,
    load(x).map((value, n) => g[n]! * f(value)),
  )
}

/** Row by row, with x̂ the normalised row, r = 1/√(… + eps), and g the gradient times the factor of each column:
 *  dx = r · (g − mean(g) − x̂ · mean(g·x̂)); rmsNorm knows no mean(g). dWeight = Σ gradient · x̂, dBias = Σ gradient. */
export function normGradient({ kind, x, weight, eps, offset, gradient, dx, dWeight, dBias }: NormGradientCall): void {
  const width = x.shape.at(-1)!
  const numbers = load(x)
  const given = load(gradient)
  const factors = weight && load(weight).map((w) => (kind === 'rmsNorm' ? offset + w : w))
  const results = new Float64Array(numbers.length)
  const weights = new Float64Array(width)
  const biases = new Float64Array(width)
  const average = (f: (n: number) => number): number => {
    let sum = 0
    for (let n = 0; n < width; n++) sum += f(n)
    return sum / width
  }
  for (let at = 0; at < numbers.length; at += width) {
    const centre = kind === 'layerNorm' ? average((n) => numbers[at + n]!) : 0
    const r = 1 / Math.sqrt(average((n) => (numbers[at + n]! - centre) ** 2) + eps)
    const hat = (n: number): number => (numbers[at + n]! - centre) * r
    const g = (n: number): number => given[at + n]! * (factors ? factors[n]! : 1)
    const along = average((n) => g(n) * hat(n))
    const shift = kind === 'layerNorm' ? average(g) : 0
    for (let n = 0; n < width; n++) {
      results[at + n] = r * (g(n) - shift - hat(n) * along)
      weights[n]! += given[at + n]! * hat(n)
      biases[n]! += given[at + n]!
    }
  }
  store(dx, results)
  if (dWeight) store(dWeight, weights)
  if (dBias) store(dBias, biases)
}

export function scatterAdd(ids: View, gradient: View, out: View, fresh: boolean): void {
  const [rows, width] = out.shape as [number, number]
  const given = load(gradient)
  const sums = fresh ? new Float64Array(sizeOf(out.shape)) : Float64Array.from(load(out))
  load(ids).forEach((id, n) => {
    if (id < 0 || id >= rows) return
    for (let d = 0; d < width; d++) sums[id * width + d]! += given[n * width + d]!
  })
  store(out, sums)
}

export function adam({ rate, betas: [b1, b2], eps, decay, decoupled, step, ...views }: AdamCall): void {
  const g = load(views.gradient)
  const [p, m, v, vmax] = [views.parameter, views.m, views.v, views.vmax].map((view) => view && Float64Array.from(load(view)))
  const [c1, c2] = [1 - b1 ** step, 1 - b2 ** step]
  for (let n = 0; n < g.length; n++) {
    const slope = g[n]! + (decoupled ? 0 : decay * p![n]!)
    m![n] = b1 * m![n]! + (1 - b1) * slope
    v![n] = b2 * v![n]! + (1 - b2) * slope * slope
    if (vmax) vmax[n] = Math.max(vmax[n]!, v![n]!)
    const kept = decoupled ? p![n]! * (1 - rate * decay) : p![n]!
    p![n] = kept - ((rate / c1) * m![n]!) / (Math.sqrt((vmax ?? v)![n]! / c2) + eps)
  }
  store(views.parameter, p!)
  store(views.m, m!)
  store(views.v, v!)
  if (views.vmax) store(views.vmax, vmax!)
}

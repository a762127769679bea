/** Checks derivatives against differences of the function itself. */

import { mul, sum, tensor } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import { grad, noGrad } from './grad.ts'

export interface GradcheckOptions {
  /** How far each number is moved, both ways. Default 1e-4. */
  step?: number
  /** Allowed: |analytic − numeric| ≤ atol + rtol · |numeric|. Defaults 1e-6 and 1e-5: what float64 leaves after the step's own error. */
  atol?: number
  rtol?: number
  /** Which inputs to check. Default: all. */
  only?: readonly number[]
}

/**
 * Throws unless the gradients of `f` agree with central differences, (f(x + h) − f(x − h)) / 2h, for every number of every input.
 * `f` may return a tensor of any shape: it is weighted by fixed uneven numbers and summed. Inputs must be float64, for float32
 * differences are mostly rounding. It calls `f` twice for every number of its inputs: use small ones.
 */
export async function gradcheck(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 1e-4, atol = 1e-6, rtol = 1e-5, only = inputs.map((_, n) => n) }: GradcheckOptions = {},
): Promise<void> {
  for (const [n, x] of inputs.entries())
    if (x.dtype !== 'float64') throw new TypeError(`gradcheck: input ${n} must be float64, got ${x}`)
  const weighted = (...given: Tensor[]): Tensor => {
    const y = f(...given)
    return sum(mul(y, unevenLike(y)))
  }
  const analytic = await read(() => grad(weighted)(...inputs).inputs)
  const numbers = await read(() => inputs)
  for (const n of only)
    for (let at = 0; at < numbers[n]!.length; at++) {
      const moved = (by: number): Promise<Float64Array[]> =>
        read(() => {
          const changed = inputs.map((x, k) => (k === n ? tensor(numbers[n]!.with(at, numbers[n]![at]! + by), x.shape) : x))
          return [noGrad(() => weighted(...changed))]
        })
      const [[above], [below]] = await Promise.all([moved(step), moved(-step)])
      const numeric = (above![0]! - below![0]!) / (2 * step)
      const error = Math.abs(analytic[n]![at]! - numeric)
      if (!(error <= atol + rtol * Math.abs(numeric)))
        throw new Error(`gradcheck: input ${n}, element ${at}: the derivative says ${analytic[n]![at]}, differences say ${numeric}`)
    }
}

/** 1, 1.618…, … without pattern: so that errors of single elements cannot cancel. */
function unevenLike(y: Tensor): Tensor {
  const numbers = Float64Array.from({ length: y.size }, (_, n) => 0.5 + ((n * 0.6180339887498949) % 1))
  return tensor(numbers, y.shape, { dtype: y.dtype })
}

function read(compute: () => readonly Tensor[]): Promise<Float64Array[]> {
  using _ = scope()
  return Promise.all(compute().map(async (x) => Float64Array.from(await x.read())))
}

/** What is done to gradients between `grad` and a step. */

import { abs, add, div, max, minimum, mul, reshape, sqrt, square, stack, sum } from '../ops/index.ts'
import { disown, scope, type Tensor } from '../tensor/index.ts'
import type { ParameterGradients } from './optimizer.ts'

/** The norm of all gradients together, as if they were one long vector: a tensor of shape []. Order 1, 2 (default) or Infinity. */
export function gradientNorm(gradients: Iterable<Tensor>, order: 1 | 2 | typeof Infinity = 2): Tensor {
  using s = scope()
  const list = [...gradients]
  if (list.length === 0) throw new RangeError('gradientNorm: needs at least one gradient')
  if (order === Number.POSITIVE_INFINITY) return s.keep(max(stack(list.map((g) => max(abs(g))))))
  const total = sum(stack(list.map((g) => reshape(sum(order === 1 ? abs(g) : square(g)), []))))
  return s.keep(order === 1 ? total : sqrt(total))
}

export interface Clipped {
  /** New tensors; those given stay as they are. */
  readonly gradients: ParameterGradients
  /** The norm before: a tensor of shape []. */
  readonly norm: Tensor
}

/** Scales all gradients by one factor so that their norm is at most `most`: min(1, most / (norm + 1e-6)). Nothing is read back. */
export function clipByNorm(gradients: ParameterGradients, most: number, order: 1 | 2 | typeof Infinity = 2): Clipped {
  if (!(most > 0)) throw new RangeError(`clipByNorm: the largest norm must be above 0, got ${most}`)
  using s = scope()
  const norm = gradientNorm(gradients.values(), order)
  const factor = minimum(div(most, add(norm, 1e-6)), 1)
  return { gradients: new Map([...gradients].map(([parameter, g]) => [parameter, s.keep(mul(g, factor))])), norm: s.keep(norm) }
}

/** The mean of several batches' gradients, as if they had been one: `add` each, take `mean`, `clear`. */
export class Accumulator {
  readonly #sums = new Map<Tensor, Tensor>()
  #count = 0

  /** How many were added. */
  get count(): number {
    return this.#count
  }

  add(gradients: ParameterGradients): void {
    for (const [parameter, g] of gradients) {
      const before = this.#sums.get(parameter)
      const after = before ? add(before, g) : g.restride(g.shape, g.strides)
      disown(after)
      before?.dispose()
      this.#sums.set(parameter, after)
    }
    this.#count++
  }

  /** New tensors, which belong to the open scope. */
  mean(): ParameterGradients {
    if (this.#count === 0) throw new Error('Accumulator: nothing was added yet')
    return new Map([...this.#sums].map(([parameter, total]) => [parameter, mul(total, 1 / this.#count)]))
  }

  clear(): void {
    for (const total of this.#sums.values()) total.dispose()
    this.#sums.clear()
    this.#count = 0
  }

  [Symbol.dispose](): void {
    this.clear()
  }
}

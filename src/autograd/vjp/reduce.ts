/** Sums, means and maxima: the gradient goes back to all that was summed. */

import { div, expand, mul, reshape, sub, sum } from '../../ops/index.ts'
import { sizeOf, type Tensor } from '../../tensor/index.ts'
import { input, output, type Rules, type Step } from '../rule.ts'
import { isNotZero } from './binary.ts'

export const reductions: Rules = {
  sum: { vjp: ([g], step) => [spread(g!, step)] },

  mean: { vjp: ([g], step) => [spread(mul(g!, g!.size / sizeOf(step.inputs[0]!.shape)), step)] },

  /** Shared evenly by all that are the largest. */
  max: {
    keeps: 'both',
    vjp: ([g], step) => {
      const { axes } = step.attributes as { axes: readonly number[] }
      const largest = sub(1, isNotZero(sub(input(step, 0), reshape(output(step), keptShape(step)))))
      const share = div(reshape(g!, keptShape(step)), sum(largest, axes, { keepDims: true }))
      return [mul(largest, share)]
    },
  },
}

function keptShape(step: Step): number[] {
  const { axes } = step.attributes as { axes: readonly number[] }
  return step.inputs[0]!.shape.map((d, axis) => (axes.includes(axis) ? 1 : d))
}

/** Repeated along the axes that were reduced, without a copy. */
function spread(g: Tensor, step: Step): Tensor {
  return expand(reshape(g, keptShape(step)), step.inputs[0]!.shape)
}

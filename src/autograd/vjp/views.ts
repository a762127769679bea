/** What moves numbers without computing: the gradient moves back. */

import { cast, concat, permute, reshape, slice } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Rules, Step } from '../rule.ts'
import { unbroadcast, zeros } from '../shapes.ts'

export const views: Rules = {
  reshape: { vjp: ([g], step) => [reshape(g!, step.inputs[0]!.shape)] },

  permute: {
    vjp: ([g], step) => {
      const { axes } = step.attributes as { axes: readonly number[] }
      return [
        permute(
          g!,
          axes.map((_, axis) => axes.indexOf(axis)),
        ),
      ]
    },
  },

  /** Zeros around it. */
  slice: {
    vjp: ([g], step) => {
      const { axis, from, to } = step.attributes as { axis: number; from: number; to: number }
      const { shape } = step.inputs[0]!
      return [
        concat(
          [zeros(shape.with(axis, from), g!), g!, zeros(shape.with(axis, shape[axis]! - to), g!)].filter(({ size }) => size > 0),
          axis,
        ),
      ]
    },
  },

  expand: { vjp: ([g], step) => [unbroadcast(g!, step.inputs[0]!.shape)] },

  concat: {
    vjp: ([g], step) => {
      const { axis } = step.attributes as { axis: number }
      let at = 0
      return step.inputs.map((place) => {
        const from = at
        at += place!.shape[axis]!
        return place!.id === undefined ? undefined : slice(g!, axis, from, at)
      })
    },
  },

  /** The gradient of a 16-bit tensor is float32. */
  cast: { vjp: ([g], step) => [gradientOfCast(g!, step)] },
}

function gradientOfCast(g: Tensor, step: Step): Tensor {
  const { dtype } = step.inputs[0]!
  return cast(g, dtype === 'float64' ? 'float64' : 'float32')
}

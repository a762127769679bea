/** Softmax over the last axis, from its result y alone; of what was picked from it, from x. */

import { apply, contiguous, exp, expand, mul, neg, oneByOne, reshape, sub, sum } from '../../ops/index.ts'
import { scope } from '../../tensor/index.ts'
import { input, output, type Rules } from '../rule.ts'

const LAST = { keepDims: true }

export const softmaxes: Rules = {
  /** y · (g − Σ g·y) */
  softmax: {
    keeps: 'outputs',
    vjp: ([g], step) => {
      const y = output(step)
      return [mul(y, sub(g!, sum(mul(g!, y), -1, LAST)))]
    },
  },
  /** g − e^y · Σ g */
  logSoftmax: {
    keeps: 'outputs',
    vjp: ([g], step) => [sub(g!, mul(exp(output(step)), sum(g!, -1, LAST)))],
  },
  /** g · (1 at what was picked − softmax(x)), row by row. */
  logSoftmaxAt: {
    keeps: 'inputs',
    vjp: ([g], step) => {
      using s = scope()
      const name = 'gradient of logSoftmaxAt'
      const [x, places] = [input(step, 0), input(step, 1)]
      const more = contiguous(g!)
      const less = expand(reshape(neg(g!), [x.shape[0]!, 1]), x.shape)
      const [made] = apply(name, [x, places, less, more], [{ shape: x.shape, dtype: x.dtype }], {}, (kernels, [dx]) => {
        const view = dx!.view(name)
        kernels.softmax(x.view(name), view, false)
        kernels.binary('mul', view, less.view(name), view)
        kernels.scatterAdd(places.view(name), oneByOne(more.view(name)), oneByOne(view), false)
      })
      return [s.keep(made!)]
    },
  },
}

/** Softmax over the last axis, from its result y alone. */

import { exp, mul, sub, sum } from '../../ops/index.ts'
import { output, type Rules } from '../rule.ts'

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
}

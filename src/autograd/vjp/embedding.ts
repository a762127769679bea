/** Rows by id: each row of the table gathers the gradients of all places that read it. */

import { backendOf } from '../../backend/index.ts'
import { apply } from '../../ops/index.ts'
import { input, type Rules } from '../rule.ts'

const NAME = 'gradient of embedding'

export const lookups: Rules = {
  embedding: {
    keeps: 'inputs',
    vjp: ([g], step) => {
      const { shape } = step.inputs[0]!
      const ids = input(step, 1)
      return apply(NAME, [ids, g], [{ shape, dtype: g!.dtype }], {}, (kernels, [table]) =>
        kernels.scatterAdd(ids.view(NAME), g!.view(NAME), table!.view(NAME), true),
      )
    },
    onto: (table, [g], step) => {
      const ids = input(step, 1)
      backendOf(NAME, [table, g]).kernels.scatterAdd(ids.view(NAME), g!.view(NAME), table.view(NAME), false)
    },
  },
}

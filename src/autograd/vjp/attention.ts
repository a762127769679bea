/** Attention: one kernel recomputes the weights from q, k and lse tile by tile, and gives every gradient. */

import type { AttentionAttributes } from '../../attention/index.ts'
import type { AttentionGradientCall } from '../../backend/index.ts'
import { apply, type Output } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { input, output, type Rules, type Step, wants } from '../rule.ts'
import { zeros } from '../shapes.ts'

const NAME = 'gradient of attention'
/** Where the tables begin among the inputs [q, k, v, sinks, …tables]. */
const TABLES = 4

export const attentions: Rules = { attention: { keeps: 'both', vjp: ([dOut, dLse], step) => gradients(dOut, dLse, step) } }

function gradients(dOut: Tensor | undefined, dLse: Tensor | undefined, step: Step): (Tensor | undefined)[] {
  const { tables, temporary } = step.attributes as AttentionAttributes
  const [q, k, v] = [input(step, 0), input(step, 1), input(step, 2)]
  const out = output(step, 0)
  const dO = dOut ?? zeros(out.shape, out)
  const extra = step.inputs.flatMap((_, n) => (n > 2 && wants(step, n) ? [n] : []))
  const shapes = [q.shape, k.shape, v.shape, ...extra.map((n) => step.inputs[n]!.shape)]
  const outputs = shapes.map((shape): Output => ({ shape, dtype: q.dtype }))
  const sources = step.inputs.map((place) => place?.held)
  const made = apply(NAME, [...sources, out, dO, dLse], outputs, {}, (kernels, [dq, dk, dv, ...rest]) => {
    const place = (n: number) => rest[extra.indexOf(n)]?.view(NAME)
    const dSinks = place(3)
    kernels.attentionGradient({
      ...scoresOf(step),
      v: v.view(NAME),
      out: out.view(NAME),
      lse: output(step, 1).view(NAME),
      dOut: dO.view(NAME),
      ...(dLse && { dLse: dLse.view(NAME) }),
      dq: dq!.view(NAME),
      dk: dk!.view(NAME),
      dv: dv!.view(NAME),
      ...(dSinks && { dSinks }),
      dTables: tables.map((_, n) => (extra.includes(TABLES + n) ? place(TABLES + n) : undefined)),
    })
  })
  for (const table of temporary) table.dispose()
  return step.inputs.map((_, n) => (n < 3 ? made[n] : extra.includes(n) ? made[3 + extra.indexOf(n)] : undefined))
}

type Shaping = Pick<AttentionGradientCall, 'q' | 'k' | 'scale' | 'band' | 'program' | 'sinks' | 'dropout'>

/** The call as it was made; tables that hold numbers of their own put them back into the engine if they have to. */
function scoresOf(step: Step): Shaping {
  const { scale, band, program, tables, dropout } = step.attributes as AttentionAttributes
  const q = input(step, 0)
  const sinks = step.inputs[3]?.held
  return {
    q: q.view(NAME),
    k: input(step, 1).view(NAME),
    scale,
    band,
    ...(program && {
      program: {
        ...program,
        tables: tables.map((table, n) => step.inputs[TABLES + n]?.held?.view(NAME) ?? table.view(q.memory, NAME)),
      },
    }),
    ...(sinks && { sinks: sinks.view(NAME) }),
    ...(dropout && { dropout }),
  }
}

/** Norms over the last axis: all gradients in one pass. */

import { apply } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { input, type Rule, type Rules, type Step, wants } from '../rule.ts'

function ruleOf(kind: 'layerNorm' | 'rmsNorm'): Rule {
  return { keeps: 'inputs', vjp: ([g], step) => gradients(kind, g!, step) }
}

export const norms: Rules = { layerNorm: ruleOf('layerNorm'), rmsNorm: ruleOf('rmsNorm') }

function gradients(kind: 'layerNorm' | 'rmsNorm', g: Tensor, step: Step): (Tensor | undefined)[] {
  const name = `gradient of ${kind}`
  const { eps, offset = 0 } = step.attributes as { eps: number; offset?: number }
  const x = input(step, 0)
  const weight = step.inputs[1]?.held
  const wanted = [1, 2].filter((n) => wants(step, n))
  const outputs = [{ shape: x.shape, dtype: x.dtype }, ...wanted.map(() => ({ shape: x.shape.slice(-1), dtype: x.dtype }))]
  const made = apply(name, [x, weight, g], outputs, {}, (kernels, [dx, ...rest]) => {
    const place = (n: number) => rest[wanted.indexOf(n)]?.view(name)
    const [dWeight, dBias] = [place(1), place(2)]
    kernels.normGradient({
      kind,
      x: x.view(name),
      eps,
      offset,
      gradient: g.view(name),
      dx: dx!.view(name),
      ...(weight && { weight: weight.view(name) }),
      ...(dWeight && { dWeight }),
      ...(dBias && { dBias }),
    })
  })
  return [made[0], ...[1, 2].map((n) => made[1 + wanted.indexOf(n)]).map((x, n) => (wanted.includes(n + 1) ? x : undefined))]
}

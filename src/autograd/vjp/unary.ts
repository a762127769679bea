/** Functions of one number: g · f′(x), in one pass. */

import type { Unary } from '../../backend/index.ts'
import { apply } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { input, type Rule, type Rules } from '../rule.ts'

const KINDS: Record<Unary, true> = {
  neg: true,
  abs: true,
  exp: true,
  log: true,
  sqrt: true,
  rsqrt: true,
  tanh: true,
  sigmoid: true,
  relu: true,
  silu: true,
  gelu: true,
  geluTanh: true,
  square: true,
  reciprocal: true,
}

export const unary: Rules = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, ruleOf(kind as Unary)]))

function ruleOf(kind: Unary): Rule {
  return { keeps: 'inputs', vjp: ([g], step) => [slope(kind, input(step, 0), g!)] }
}

function slope(kind: Unary, x: Tensor, g: Tensor): Tensor {
  const name = `gradient of ${kind}`
  const [out] = apply(name, [x, g], [{ shape: x.shape, dtype: x.dtype }], {}, (kernels, [y]) =>
    kernels.slope(kind, x.view(name), g.view(name), y!.view(name)),
  )
  return out!
}

/** Every derivative, by the name that its operation has on the tape. */

import type { Rule, Rules } from './rule.ts'
import { attentions } from './vjp/attention.ts'
import { binary } from './vjp/binary.ts'
import { lookups } from './vjp/embedding.ts'
import { products } from './vjp/matmul.ts'
import { norms } from './vjp/norm.ts'
import { reductions } from './vjp/reduce.ts'
import { rotations } from './vjp/rope.ts'
import { softmaxes } from './vjp/softmax.ts'
import { unary } from './vjp/unary.ts'
import { views } from './vjp/views.ts'

export const RULES: Rules = {
  ...views,
  ...unary,
  ...binary,
  ...reductions,
  ...softmaxes,
  ...products,
  ...norms,
  ...lookups,
  ...rotations,
  ...attentions,
}

export function ruleOf(operation: string): Rule {
  const rule = Object.hasOwn(RULES, operation) ? RULES[operation] : undefined
  if (rule) return rule
  throw new Error(
    `grad: no derivative is known for ${operation}; compute it outside of grad, or inside noGrad(() => …) if no gradient should pass through it`,
  )
}

/** Functions of two numbers. Where shapes were broadcast the gradient is summed over what was repeated. */

import { add, cast, div, mul, neg, relu, sub } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { input, output, type Rule, type Rules, type Step, wants } from '../rule.ts'
import { unbroadcast } from '../shapes.ts'

/** Each side's gradient is made only where it is wanted. */
function sides(step: Step, left: () => Tensor, right: () => Tensor): (Tensor | undefined)[] {
  return [left, right].map((side, n) => (wants(step, n) ? unbroadcast(side(), step.inputs[n]!.shape) : undefined))
}

export const binary: Rules = {
  add: {
    vjp: ([g], step) =>
      sides(
        step,
        () => g!,
        () => g!,
      ),
  },
  sub: {
    vjp: ([g], step) =>
      sides(
        step,
        () => g!,
        () => neg(g!),
      ),
  },
  mul: {
    keeps: 'inputs',
    vjp: ([g], step) =>
      sides(
        step,
        () => mul(g!, input(step, 1)),
        () => mul(g!, input(step, 0)),
      ),
  },
  /** d (a/b) = g/b, −g·(a/b)/b */
  div: {
    keeps: 'both',
    vjp: ([g], step) =>
      sides(
        step,
        () => div(g!, input(step, 1)),
        () => neg(div(mul(g!, output(step)), input(step, 1))),
      ),
  },
  minimum: chosen((a, b) => sub(b, a)),
  maximum: chosen((a, b) => sub(a, b)),
}

/** The side that was taken has the gradient; at a tie each has half. `lead` is above 0 where a was taken. */
function chosen(lead: (a: Tensor, b: Tensor) => Tensor): Rule {
  return {
    keeps: 'inputs',
    vjp: ([g], step) => {
      const difference = lead(input(step, 0), input(step, 1))
      const ahead = isNotZero(relu(difference))
      const behind = isNotZero(relu(neg(difference)))
      const tie = mul(sub(1, add(ahead, behind)), 0.5)
      return sides(
        step,
        () => mul(g!, add(ahead, tie)),
        () => mul(g!, add(behind, tie)),
      )
    },
  }
}

/** 1 where x is not 0, else 0. */
export function isNotZero(x: Tensor): Tensor {
  return cast(cast(x, 'bool'), x.dtype)
}

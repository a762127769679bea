/** Rotary positions: the gradient is turned back. */

import { add, apply, mul, neg, reshape, slice, sub, sum } from '../../ops/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { input, type Rules, wants } from '../rule.ts'

const NAME = 'gradient of rope'

export const rotations: Rules = {
  /** out = (a·cos − b·sin, b·cos + a·sin): the angle is −θ on the way back; dcos = Σ g₁a + g₂b, dsin = Σ g₂a − g₁b over heads. */
  rope: {
    keeps: 'inputs',
    vjp: ([g], step) => {
      const { interleaved } = step.attributes as { interleaved: boolean }
      const [x, cos, sin] = [input(step, 0), input(step, 1), input(step, 2)]
      const [dx] = apply(NAME, [g, cos, sin], [{ shape: x.shape, dtype: x.dtype }], {}, ({ rope }, [y]) =>
        rope(g!.view(NAME), cos.view(NAME), neg(sin).view(NAME), interleaved, y!.view(NAME)),
      )
      if (!wants(step, 1) && !wants(step, 2)) return [dx]
      const pairs = cos.shape[2]!
      const [a, b] = halves(x, pairs, interleaved)
      const [g1, g2] = halves(g!, pairs, interleaved)
      return [dx, sum(add(mul(g1, a), mul(g2, b)), 1), sum(sub(mul(g2, a), mul(g1, b)), 1)]
    },
  },
}

/** The first and the second channel of each pair, [B,H,L,R]. */
function halves(x: Tensor, pairs: number, interleaved: boolean): [Tensor, Tensor] {
  if (!interleaved) return [slice(x, 3, 0, pairs), slice(x, 3, pairs, 2 * pairs)]
  const [B, H, L] = x.shape as [number, number, number]
  const two = reshape(slice(x, 3, 0, 2 * pairs), [B, H, L, pairs, 2])
  const one = (n: number): Tensor => reshape(slice(two, 4, n, n + 1), [B, H, L, pairs])
  return [one(0), one(1)]
}

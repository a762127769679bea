import { noGrad } from '../autograd/index.ts'
import { add, max, maximum, minimum, mul, slice, softmax, sub } from '../ops/index.ts'
import { scope, type Tensor } from '../tensor/index.ts'
import type { FeedForward } from './feed-forward.ts'
import type { Linear } from './linear.ts'
import { Module } from './module.ts'

/** Scores this far down have no share after a softmax. */
const OUT_OF_REACH = 1e30

/**
 * Several feed-forwards, of which each position listens to the few that the router scores highest: the sum of their results, weighted
 * by the softmax over the chosen scores. Experts that tie with the last chosen one are chosen as well.
 *
 * Every expert computes every position, and a weight of exactly 0 silences those that were not chosen. So nothing has to be read back
 * between router and experts, and a tape can follow; the price is the work of the silent ones.
 */
export class Experts extends Module {
  /** [experts,width] */
  readonly router: Linear
  readonly experts: readonly FeedForward[]
  /** How many a position listens to. */
  readonly chosen: number

  constructor({ router, experts, chosen }: { router: Linear; experts: readonly FeedForward[]; chosen: number }) {
    super()
    this.router = router
    this.experts = experts
    this.chosen = chosen
    if (!Number.isInteger(chosen) || chosen < 1 || chosen > experts.length)
      throw new RangeError(`Experts: chosen must be an integer from 1 to the ${experts.length} experts, got ${chosen}`)
  }

  /** x […,width] → […,width]; `residual` is added last. */
  forward(x: Tensor, { residual }: { residual?: Tensor | undefined } = {}): Tensor {
    using s = scope()
    const shares = this.shares(x)
    let sum: Tensor | undefined
    for (const [n, expert] of this.experts.entries()) {
      const part = mul(expert.forward(x), slice(shares, -1, n, n + 1))
      sum = sum ? add(sum, part) : part
    }
    return s.keep(residual ? add(residual, sum!) : sum!)
  }

  /** […,experts]: how much a position listens to each expert; 0 for those not chosen, all together 1. */
  shares(x: Tensor): Tensor {
    using s = scope()
    const scores = this.router.forward(x)
    return s.keep(
      softmax(
        sub(
          scores,
          noGrad(() => this.#distances(scores)),
        ),
      ),
    )
  }

  /** 0 for the chosen, OUT_OF_REACH for the others: steps, along which nothing can be learned. */
  #distances(scores: Tensor): Tensor {
    let rest = scores
    for (let n = 1; n < this.chosen; n++) rest = sub(rest, mul(reached(rest, greatest(rest)), OUT_OF_REACH))
    return mul(sub(1, reached(scores, greatest(rest))), OUT_OF_REACH)
  }
}

function greatest(scores: Tensor): Tensor {
  return max(scores, [scores.rank - 1], { keepDims: true })
}

/** 1 where x ≥ bound, else 0: the difference is stretched until the smallest one there is exceeds 1. */
function reached(x: Tensor, bound: Tensor): Tensor {
  const short = mul(mul(sub(x, bound), 1e38), 1e38)
  return maximum(add(minimum(short, 0), 1), 0)
}

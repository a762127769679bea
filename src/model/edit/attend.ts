/** One attention layer under edits. */

import type { MaskLike, ScoreLike, ScoreOptions } from '../../attention/index.ts'
import type { Attend, Attended, Looking } from '../../nn/index.ts'
import { exp, maximum, mul, reshape, sub } from '../../ops/index.ts'
import type { Passing } from '../hooks.ts'
import type { CutMask } from './cuts.ts'
import type { AttentionPlan, Masks } from './plan.ts'

/** What is looked with is changed first, then its scores, then links are cut, then what heads give is changed. */
export function attending(plan: AttentionPlan, { before, after }: Masks, passing: Passing) {
  return (looking: Looking, attend: Attend): Attended => {
    const asked = plan.looking.reduce((each, replace) => replace(each, passing), looking)
    const scored = plan.scores.length > 0 ? { score: joined<ScoreLike>(asked.options.score, plan.scores) } : {}
    const options = restricted({ ...asked.options, ...scored }, before)
    const seen = attend({ ...asked, options })
    const left = after ? withoutRenormalising(seen, { ...asked, options: restricted(options, after) }, attend) : seen
    const blend = plan.blend.reduce((x, change) => change(x, passing), left.blend)
    return { ...left, blend, byText: plan.byText || !!before?.byText || !!after?.byText }
  }
}

/**
 * Cut after the softmax: the row keeps the sum of exponentials it had. The operator makes the blend of what is left, whose weights sum to
 * 1; of the whole they are exp(lse left − lse).
 */
function withoutRenormalising(whole: Attended, looking: Looking, attend: Attend): Attended {
  const left = attend(looking)
  const share = exp(sub(maximum(left.lse, LOWEST), maximum(whole.lse, LOWEST)))
  return { ...left, lse: whole.lse, blend: mul(left.blend, reshape(share, [...share.shape, 1])) }
}

/** Below every score that a row may have: −∞ − −∞ would be no number. */
const LOWEST = -1e30

function restricted(options: ScoreOptions, cut: CutMask | undefined): ScoreOptions {
  return cut ? { ...options, mask: joined<MaskLike>(options.mask, [cut.mask]) } : options
}

function joined<T extends MaskLike | ScoreLike>(given: T | readonly T[] | undefined, more: readonly T[]): readonly T[] {
  return [...(given === undefined ? [] : Array.isArray(given) ? given : [given as T]), ...more]
}

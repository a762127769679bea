/** What an edit is worth: exact effects, and estimates of all at once. */

export { tokensAt } from '../edit/where.ts'
export type { Effect, EffectOptions, RowCut, RowEffect, RowEffects } from './asked.ts'
export { type Between, effectBetween } from './between.ts'
export { effect } from './effect.ts'
export { type Effects, type EffectsOptions, effects, type HeadEstimate, type RankedEdge, type RankedHead } from './effects.ts'
export type { Measure as EffectMeasure } from './measure.ts'
export type { Progress } from './progress.ts'
export { kendall, type RankAgreement, rankAgreement, ranks, spearman } from './rank.ts'
export type { WordOrId } from './vocabulary.ts'

/** The attention operator. */

export { type AttentionAttributes, type AttentionResult, attention } from './attention.ts'
export { type Extent, Mask } from './mask.ts'
export * as masks from './masks.ts'
export type { AttentionOptions, MaskLike, ScoreLike, ScoreOptions } from './options.ts'
export type { MaskPicture } from './picture.ts'
export { Score } from './score.ts'
export * as scores from './scores.ts'
export { NumberTable, Table, type TableNumbers, type TableTruths, TruthTable, table } from './table.ts'
export type { MaskFunction, ScoreFunction } from './trace.ts'
export { type NumberLike, Truth, type TruthLike, Value } from './traced.ts'
export { attentionWeights, type WeightsAttributes, type WeightsOptions } from './weights.ts'

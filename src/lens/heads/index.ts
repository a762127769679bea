/** What every head does, and which heads do a given thing. */

export type { HeadApart, HeadDistance } from './distance.ts'
export { type FoundAlike, type FoundLooks, find, type LikeOptions } from './find.ts'
export { type HeadFigures, type HeadsOptions, type HeadsReport, heads, type LayerChance } from './heads.ts'
export { LABEL_RULES, type Label, type LabelRule, LEAST_LEFT } from './labels.ts'
export type { HeadLook, HeadLooks, Look, LookPlace, LooksOptions } from './looks.ts'
export { type Figures, HEAD_MEASURES, type HeadBounds, type HeadMeasure, MEASURES_ACROSS } from './measures.ts'
export { type Repeated, type RepeatedOptions, repeated } from './repeated.ts'

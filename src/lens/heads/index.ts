/** What every head does, and which heads do a given thing. */

export { type HeadFigures, type HeadsOptions, type HeadsReport, heads, type LayerChance } from './heads.ts'
export { LABEL_RULES, type Label, type LabelRule, LEAST_LEFT } from './labels.ts'
export { type Bounds, type Figures, MEASURES, type Measure } from './measures.ts'
export { type Repeated, type RepeatedOptions, repeated } from './repeated.ts'

/** Beyond weights: other answers to the question what a token is made of. */

export { ANSWERS, type Answer, type Compared, type CompareOptions, type Comparison, compare } from './compare.ts'
export { type FlowOptions, flow, LONGEST_FLOW } from './flow.ts'
export { type GradientAttention, type GradientAttentionOptions, gradientAttention } from './gradient-attention.ts'
export { valueNorms } from './norms.ts'
export type { PathOptions, Paths } from './paths.ts'
export { rollout } from './rollout.ts'
export { type ValueZeroingOptions, valueZeroing } from './value-zeroing.ts'

/** Beyond weights: other answers to the question what a token is made of. */

export { type FlowOptions, flow, LONGEST_FLOW } from './flow.ts'
export { valueNorms } from './norms.ts'
export type { PathOptions, Paths } from './paths.ts'
export { rollout } from './rollout.ts'
export { type ValueZeroingOptions, valueZeroing } from './value-zeroing.ts'

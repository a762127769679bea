/** Layers that a transformer is made of. Each holds its parameters as tensors and says them by name. And what trains them. */

export {
  type GradcheckOptions,
  Gradients,
  grad,
  gradcheck,
  noGrad,
  parameter,
  type ValueAndGradients,
  valueAndGrad,
} from '../autograd/index.ts'
export { Adam, type AdamOptions, AdamW } from './adam.ts'
export { Block, type BlockOutput, type BlockPass, Norms } from './block.ts'
export { type BiasScore, DistanceBias, LinearBias, RelativeBias } from './distance-bias.ts'
export { Embedding } from './embedding.ts'
export { Experts } from './experts.ts'
export { type ClampedGate, FeedForward } from './feed-forward.ts'
export { Accumulator, type Clipped, clipByNorm, gradientNorm } from './gradients.ts'
export {
  type Attend,
  type Attended,
  type AttentionHooks,
  type BlockHooks,
  type Looking,
  type Projection,
  repeatHeads,
} from './hooks.ts'
export { Linear } from './linear.ts'
export { type CrossEntropyOptions, crossEntropy } from './loss.ts'
export { Module } from './module.ts'
export {
  type AttentionParts,
  type AttentionPass,
  type KeysValues,
  type KeyValueStore,
  keepLooked,
  type Looked,
  MultiHeadAttention,
  tensorsOf,
} from './multi-head-attention.ts'
export { Muon, type MuonOptions } from './muon.ts'
export { LayerNorm, Norm, RMSNorm } from './norm.ts'
export { Optimizer, type OptimizerOptions, type ParameterGradients } from './optimizer.ts'
export * as schedules from './schedules.ts'
export { SGD, type SGDOptions } from './sgd.ts'

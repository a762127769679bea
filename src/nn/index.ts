/** Layers that a transformer is made of. Each holds its parameters as tensors and says them by name. */

export { Block, type BlockOutput, type BlockPass, Norms } from './block.ts'
export { type BiasScore, DistanceBias, LinearBias, RelativeBias } from './distance-bias.ts'
export { Embedding } from './embedding.ts'
export { Experts } from './experts.ts'
export { type ClampedGate, FeedForward } from './feed-forward.ts'
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
export { LayerNorm, Norm, RMSNorm } from './norm.ts'

/** Layers that a transformer is made of. Each holds its parameters as tensors and says them by name. */

export { Block, type BlockOutput, type BlockPass, Norms } from './block.ts'
export { Embedding } from './embedding.ts'
export { FeedForward } from './feed-forward.ts'
export { Linear } from './linear.ts'
export { Module } from './module.ts'
export { type AttentionPass, keepLooked, type Looked, MultiHeadAttention } from './multi-head-attention.ts'
export { LayerNorm, Norm, RMSNorm } from './norm.ts'

/** Regard: self-attention you can run, see and question. */

export { type EngineInfo, engineInfo, type InitOptions, init } from './backend/index.ts'
export { type DType, OutOfMemory, type Shape, scope, Tensor, type TensorData } from './tensor/index.ts'

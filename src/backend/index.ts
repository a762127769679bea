export { type EngineInfo, engineInfo, type InitOptions, init, memoryFor, backendOf } from './engine.ts'
export type * from './kernels.ts'

export { backendOf, type EngineInfo, engineInfo, type InitOptions, init, memoryFor } from './engine.ts'
export type * from './kernels.ts'

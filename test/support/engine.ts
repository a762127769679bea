import { type EngineInfo, init } from '../../src/index.ts'

/** Starts the engine that operations are tested on. */
export async function startEngine(): Promise<EngineInfo> {
  return await init({ backend: 'reference' })
}

import { type EngineInfo, init } from '../../src/index.ts'

/** The engine as users get it: WASM, with whatever tier and threads the machine has. */
export async function startEngine(): Promise<EngineInfo> {
  return await init()
}

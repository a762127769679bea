/** The WASM backend: kernels from assembly/, one shared memory, a pool of threads. */

import type { Backend } from '../kernels.ts'
import { bindKernels } from './bind.ts'
import { Machine, makeMemory } from './machine.ts'
import { Pool } from './pool.ts'
import { mayNotBlock, startRemote } from './remote.ts'
import { race, selfCheck } from './selfcheck.ts'
import { askForWide, isNode, knowsRelaxedSimd, loadTier, PANELS, type Tier } from './tiers.ts'

export interface StartOptions {
  threads?: number | undefined
  wide: boolean
}

export interface WasmBackend extends Backend {
  readonly tier: Tier
  /** Those that compute and those that are on their way; fewer than were asked for once some have failed to start. */
  readonly threads: number
  readonly notes: readonly string[]
  /** Resolves when no thread is on its way any more. */
  settled(): Promise<void>
  stop(): Promise<void>
}

/** More threads than this share the work badly at the sizes that people look at. */
const MOST_THREADS = 16

/** On a page's main thread the engine runs in a worker; everywhere else it runs here. */
export function startWasm(options: StartOptions): Promise<WasmBackend> {
  return mayNotBlock() ? startRemote(options) : startHere(options)
}

export async function startHere({ threads, wide }: StartOptions): Promise<WasmBackend> {
  const found: string[] = []
  const pool = new Pool(possibleThreads(threads, found))
  const machine = await chooseTier(wide, found).catch(async (error) => {
    await pool.stop()
    throw error
  })
  pool.join(machine)
  return {
    name: 'wasm',
    memory: machine,
    panels: PANELS[machine.tier],
    kernels: bindKernels(machine),
    tier: machine.tier,
    get threads() {
      return pool.threads
    },
    get notes() {
      return pool.note ? [...found, pool.note] : found
    },
    settled: () => pool.settled(),
    stop: () => pool.stop(),
  }
}

/** As many as are asked for, else as the machine has; one where a page may share no memory. */
function possibleThreads(asked: number | undefined, notes: string[]): number {
  if (isNode || sharesMemory()) return asked ?? Math.max(1, Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? 1))
  if (asked !== undefined && asked > 1)
    notes.push(
      `1 of ${asked} threads: this page may share no memory; that takes cross-origin isolation and an engine with SharedArrayBuffer`,
    )
  return 1
}

/** WebKitGTK says of a page that it is isolated, and has no shared buffers all the same. */
function sharesMemory(): boolean {
  return Boolean(globalThis.crossOriginIsolated) && typeof SharedArrayBuffer === 'function'
}

/** The fastest tier that computes what the reference computes. */
async function chooseTier(wide: boolean, notes: string[]): Promise<Machine> {
  const relaxed = knowsRelaxedSimd()
  if (!relaxed) notes.push('this engine has no relaxed SIMD: 128-bit without fused multiply-add')
  const candidates: Tier[] = relaxed ? ['relaxed', 'plain'] : ['plain']
  if (relaxed && wide && (await askForWide())) candidates.unshift('wide')
  const sound: Machine[] = []
  for (const tier of candidates) {
    const machine = new Machine(tier, await loadTier(tier), makeMemory())
    const wrong = selfCheck(machine)
    if (wrong) notes.push(`tier ${tier} is not used: ${wrong}`)
    else sound.push(machine)
    // The race is between the first two; a third is only a fallback.
    if (sound.length === 2 || (sound.length === 1 && tier !== 'wide')) break
  }
  if (sound.length === 0)
    throw new Error(
      `init: no WASM kernel computes correctly on this machine (${notes.join('; ')}); use init({ backend: 'reference' })`,
    )
  return race(sound, notes)
}

/** Putting compiled programs into a thread's table. */

import type { KernelExports } from './instance.ts'
import { CONTROL_PROGRAM_LIST } from './layout.ts'

/** Installs what this thread lacks. → how many it has now. */
export function installAll(memory: WebAssembly.Memory, kernels: KernelExports, installed: number): number {
  const words = new Uint32Array(memory.buffer)
  let count = 0
  for (let record = Atomics.load(words, CONTROL_PROGRAM_LIST >> 2); record; record = Atomics.load(words, record >> 2)) {
    if (count++ < installed) continue
    installOne(memory, kernels, new Uint8Array(memory.buffer, record + 8, words[(record >> 2) + 1]!).slice())
  }
  kernels.setInstalled(count)
  return count
}

/** → its slot in the thread's table. */
export function installOne(memory: WebAssembly.Memory, kernels: KernelExports, bytes: Uint8Array): number {
  const { tile, tileGradient } = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), { env: { memory } })
    .exports
  const slot = kernels.table.grow(1)
  kernels.table.set(slot, tile ?? tileGradient)
  return slot
}

/** The compiled kernels on a thread. A thread of the pool loads this file and little else, so that it starts fast. */

/** What the compiled kernels export. */
export interface KernelExports {
  readonly table: WebAssembly.Table
  writeConstants(): void
  runAlone(kind: number, params: number, count: number): void
  runTogether(kind: number, params: number, count: number, programs: number): void
  help(thread: number, claimed: number): number
  waitJob(seen: number): number
  fail(): void
  takeFailure(): number
  setInstalled(programs: number): void
  movePanels(size: number, rows: number, stride: number, panels: number, columns: number, depth: number, into: number): void
  quantise(rows: number, stride: number, panels: number, scales: number, columns: number, depth: number): number
}

/** Newer than the type library: tells the processor that this thread only waits. */
const { pause } = Atomics as { pause?: () => void }

export function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const env = { memory, abort: () => {}, now: () => performance.now(), pause: pause ? () => pause() : () => {} }
  return new WebAssembly.Instance(module, { env }).exports as unknown as KernelExports
}

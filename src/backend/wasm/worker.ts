/** A thread of the pool: sleeps until a job is published, helps with it, sleeps again. It ends when its process or page does. */

import { installAll } from './install.ts'
import type { KernelExports } from './machine.ts'
import { isNode } from './tiers.ts'

export interface HelperData {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Its number, from 1; the thread that asks is 0. */
  readonly thread: number
}

function serve({ module, memory, thread }: HelperData): void {
  const kernels = new WebAssembly.Instance(module, { env: { memory, abort: () => {} } }).exports as unknown as KernelExports
  let installed = 0
  let epoch = 0
  for (;;) {
    epoch = kernels.waitJob(epoch)
    try {
      let claimed = kernels.help(thread, -1)
      while (claimed >= 0) {
        installed = installAll(memory, kernels, installed)
        claimed = kernels.help(thread, claimed)
      }
    } catch {
      kernels.fail()
    }
  }
}

if (isNode) {
  const { parentPort } = process.getBuiltinModule('node:worker_threads')
  parentPort!.once('message', serve)
  parentPort!.postMessage('ready')
} else {
  addEventListener('message', ({ data }: MessageEvent<HelperData>) => serve(data), { once: true })
  postMessage('ready')
}

/** A thread of the pool: waits until a job is published, helps with it, waits again. It ends when its process or page does. */

import { installAll } from './install.ts'
import { instantiate } from './instance.ts'
import { isNode } from './tiers.ts'

export interface HelperData {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Its number, from 1; the thread that asks is 0. */
  readonly thread: number
}

/** Never returns. */
function serve({ module, memory, thread }: HelperData, joined: () => void): void {
  const kernels = instantiate(module, memory)
  joined()
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
  parentPort!.once('message', (data: HelperData) => serve(data, () => parentPort!.postMessage('joined')))
} else {
  addEventListener('message', ({ data }: MessageEvent<HelperData>) => serve(data, () => postMessage('joined')), { once: true })
}

/** The peak of this process's memory during a call, from Linux's own high-water mark. */

import { readFileSync, writeFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MemoryProbe } from '../contestants/host.ts'

/** Writing 5 there sets the high-water mark back to what the process holds now. */
const RESET = '/proc/self/clear_refs'

export class LinuxMemory implements MemoryProbe {
  /** Lets go of what preparing left behind, then starts watching. */
  async start(): Promise<boolean> {
    for (let n = 0; n < 2; n++) {
      globalThis.gc?.()
      await nextTurn()
    }
    try {
      writeFileSync(RESET, '5')
      return true
    } catch {
      return false
    }
  }

  peak(): number {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))
    if (!found) throw new Error('no VmHWM in /proc/self/status')
    return Number(found[1]) * 1024
  }
}

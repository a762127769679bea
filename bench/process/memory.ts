/** The peak of this process's memory during a call, from Linux's own high-water mark. */

import { readFileSync, writeFileSync } from 'node:fs'
import type { MemoryProbe } from '../contestants/host.ts'

/** Writing 5 there sets the high-water mark back to what the process holds now. */
const RESET = '/proc/self/clear_refs'

export class LinuxMemory implements MemoryProbe {
  #before = 0

  start(): boolean {
    globalThis.gc?.()
    try {
      writeFileSync(RESET, '5')
      this.#before = field('VmRSS')
      return true
    } catch {
      return false
    }
  }

  peak(): number {
    return Math.max(0, field('VmHWM') - this.#before)
  }
}

function field(name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))
  if (!found) throw new Error(`no ${name} in /proc/self/status`)
  return Number(found[1]) * 1024
}

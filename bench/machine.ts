/** What the numbers were measured on. */

import { readFileSync } from 'node:fs'
import { cpus, release, totalmem, type } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  /** Widest vectors of the processor, in bits, where the system tells. */
  readonly vectorBits?: number
}

export function machine(): Machine {
  const flags = cpuFlags()
  const vectorBits = flags && (/\bavx512f\b/.test(flags) ? 512 : /\bavx2\b/.test(flags) ? 256 : 128)
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    ...(vectorBits ? { vectorBits } : {}),
  }
}

function cpuFlags(): string | undefined {
  try {
    return /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

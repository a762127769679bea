/** How much else the machine is doing: the share of its processors in use while the benchmark itself waits. */

import { cpus } from 'node:os'
import { setTimeout as after } from 'node:timers/promises'

/** Above this share the machine counts as busy. */
export const QUIET = 0.1
const LOOK_MS = 150

/** Looks until the machine is quiet or `patienceMs` are over. → the share that was in use when it last looked, 0…1. */
export async function settle(patienceMs: number): Promise<number> {
  const until = performance.now() + patienceMs
  while (true) {
    const share = await inUse(LOOK_MS)
    if (share <= QUIET || performance.now() >= until) return share
  }
}

async function inUse(ms: number): Promise<number> {
  const before = ticks()
  await after(ms)
  const now = ticks()
  const total = now.total - before.total
  return total === 0 ? 0 : 1 - (now.idle - before.idle) / total
}

function ticks(): { idle: number; total: number } {
  let idle = 0
  let total = 0
  for (const { times } of cpus()) {
    idle += times.idle
    total += times.idle + times.user + times.nice + times.sys + times.irq
  }
  return { idle, total }
}

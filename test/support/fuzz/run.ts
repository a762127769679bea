/** Runs inputs past their readers. Input n of a seed is always the same. */

import { judge } from './judge.ts'
import { Random } from './random.ts'
import { TARGETS, type Target } from './targets.ts'

export interface Fault {
  readonly target: string
  readonly seed: number
  readonly n: number
  readonly input: string | Uint8Array
  readonly why: string
}

export interface FuzzOptions {
  readonly seed: number
  readonly from?: number
  readonly count: number
  readonly targets?: readonly Target[]
  /** Names of targets; default all. */
  readonly only?: readonly string[]
  /** Stop after so many faults. Default 10. */
  readonly most?: number
  /** Hears of every input before it is read. */
  readonly tell?: (n: number, target: string) => void
}

export async function fuzz({
  seed,
  from = 0,
  count,
  targets: all = TARGETS,
  only,
  most = 10,
  tell,
}: FuzzOptions): Promise<Fault[]> {
  const targets = all.filter(({ name }) => !only || only.includes(name))
  const faults: Fault[] = []
  for (let n = from; n < from + count && faults.length < most; n++) {
    const random = new Random((seed * 0x9e3779b1 + n * 0x85ebca6b) >>> 0)
    const target = pick(targets, random)
    const { input, feed } = target.draw(random)
    tell?.(n, target.name)
    const why = await judge(feed)
    if (why) faults.push({ target: target.name, seed, n, input, why })
  }
  return faults
}

function pick(targets: readonly Target[], random: Random): Target {
  let at = random.next() * targets.reduce((sum, { share }) => sum + share, 0)
  for (const target of targets) {
    at -= target.share
    if (at < 0) return target
  }
  return targets.at(-1)!
}

export function describeFault({ target, seed, n, input, why }: Fault): string {
  const shown = typeof input === 'string' ? input : Buffer.from(input).toString('base64')
  return `${target}, seed ${seed}, input ${n}: ${why}\n  ${shown.length > 1500 ? `${shown.slice(0, 1500)}…` : shown}`
}

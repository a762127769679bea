/** What `init()` costs: the first lines of every program that uses Regard, in fresh processes. */

import { fileURLToPath } from 'node:url'
import { ChildRemote } from './process/remote.ts'
import { type Spread, spread } from './statistics.ts'

export interface Start {
  readonly threads: number
  readonly engine: string
  /** Milliseconds from calling `init` to its answer: compiling, threads, the check against the reference. */
  readonly ms: Spread
}

export async function measureStart(threads: number, times: number): Promise<Start> {
  const measured: number[] = []
  let engine = ''
  for (let n = 0; n < times; n++) {
    const program = fileURLToPath(new URL('./process/start.ts', import.meta.url))
    const remote = new ChildRemote({ program: process.execPath, args: ['--no-warnings', program] })
    const answer = await remote.ask({ ask: 'prepare', threads, work: { kind: 'product', m: 1, n: 1, k: 1 } })
    await remote.close()
    if (answer.ms === undefined) throw new Error(`init with ${threads} threads failed: ${answer.failed}`)
    measured.push(answer.ms)
    engine = answer.engine ?? ''
  }
  return { threads, engine, ms: spread(measured) }
}

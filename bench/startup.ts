/** What a program pays before its first result, in fresh processes. */

import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EMBEDDED, MINILM } from './models.ts'
import { ChildRemote } from './process/remote.ts'
import { type Spread, spread } from './statistics.ts'

export interface Start {
  readonly threads: number
  readonly engine: string
  /** Milliseconds from calling `init` until all threads are there: compiling, threads, the check against the reference. */
  readonly ms: Spread
}

export interface FirstRow {
  readonly model: string
  /** Is it the one that comes with Regard? */
  readonly embedded: boolean
  /** Which files of Regard ran: its sources, or what is published. */
  readonly from: 'sources' | 'build'
  /** Did Node have what it compiled of them? */
  readonly compiled?: boolean
  /** Milliseconds from starting the process to holding the row. */
  readonly ms: Spread
}

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

export async function measureStart(threads: number, times: number): Promise<Start> {
  const measured: number[] = []
  let engine = ''
  for (let n = 0; n < times; n++) {
    const remote = new ChildRemote({ program: process.execPath, args: ['--no-warnings', path('./process/start.ts')] })
    const answer = await remote.ask({ ask: 'prepare', threads, work: { kind: 'product', m: 1, n: 1, k: 1 } })
    await remote.close()
    if (answer.ms === undefined) throw new Error(`init with ${threads} threads failed: ${answer.failed}`)
    measured.push(answer.ms)
    engine = answer.engine ?? ''
  }
  return { threads, engine, ms: spread(measured) }
}

const ENTRIES = { sources: '../src/model/index.ts', build: '../dist/model/index.js' } as const

/**
 * Loading a model, reading a sentence and one row of attention, for the embedded encoder and the real checkpoint, whichever are there;
 * from the sources, and from dist/ where it is no older than they are.
 */
export async function measureFirstRows(times: number): Promise<FirstRow[]> {
  const found: FirstRow[] = []
  for (const folder of [EMBEDDED, MINILM].filter((each) => existsSync(`${each}/config.json`)))
    for (const from of ['sources', 'build'] as const)
      if (from === 'sources' || buildIsCurrent()) found.push(await measureFirstRow(folder, from, times))
  return found
}

function buildIsCurrent(): boolean {
  const sources = path('../src')
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  return files.every((file) => {
    const compiled = path(`../dist/${file.replace(/\.ts$/, '.js')}`)
    return existsSync(compiled) && statSync(compiled).mtimeMs >= statSync(`${sources}/${file}`).mtimeMs
  })
}

/** An untimed start brings the files into the system's cache, and what Node compiles of them into Node's. */
async function measureFirstRow(folder: string, files: FirstRow['from'], times: number): Promise<FirstRow> {
  const entry = new URL(ENTRIES[files], import.meta.url).href
  const measured: number[] = []
  let model = ''
  for (let n = -1; n < times; n++) {
    const from = performance.now()
    const remote = new ChildRemote({ program: process.execPath, args: ['--no-warnings', path('./process/first-row.ts')] })
    const { variant, failed } = await remote.ask({ ask: 'first-row', entry, folder })
    const ms = performance.now() - from
    await remote.close()
    if (failed !== undefined) throw new Error(`the first row of ${folder} failed: ${failed}`)
    if (n >= 0) measured.push(ms)
    model = variant ?? ''
  }
  return { model, embedded: folder === EMBEDDED, from: files, compiled: true, ms: spread(measured) }
}

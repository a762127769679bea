/**
 * Where a run of the tests keeps what it builds: one folder, put away when the run ends. Nothing is built here: the first test that needs
 * a build makes it (`built` in test/explorer/built.ts).
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder of this run. */
    builds: string
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'regard-builds-'))
  provide('builds', folder)
  return () => rm(folder, { recursive: true, force: true })
}

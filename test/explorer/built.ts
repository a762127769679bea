/** The page and the element for other pages, built once for a run of the tests: who needs one first builds it, the others wait. */

import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { alone } from '../../scripts/lock.mjs'
import { hashOf } from '../../scripts/stamps.mjs'

const CONFIGS = { page: 'vite.config.ts', element: 'embed.config.ts' } as const
/** All that a build reads; what is built of it in turn (kernels) stands in a folder of that name. */
const SOURCES = ['explorer', 'src', 'src/backend/wasm/kernels', 'models', 'package.json', 'package-lock.json']

/**
 * The folder of a build of the sources as they stand now; nobody writes into it. A build during which the sources changed is the asker's
 * alone: the next one builds again.
 */
export async function built(what: keyof typeof CONFIGS): Promise<string> {
  const state = hashOf(SOURCES)
  const kept = join(inject('builds'), `${what}-${state.slice(0, 16)}`)
  let folder = kept
  const make = async (): Promise<void> => {
    if (existsSync(kept)) return
    const made = `${kept}-${process.pid}-${Date.now()}`
    await build(what, made)
    folder = hashOf(SOURCES) === state ? kept : made
    if (folder === kept) await rename(made, kept)
  }
  await alone(make, { path: `${kept}.lock`, waiting: `waiting for another test that builds the ${what}` })
  return folder
}

/** As it is shipped: without `production`, as in tests, Svelte would build its slower self that looks for mistakes. */
async function build(what: keyof typeof CONFIGS, folder: string): Promise<void> {
  const { build } = await import('vite')
  const configFile = fileURLToPath(new URL(`../../explorer/${CONFIGS[what]}`, import.meta.url))
  const { NODE_ENV } = process.env
  process.env.NODE_ENV = 'production'
  try {
    await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } })
  } finally {
    process.env.NODE_ENV = NODE_ENV
  }
}

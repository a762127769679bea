/**
 * Brings a checkout to where it can run: packages, kernels, explorer. Does nothing, in well under 100 ms, when all is there.
 * Must run on Node 20 before anything is installed.
 */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { install, isInstalled } from './install.mjs'
import { alone, release } from './lock.mjs'
import { endTogether, readJson, root, runNode } from './processes.mjs'
import { step } from './progress.mjs'
import { hashOf, isFresh, stamped } from './stamps.mjs'

const TIERS = ['plain', 'relaxed', 'wide']
const kernelFiles = TIERS.map((tier) => `src/backend/wasm/kernels/${tier}.wasm`)

const kernels = {
  exists: () => existsSync(join(root, 'assembly', 'index.ts')),
  hash: () => hashOf(['assembly', 'scripts/build-kernels.mjs'], lockedVersion('assemblyscript')),
  outputs: kernelFiles,
  label: 'building the kernels',
  build: () => runNode(['scripts/build-kernels.mjs']),
}

// Published anew with every model; the weights themselves would take too long to read at every start.
const EMBEDDED = ['encoder', 'decoder', 'translator'].map((name) => `models/${name}/figures.json`)

const explorer = {
  exists: () => existsSync(join(root, 'explorer', 'index.html')),
  hash: () => hashOf(['explorer', ...EMBEDDED, 'src', 'package-lock.json'], kernels.hash()),
  outputs: ['explorer/dist/index.html'],
  label: 'building the explorer',
  build: () => runNode(['node_modules/vite/bin/vite.js', 'build', 'explorer', '--logLevel', 'warn']),
}

const builds = Object.entries({ kernels, explorer })

/** @param {string} name */
function lockedVersion(name) {
  return readJson(join(root, 'package-lock.json')).packages[`node_modules/${name}`].version
}

/** @param {(typeof builds)[number]} build */
const isBuilt = ([name, part]) => !part.exists() || isFresh(name, part.hash(), part.outputs)

/** Installs what is missing or out of date, and builds the named parts likewise. Throws an error whose message is fit to be shown. */
export async function prepare(parts = ['kernels', 'explorer']) {
  const wanted = builds.filter(([name]) => parts.includes(name))
  if (isInstalled() && wanted.every(isBuilt)) return
  endTogether(release)
  await alone(async () => {
    if (!isInstalled()) await install()
    for (const [name, part] of wanted)
      if (!isBuilt([name, part])) await step(part.label, () => stamped(name, part.hash(), part.build))
  })
}

/** Runs `main` of a script and shows what went wrong, without a stack, as the last thing it does. @param {() => Promise<void>} main */
export async function runMain(main) {
  try {
    await main()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await runMain(() => prepare())

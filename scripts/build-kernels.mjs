/**
 * Compiles assembly/ to one WASM file per SIMD tier: src/backend/wasm/kernels/{plain,relaxed,wide}.wasm.
 * Each tier has its own register tiles (generated/tile.ts, from assembly/tile.mjs); the rest of the source is shared. The tiers are
 * compiled side by side, each in a copy of the sources under build/kernels.
 */

import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { TIERS, tileSource } from '../assembly/tile.mjs'
import { prepare, runMain } from './prepare.mjs'
import { root, runNode } from './processes.mjs'

const MEMORY_PAGES = 65536

/** asc's options: everything that the tiers share. */
const OPTIONS = [
  ...['simd', 'relaxed-simd', 'threads', 'bulk-memory'].flatMap((feature) => ['--enable', feature]),
  ...['--importMemory', '--sharedMemory', '--maximumMemory', String(MEMORY_PAGES), '--initialMemory', '1', '--memoryBase', '8192'],
  ...['--runtime', 'stub', '--exportTable', '--noAssert', '--optimizeLevel', '3', '--shrinkLevel', '0', '--converge'],
]

/** @param {string} tier */
async function compile(tier) {
  const folder = join('build', 'kernels', tier)
  const kernel = join(root, 'src', 'backend', 'wasm', 'kernels', `${tier}.wasm`)
  rmSync(join(root, folder), { recursive: true, force: true })
  cpSync(join(root, 'assembly'), join(root, folder), { recursive: true })
  mkdirSync(join(root, folder, 'generated'), { recursive: true })
  writeFileSync(join(root, folder, 'generated', 'tile.ts'), tileSource(tier))
  await runNode(['node_modules/assemblyscript/bin/asc.js', `${folder}/index.ts`, '--outFile', `${folder}.wasm`, ...OPTIONS])
  mkdirSync(dirname(kernel), { recursive: true })
  renameSync(join(root, `${folder}.wasm`), kernel)
}

await runMain(async () => {
  await prepare([])
  await Promise.all(Object.keys(TIERS).map(compile))
})

/**
 * Compiles assembly/ to one WASM file per SIMD tier: src/backend/wasm/kernels/{plain,relaxed,wide}.wasm.
 * Each tier has its own register tiles (assembly/generated/tile.ts, written here); the rest of the source is shared.
 */

import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { TIERS, tileSource } from '../assembly/tile.mjs'
import { root, runNode } from './processes.mjs'

const MEMORY_PAGES = 65536

const kernel = (/** @type {string} */ tier) => join(root, 'src', 'backend', 'wasm', 'kernels', `${tier}.wasm`)

/** @param {string} tier */
async function compile(tier) {
  const tile = join(root, 'assembly', 'generated', 'tile.ts')
  mkdirSync(dirname(tile), { recursive: true })
  writeFileSync(tile, tileSource(tier))
  const made = join(root, 'build', `${tier}.wasm`)
  const features = ['simd', 'relaxed-simd', 'threads', 'bulk-memory'].flatMap((feature) => ['--enable', feature])
  const memory = ['--importMemory', '--sharedMemory', '--maximumMemory', String(MEMORY_PAGES), '--initialMemory', '1']
  const shape = [
    '--runtime',
    'stub',
    '--exportTable',
    '--memoryBase',
    '8192',
    '--noAssert',
    '--optimizeLevel',
    '3',
    '--shrinkLevel',
    '0',
    '--converge',
  ]
  await runNode([
    'node_modules/assemblyscript/bin/asc.js',
    'assembly/index.ts',
    '--outFile',
    made,
    ...features,
    ...memory,
    ...shape,
  ])
  mkdirSync(dirname(kernel(tier)), { recursive: true })
  renameSync(made, kernel(tier))
}

mkdirSync(join(root, 'build'), { recursive: true })
for (const tier of Object.keys(TIERS)) await compile(tier)

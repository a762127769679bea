/** Compiles a rung when it is run: its source, its tile and its helpers side by side in build/, then AssemblyScript's compiler. */

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runNode } from '../../scripts/processes.mjs'
import type { How } from './rungs.ts'
import { lanesSource, tileSource } from './tile.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export function wasmFile(number: number): string {
  return here(`./build/${number}/rung.wasm`)
}

export async function compileRung(number: number, { file, exp, tile }: How & { kind: 'kernel' }): Promise<void> {
  const folder = here(`./build/${number}`)
  mkdirSync(folder, { recursive: true })
  copyFileSync(here(`./rungs/${file}.as.ts`), `${folder}/index.ts`)
  if (exp) copyFileSync(here(`./rungs/${exp}.as.ts`), `${folder}/exp.ts`)
  if (tile) {
    copyFileSync(here('./rungs/pack.as.ts'), `${folder}/pack.ts`)
    writeFileSync(`${folder}/tile.ts`, tileSource(tile))
    writeFileSync(`${folder}/lanes.ts`, lanesSource(tile.fused))
  }
  const options = ['--enable', 'simd', '--enable', 'relaxed-simd', '--runtime', 'stub', '--noAssert', '--optimizeLevel', '3']
  await runNode(['node_modules/assemblyscript/bin/asc.js', `${folder}/index.ts`, '--outFile', wasmFile(number), ...options])
}

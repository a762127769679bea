/** `npm run build`: what is published: dist/ with the compiled rooms, the kernels and the explorer. */

import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, runMain } from './prepare.mjs'
import { root, runNode } from './processes.mjs'
import { step } from './progress.mjs'

const dist = join(root, 'dist')

/** Compiled files whose source is gone would be published for ever. */
function dropOrphans() {
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const compiled = /^(?!explorer)(.*?)(\.d\.ts|\.js)$/.exec(file.replaceAll('\\', '/'))
    if (compiled && !existsSync(join(root, 'src', `${compiled[1]}.ts`))) rmSync(join(dist, file))
  }
}

/** @param {string} from @param {string} to */
function copyFolder(from, to) {
  rmSync(join(dist, to), { recursive: true, force: true })
  if (existsSync(join(root, from))) cpSync(join(root, from), join(dist, to), { recursive: true })
}

await runMain(async () => {
  await prepare()
  await step('compiling', () => runNode(['node_modules/typescript/bin/tsc', '-b', 'src']))
  dropOrphans()
  copyFolder('src/backend/wasm/kernels', 'backend/wasm/kernels')
  copyFolder('explorer/dist', 'explorer')
  const bin = join(dist, 'cli', 'main.js')
  if (existsSync(bin)) chmodSync(bin, 0o755)
})

/** `npm run build`: what is published: dist/ with the compiled rooms, the kernels, the explorer and the element for other pages. */

import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, runMain } from './prepare.mjs'
import { root, runNode } from './processes.mjs'
import { step } from './progress.mjs'

const dist = join(root, 'dist')

/** Compiled files whose source is gone would be published for ever. */
function dropOrphans() {
  for (const file of readdirSync(dist, { recursive: true, encoding: 'utf8' })) {
    const compiled = /^(?!explorer|embed)(.*?)(\.d\.ts|\.js)$/.exec(file.replaceAll('\\', '/'))
    if (compiled && !existsSync(join(root, 'src', `${compiled[1]}.ts`))) rmSync(join(dist, file))
  }
}

/** `leave`: folders in it that are not copied. @param {string} from @param {string} to @param {readonly string[]} leave */
function copyFolder(from, to, leave = []) {
  rmSync(join(dist, to), { recursive: true, force: true })
  const left = new Set(leave.map((name) => join(root, from, name)))
  if (existsSync(join(root, from))) cpSync(join(root, from), join(dist, to), { recursive: true, filter: (path) => !left.has(path) })
}

await runMain(async () => {
  await prepare()
  await step('compiling', () => runNode(['node_modules/typescript/bin/tsc', '-b', 'src']))
  dropOrphans()
  copyFolder('src/backend/wasm/kernels', 'backend/wasm/kernels')
  await step('building the element for other pages', () =>
    runNode(['node_modules/vite/bin/vite.js', 'build', 'explorer', '--config', 'explorer/embed.config.ts', '--logLevel', 'warn']),
  )
  // The package has the embedded models already, and the command line serves them.
  copyFolder('explorer/dist', 'explorer', ['model', 'models', 'components'])
  copyFolder('explorer/dist/components/regard-matrix', 'embed')
  const bin = join(dist, 'cli', 'main.js')
  if (existsSync(bin)) chmodSync(bin, 0o755)
})

/**
 * `npm run train:encoder`, `train:decoder`, `train:translator`: makes the corpus if it is missing, trains (or goes on where it stopped) in
 * training/out/, and puts the finished model with its card into models/. Ctrl-C saves and stops; the same command goes on.
 */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, runMain } from '../scripts/prepare.mjs'
import { projectNode, readJson, root, run } from '../scripts/processes.mjs'
import { step } from '../scripts/progress.mjs'

const here = join(root, 'training')
const installed = join(here, 'node_modules', '.package-lock.json')
const [name, ...rest] = process.argv.slice(2)

function packagesInstalled() {
  if (!existsSync(installed)) return false
  const have = readJson(installed).packages
  const want = Object.entries(readJson(join(here, 'package-lock.json')).packages)
  return want.every(([path, { version, optional }]) => path === '' || optional || have[path]?.version === version)
}

function installPackages() {
  const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  if (script && /npm-cli\.c?js$/.test(script)) return run(node ?? process.execPath, [script, ...args], { cwd: here })
  return process.platform === 'win32' ? run('cmd', ['/c', 'npm', ...args], { cwd: here }) : run('npm', args, { cwd: here })
}

/** Runs a script of ours on the project's Node. → its exit code. @param {string[]} args @returns {Promise<number>} */
function ours(args) {
  const child = spawn(projectNode(), args, { stdio: 'inherit', cwd: root })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.removeAllListeners(signal)
    process.on(signal, () => child.kill(signal))
  }
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
}

await runMain(async () => {
  if (!name) throw new Error('which recipe? encoder, decoder or translator')
  await prepare(['kernels'])
  if (name !== 'translator' && !['train.txt', 'uses.json'].every((file) => existsSync(join(here, 'data', file)))) {
    if (!packagesInstalled()) await step('installing the corpus packages (about 85 MB in training/node_modules)', installPackages)
    await step('making the corpus', () => run(projectNode(), [join(here, 'corpus.ts')]))
  }
  const out = join(here, 'out', name)
  const code = await ours([join(root, 'src/cli/main.ts'), 'train', name, '--out', out, '--resume', ...rest])
  process.exitCode = code || (await ours([join(here, 'publish.ts'), name]))
})

/**
 * `npm run bench`: brings the checkout and the benchmark's own packages to where it can run, then starts it on the project's Node.
 * Must run on Node 20 before anything is installed.
 */

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, runMain } from '../scripts/prepare.mjs'
import { projectNode, readJson, root, run } from '../scripts/processes.mjs'
import { step } from '../scripts/progress.mjs'

const here = join(root, 'bench')
const installed = join(here, 'node_modules', '.package-lock.json')

function peersInstalled() {
  if (!existsSync(installed)) return false
  const have = readJson(installed).packages
  const want = Object.entries(readJson(join(here, 'package-lock.json')).packages)
  return want.every(([path, { version, optional }]) => path === '' || optional || have[path]?.version === version)
}

/** No install scripts: onnxruntime-node's would fetch GPU libraries; the packages themselves hold all that the CPU needs. */
function installPeers() {
  const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const options = { cwd: here, env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' } }
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  if (script && /npm-cli\.c?js$/.test(script)) return run(node ?? process.execPath, [script, ...args], options)
  return process.platform === 'win32' ? run('cmd', ['/c', 'npm', ...args], options) : run('npm', args, options)
}

/** These measure nothing. */
const measures = !process.argv.some((argument) => ['--help', '-h', '--list', '--write-docs'].includes(argument))

await runMain(async () => {
  await prepare(measures ? ['kernels'] : [])
  if (measures && !peersInstalled()) await step('installing the peers (about 480 MB in bench/node_modules)', installPeers)
  const child = spawn(projectNode(), ['--disable-warning=ExperimentalWarning', join(here, 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal))
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
})

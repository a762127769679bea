/** Are the packages of the lockfile installed, and if not, install them. */

import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bundledNode, Failed, projectNode, readJson, root, run } from './processes.mjs'
import { step } from './progress.mjs'

const installed = join(root, 'node_modules', '.package-lock.json')

/**
 * npm writes node_modules/.package-lock.json when an install has ended. The install is fresh when it holds every package of the
 * lockfile in the same version; optional ones may be missing (they belong to other platforms).
 */
export function isInstalled() {
  if (!existsSync(installed)) return false
  const have = readJson(installed).packages
  const want = Object.entries(readJson(join(root, 'package-lock.json')).packages)
  return want.every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true
    const found = have[path]
    return found ? link || found.version === version : Boolean(optional)
  })
}

/** Installs what the lockfile names; keeps an older install when the registry cannot be reached. */
export async function install() {
  const first = !existsSync(installed)
  try {
    await step('installing packages', () => npm(first ? ['ci'] : ['install', '--no-save']))
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    if (first) throw new Error(explain(error))
    process.stderr.write(`${explain(error)}\nGoing on with the packages that were installed before.\n`)
  }
  await dropBrokenNode()
  projectNode()
}

/** @param {string[]} command */
function npm(command) {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error']
  const patience = ['--fetch-retries=2', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']
  const args = [...command, ...quiet, ...patience]
  const { npm_execpath: script, npm_node_execpath: node } = process.env
  if (script && /npm-cli\.c?js$/.test(script)) return run(node ?? process.execPath, [script, ...args])
  return process.platform === 'win32' ? run('cmd', ['/c', 'npm', ...args]) : run('npm', args)
}

/** @param {Failed} error */
function explain(error) {
  const [code] = /E(NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NETUNREACH|HOSTUNREACH|NOTCACHED)\b/.exec(error.output) ?? []
  if (!code) return `npm could not install the packages.\n${error.message}`
  return `npm cannot reach its registry (${code}), and its cache does not hold every package. Connect to the network once and run the command again.`
}

/** npm's Node needs glibc. Where it does not start (Alpine), the machine's own Node must do. */
async function dropBrokenNode() {
  const node = bundledNode()
  if (!node) return
  await run(node, ['--version']).catch(() => {
    for (const path of [node, ...['node', 'node.cmd', 'node.ps1'].map((name) => join(root, 'node_modules', '.bin', name))])
      rmSync(path, { force: true })
  })
}

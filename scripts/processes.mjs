/** Child processes for the scripts: found on the right Node, ended with us, quiet unless they fail. */

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The Node that the project needs, as a major version. */
export const NEEDS = 24

/** @param {string} path */
export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** A command that ended badly, with all that it printed. */
export class Failed extends Error {
  /** @param {string} command @param {number | string} how @param {string} output */
  constructor(command, how, output) {
    super(`${command} ended with ${how}${output ? `:\n${output.trimEnd()}` : ''}`)
    this.output = output
    this.code = typeof how === 'number' ? how : 1
  }
}

/**
 * Runs a command in the root folder. → what it printed. Rejects with `Failed` when it does not end with 0.
 * @param {string} file
 * @param {string[]} args
 * @param {{ show?: boolean, cwd?: string }} [options] show: hand the terminal over instead of collecting the output
 * @returns {Promise<string>}
 */
export function run(file, args, { show = false, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const env = show ? process.env : { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }
    const child = spawn(file, args, { cwd, env, stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (/** @type {Buffer} */ chunk) => (output += chunk))
    running.add(child)
    child.on('error', (error) => {
      running.delete(child)
      reject(new Failed(file, error.message, output))
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      if (code === 0) resolve(output)
      else reject(new Failed([file, ...args].join(' '), code ?? signal ?? 'no exit code', output))
    })
  })
}

/** Where npm put Node 24 for this platform, or undefined. */
export function bundledNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node'
  return Object.keys(readJson(join(root, 'runtime', 'package.json')).optionalDependencies)
    .map((folder) => join(root, 'node_modules', folder, 'bin', name))
    .find((path) => existsSync(path))
}

/** The Node to run the project on. Throws when the machine's is too old and npm brought none. */
export function projectNode() {
  const found = bundledNode()
  if (found) return found
  if (Number.parseInt(process.versions.node, 10) >= NEEDS) return process.execPath
  throw new Error(
    `Regard runs on Node ${NEEDS}; this is Node ${process.versions.node}, and npm has no Node ${NEEDS} for ${process.platform}-${process.arch}. Install Node ${NEEDS} and run the command again.`,
  )
}

/** Runs a script of this repository, or of an installed package, on the project's Node. @param {string[]} args @param {Parameters<typeof run>[2]} [options] */
export const runNode = (args, options) => run(projectNode(), args, options)

const GRACE_MS = 2_000

/**
 * When the user or the system ends us: ends every child first (npm takes its time over Ctrl-C, so it is told to terminate, then killed),
 * then calls `cleanUp` and exits.
 * @param {() => void} cleanUp
 */
export function endTogether(cleanUp) {
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ]))
    process.on(signal, async () => {
      const ended = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)))
      for (const child of running) child.kill('SIGTERM')
      setTimeout(() => running.forEach((child) => void child.kill('SIGKILL')), GRACE_MS)
      await Promise.all(ended)
      cleanUp()
      process.exit(128 + number)
    })
}

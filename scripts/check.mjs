/** `npm run check`: types of every room, format and lint, types of the explorer's components. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepare, runMain } from './prepare.mjs'
import { Failed, root, runNode } from './processes.mjs'
import { step } from './progress.mjs'

/** Colours where they are shown; a pipe gets plain text. */
const colour = process.stderr.isTTY ? 'force' : 'off'

const checks = [
  { label: 'checking types', args: ['node_modules/typescript/bin/tsc', '-b', '--pretty', String(colour === 'force')] },
  {
    label: 'checking format and lint',
    args: ['node_modules/@biomejs/biome/bin/biome', 'check', `--colors=${colour}`, '--error-on-warnings', '.'],
  },
  {
    label: 'checking the explorer',
    args: ['node_modules/svelte-check/bin/svelte-check', '--workspace', 'explorer', '--fail-on-warnings', '--output', 'human'],
    needs: 'explorer/tsconfig.json',
  },
]

/** Throws what all the failing checks printed. */
export async function check() {
  const failures = []
  for (const { label, args, needs } of checks) {
    if (needs && !existsSync(join(root, needs))) continue
    try {
      await step(label, () => runNode(args))
    } catch (error) {
      if (!(error instanceof Failed)) throw error
      failures.push(`${label}:\n${error.output.trimEnd()}`)
    }
  }
  if (failures.length > 0) throw new Error(failures.join('\n\n'))
}

if (process.argv[1]?.endsWith('check.mjs'))
  await runMain(async () => {
    await prepare([])
    await check()
  })

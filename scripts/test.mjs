/** `npm test`: prepares the checkout, checks types and style, runs every test. Arguments go to vitest, without the checks. */

import { check } from './check.mjs'
import { prepare, runMain } from './prepare.mjs'
import { Failed, runNode } from './processes.mjs'

const args = process.argv.slice(2)

await runMain(async () => {
  try {
    await prepare()
    if (args.length === 0) await check()
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.stdout.write('0 passed, 1 failed, 0 skipped\n')
    process.exitCode = 1
    return
  }
  await runNode(['node_modules/vitest/vitest.mjs', 'run', ...args], { show: true }).catch((error) => {
    if (!(error instanceof Failed)) throw error
    process.exitCode = error.code
  })
})

/**
 * `npm test`: prepares the checkout, checks types and style, runs every test. A failed check counts as a failed test in the last line.
 * Arguments go to vitest, without the checks.
 */

import { check } from './check.mjs'
import { prepare, runMain } from './prepare.mjs'
import { Failed, runNode } from './processes.mjs'

const args = process.argv.slice(2)

/** Runs `work`; if it cannot be done no test can, and the last line says so. @param {() => Promise<void>} work */
async function orNoTests(work) {
  try {
    await work()
    return true
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.stdout.write('0 passed, 1 failed, 0 skipped\n')
    process.exitCode = 1
    return false
  }
}

await runMain(async () => {
  if (!(await orNoTests(prepare))) return
  const failed = args.length === 0 ? await check() : []
  process.env.REGARD_FAILED_CHECKS = failed.join('\n')
  if (failed.length > 0) process.exitCode = 1
  await runNode(['node_modules/vitest/vitest.mjs', 'run', ...args], { show: true }).catch((error) => {
    if (!(error instanceof Failed)) throw error
    process.exitCode = error.code
  })
})

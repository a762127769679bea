/** Prepares the checkout, then runs the command line from source: `npm start`, `npm run regard -- read "…" --token it`. */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { prepare, runMain } from './prepare.mjs'
import { projectNode, root } from './processes.mjs'

await runMain(async () => {
  await prepare()
  const args = [join(root, 'src', 'cli', 'main.ts'), ...process.argv.slice(2)]
  const child = spawn(projectNode(), args, { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.removeAllListeners(signal)
    process.on(signal, () => child.kill(signal))
  }
  process.exitCode = await new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)))
})

/** The explorer, served as `regard explore` serves it, and a Chromium to look at it: for scripts. CHROMIUM names the browser where it is not Debian's. */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectNode, root } from './processes.mjs'

/** Serves the explorer while `use` runs. @param {string} model @param {(address: string) => Promise<void>} use */
export async function serving(model, use) {
  const server = spawn(projectNode(), [join(root, 'src/cli/main.ts'), 'explore', '--port', '0', '--model', model])
  try {
    const address = await new Promise((resolve, reject) => {
      let said = ''
      server.stdout.on('data', (text) => {
        said += text
        const found = /http:\/\/\S+/.exec(said)
        if (found) resolve(found[0])
      })
      server.on('close', () => reject(new Error('the explorer did not start; name the folder of a model')))
    })
    await use(address)
  } finally {
    server.kill()
  }
}

/** @param {string[]} [flags] */
export async function startChromium(flags = []) {
  const { chromium } = await import('playwright-core')
  return await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', ...flags],
  })
}

/** Takes the README's picture of the explorer, light and dark: `npm run picture -- MODEL`. Needs Chromium; CHROMIUM names it where it is not Debian's. */

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { prepare, runMain } from './prepare.mjs'
import { projectNode, root } from './processes.mjs'

const SIZE = { width: 1200, height: 860 }
/** Thumbnails appear after the sentence. */
const SETTLED_MS = 3_000

/** Serves the explorer while `use` runs. @param {string} model @param {(address: string) => Promise<void>} use */
async function serving(model, use) {
  const server = spawn(projectNode(), [join(root, 'src/cli/main.ts'), 'explore', '--port', '0', '--model', model])
  try {
    const address = await new Promise((resolve, reject) => {
      let said = ''
      server.stdout.on('data', (text) => {
        said += text
        const found = /http:\/\/\S+/.exec(said)
        if (found) resolve(found[0])
      })
      server.on('close', () => reject(new Error('picture: the explorer did not start; name the folder of a model')))
    })
    await use(address)
  } finally {
    server.kill()
  }
}

await runMain(async () => {
  await prepare()
  const { chromium } = await import('playwright-core')
  await serving(process.argv[2] ?? '', async (address) => {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      const page = await browser.newPage({ viewport: SIZE, colorScheme, reducedMotion: 'reduce' })
      await page.goto(address)
      await page.waitForSelector('[role=gridcell]')
      await page.waitForTimeout(SETTLED_MS)
      await page.screenshot({ path: join(root, 'docs', `read-${colorScheme}.png`) })
    }
    await browser.close()
  })
})

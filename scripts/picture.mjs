/** Takes the README's picture of the explorer, light and dark: `npm run picture -- MODEL`. Needs Chromium; CHROMIUM names it where it is not Debian's. */

import { join } from 'node:path'
import { prepare, runMain } from './prepare.mjs'
import { root } from './processes.mjs'
import { serving, startChromium } from './serving.mjs'

const SIZE = { width: 1200, height: 860 }
/** Thumbnails appear after the sentence. */
const SETTLED_MS = 3_000

await runMain(async () => {
  await prepare()
  await serving(process.argv[2] ?? '', async (address) => {
    const browser = await startChromium()
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

/** A real Chromium for tests, where the machine has one. */

import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { describe, it } from 'vitest'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run']

/** Where Chromium is on this machine, or undefined. */
export const chromiumPath = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path))

/** Why browser tests cannot run here, or undefined. */
export const noChromium = chromiumPath ? undefined : 'no Chromium on this machine; Debian: apt-get install chromium'

/** Starts a headless Chromium; the caller closes it. */
export async function startBrowser(flags: readonly string[] = FLAGS): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath!, headless: true, args: [...flags] })
}

/**
 * A `describe` that needs Chromium; without it, its body is not run, and one skip says so by name. A browser of its own pace beside other
 * work may lose a race that a person would not notice: a test that fails is tried once more, and the end of the run says which were.
 */
export function describeBrowser(title: string, body: () => void): void {
  if (chromiumPath) describe(title, { retry: 1 }, body)
  else it.skip(`${title} (skipped: ${noChromium})`, () => {})
}

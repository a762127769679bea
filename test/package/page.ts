/** A site on loopback, opened in Chromium. */

import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { startBrowser } from '../support/browser.ts'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }
/** The headers that make a page cross-origin isolated, which shared memory needs. */
export const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

export interface Visit {
  /** What the page left in `window.answer`. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the page computed
  readonly answer: any
  /** Errors and warnings of the console, and requests that failed. */
  readonly problems: readonly string[]
}

/** Opens an address and waits until the page has set `window.answer`. */
export async function visit(url: string): Promise<Visit> {
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(String(error)))
    await page.goto(url)
    await page
      .waitForFunction('window.answer !== undefined', undefined, { timeout: 20_000 })
      .catch(() => problems.push('the page did not answer'))
    return { answer: await page.evaluate('window.answer'), problems }
  } finally {
    await browser.close()
  }
}

/** Serves a folder with these headers while `use` runs. */
export async function served<T>(site: URL, extra: Record<string, string>, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const file = new URL(`.${request.url === '/' ? '/index.html' : request.url}`, site)
    if (!existsSync(file)) return response.writeHead(404).end()
    const headers = { ...extra, 'content-type': TYPES[extname(file.pathname)] ?? 'application/octet-stream' }
    return response.writeHead(200, headers).end(readFileSync(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  } finally {
    server.close()
  }
}

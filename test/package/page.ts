/** A built site, served on loopback and opened in Chromium. */

import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname } from 'node:path'
import { startBrowser } from '../support/browser.ts'

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' }
const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }

export interface Visit {
  /** What the page left in `window.answer`. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the page computed
  readonly answer: any
  /** Errors and warnings of the console, and requests that failed. */
  readonly problems: readonly string[]
}

/** Opens the site and waits until it has set `window.answer`. isolated: with the headers that allow shared memory. */
export async function openPage(site: URL, { isolated }: { isolated: boolean }): Promise<Visit> {
  const server = await serve(site, isolated)
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(String(error)))
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await page
      .waitForFunction('window.answer !== undefined', undefined, { timeout: 20_000 })
      .catch(() => problems.push('the page did not answer'))
    return { answer: await page.evaluate('window.answer'), problems }
  } finally {
    await browser.close()
    server.close()
  }
}

function serve(site: URL, isolated: boolean): Promise<Server> {
  const server = createServer((request, response) => {
    const file = new URL(`.${request.url === '/' ? '/index.html' : request.url}`, site)
    if (request.url === '/favicon.ico') return response.writeHead(204).end()
    if (!existsSync(file)) return response.writeHead(404).end()
    const headers = { 'content-type': TYPES[extname(file.pathname)] ?? 'application/octet-stream' }
    return response.writeHead(200, isolated ? { ...headers, ...ISOLATED } : headers).end(readFileSync(file))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

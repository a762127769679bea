/** The built page in a real browser, served as `regard explore` serves it. */

import { basename } from 'node:path'
import type { Hono } from 'hono'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { embeddedOffers } from '../../src/cli/explore.ts'
import { app } from '../../src/cli/server/app.ts'
import type { HubSource } from '../../src/cli/server/hub.ts'
import { type Answering, type Listening, listen } from '../../src/cli/server/listen.ts'
import { offerExplorer, offerModel } from '../../src/cli/server/offered.ts'
import { built } from './built.ts'

/** The page, built from the sources as they stand. The run of the tests puts it away, so that `remove` has nothing to do. */
export async function buildExplorer(): Promise<{ folder: string; remove(): Promise<void> }> {
  return { folder: await built('page'), remove: async () => {} }
}

interface ServeOptions {
  /** Drops the two headers without which a page gets no threads. */
  readonly isolated?: boolean
  /** Learns every path that is asked for. */
  readonly asked?: Set<string>
  /** Offers the models that come with Regard. */
  readonly embedded?: boolean
  /** Fetches models for the page, as `regard explore --hub` does. */
  readonly hub?: HubSource
  /** The address of a hub that the page may ask itself, as a static site says; `policy: false`: without the host's leave. */
  readonly named?: string
  readonly policy?: boolean
}

export async function serveExplorer(page: string, model: string, options: ServeOptions = {}): Promise<Listening> {
  const { embedded, hub } = options
  const site = app({
    explorer: await offerExplorer(page),
    model: { name: basename(model), files: await offerModel(model) },
    ...(embedded && { embedded: await embeddedOffers() }),
    ...(hub && { hub }),
  })
  return await listen(changed(site, options), 0)
}

/** What the site answers, as the options would have it. */
function changed(site: Hono, { isolated = true, asked, named, policy = true }: ServeOptions): Answering {
  return {
    async fetch(request) {
      const { pathname } = new URL(request.url)
      asked?.add(pathname)
      let answer = await site.fetch(request)
      if (named && pathname === '/model/index.json')
        answer = Response.json({ ...((await answer.json()) as object), hub: { address: named } }, { headers: answer.headers })
      if (named && policy) allow(answer.headers, named)
      if (!isolated) for (const name of ['opener', 'embedder']) answer.headers.delete(`cross-origin-${name}-policy`)
      return answer
    },
  }
}

function allow(headers: Headers, address: string): void {
  const said = headers.get('content-security-policy') ?? ''
  headers.set('content-security-policy', said.replace("connect-src 'self'", `connect-src 'self' ${address}`))
}

export interface Visit {
  readonly page: Page
  /** What the console called an error, and exceptions nobody caught. Empty on a page that is well. */
  readonly errors: string[]
}

/**
 * Opens an address and waits for the first picture: `drawn` is a part that only a picture has. What software rendering says about its own
 * speed is no fault of the page.
 */
export async function visit(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
  drawn = '[data-exact]',
): Promise<Visit> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce', ...options })
  const errors: string[] = []
  page.on('console', (message) => {
    const remark = /GL Driver Message \(OpenGL, Performance/.test(message.text())
    if ((message.type() === 'error' || message.type() === 'warning') && !remark) errors.push(message.text())
  })
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(address)
  await page.waitForSelector(drawn)
  return { page, errors }
}

/** The sentence that says what is shown. */
export const statementOf = async (page: Page): Promise<string> =>
  ((await page.textContent('#statement p')) ?? '').replaceAll('\u00a0', ' ')

/** The weights of the cells that are drawn, by row and column. */
export async function cellsOf(page: Page): Promise<{ row: number; column: number; weight: number; label: string }[]> {
  return await page.$$eval('[role=gridcell][data-row]', (cells) =>
    cells.map((cell) => ({
      row: Number((cell as HTMLElement).dataset.row),
      column: Number((cell as HTMLElement).dataset.column),
      weight: Number((cell as HTMLElement).style.getPropertyValue('--w')) ** 2,
      label: cell.getAttribute('aria-label') ?? '',
    })),
  )
}

/** Gives the keyboard to an element, as soon as it is there and can have it: in a sheet that is still opening it cannot. */
export async function focusOn(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((selector) => {
    const found = document.querySelector<HTMLElement>(selector)
    found?.focus()
    return found !== null && document.activeElement === found
  }, selector)
}

/** Writes `text` in place of the sentence, as a reader would. */
export async function write(page: Page, text: string): Promise<void> {
  await focusOn(page, 'textarea')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

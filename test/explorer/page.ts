/** The built page in a real browser, served as `regard explore` serves it. */

import { basename } from 'node:path'
import type { Hono } from 'hono'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { embeddedOffers } from '../../src/cli/explore.ts'
import { app } from '../../src/cli/server/app.ts'
import { type Listening, listen } from '../../src/cli/server/listen.ts'
import { offerExplorer, offerModel } from '../../src/cli/server/offered.ts'
import { built } from './built.ts'

/** The page, built from the sources as they stand. The run of the tests puts it away, so that `remove` has nothing to do. */
export async function buildExplorer(): Promise<{ folder: string; remove(): Promise<void> }> {
  return { folder: await built('page'), remove: async () => {} }
}

/**
 * `isolated: false` drops the two headers without which a page gets no threads; `asked` learns every path that is asked for; `embedded`
 * offers the models that come with Regard.
 */
export async function serveExplorer(
  page: string,
  model: string,
  { isolated = true, asked, embedded = false }: { isolated?: boolean; asked?: Set<string>; embedded?: boolean } = {},
): Promise<Listening> {
  const site = app({
    explorer: await offerExplorer(page),
    model: { name: basename(model), files: await offerModel(model) },
    ...(embedded && { embedded: await embeddedOffers() }),
  })
  const listening = asked ? noting(site, asked) : site
  return await listen(isolated ? listening : alone(listening), 0)
}

function noting(site: Hono, asked: Set<string>): Hono {
  const fetch = (request: Request) => {
    asked.add(new URL(request.url).pathname)
    return site.fetch(request)
  }
  return { fetch } as unknown as Hono
}

function alone(site: Hono): Hono {
  const fetch = async (request: Request): Promise<Response> => {
    const answer = await site.fetch(request)
    for (const name of ['opener', 'embedder']) answer.headers.delete(`cross-origin-${name}-policy`)
    return answer
  }
  return { fetch } as unknown as Hono
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

/** Writes `text` in place of the sentence, as a reader would. */
export async function write(page: Page, text: string): Promise<void> {
  await page.focus('textarea')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

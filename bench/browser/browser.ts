/** The contestants that run in a page, each in a context of its own. */

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { PeerName } from '../cases.ts'
import type { Answer, Question } from '../contestants/host.ts'
import type { ContestantName } from '../peers.ts'
import type { Remote } from '../process/remote.ts'
import { type Site, serve } from './server.ts'

export const BROWSER_PEERS: readonly PeerName[] = ['onnxruntime-web', 'litert', 'jax-js']

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run']
const PATIENCE_MS = 180_000

export class BrowserPages {
  readonly #browser: Browser
  readonly #site: Site

  private constructor(browser: Browser, site: Site) {
    this.#browser = browser
    this.#site = site
  }

  static async start(executablePath: string): Promise<BrowserPages> {
    const site = await serve()
    try {
      return new BrowserPages(await chromium.launch({ executablePath, headless: true, args: FLAGS }), site)
    } catch (error) {
      site.close()
      throw new Error(
        `--browser: ${executablePath} did not start; name a Chromium with --chromium PATH (${(error as Error).message.split('\n')[0]})`,
      )
    }
  }

  get version(): string {
    return this.#browser.version()
  }

  async open(name: ContestantName): Promise<Remote> {
    const context = await this.#browser.newContext()
    const page = await context.newPage()
    await page.goto(`${this.#site.address}/bench/browser/page.html?${name}`)
    return new PageRemote(context, page)
  }

  async close(): Promise<void> {
    await this.#browser.close()
    this.#site.close()
  }
}

class PageRemote implements Remote {
  readonly #context: BrowserContext
  readonly #page: Page

  constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.#page = page
    page.setDefaultTimeout(PATIENCE_MS)
  }

  async ask(question: Question): Promise<Answer> {
    try {
      const { data, ...answer } = await this.#page.evaluate((asked) => globalThis.answer(asked), question)
      return data ? { ...answer, data: Float32Array.from(data) } : answer
    } catch (error) {
      return { failed: (error as Error).message.split('\n')[0]! }
    }
  }

  async close(): Promise<void> {
    await this.#context.close()
  }
}

/** What the tests of a view stand on: the page, a tiny model and its float64 oracle, made before them and put away after them. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Listening } from '../../src/cli/server/listen.ts'
import { loadModel, type Model } from '../../src/model/index.ts'
import { startBrowser } from '../support/browser.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'
import { built } from './built.ts'
import { serveExplorer, type Visit } from './page.ts'

export interface Stage {
  /** Of the tiny model. */
  readonly folder: string
  /** Of the built page. */
  readonly built: string
  readonly server: Listening
  readonly browser: Browser
  readonly oracle: Model
  /** To be added to: see `visits`. */
  readonly visits: Visit[]
}

/** Call it in a `describe`. What it gives is there when the tests run. `asked` learns every path that is asked for. */
export function stage({ flags, asked }: { flags?: readonly string[]; asked?: Set<string> } = {}): Stage {
  const made: { -readonly [K in keyof Stage]: Stage[K] } = { visits: visits() } as Stage

  beforeAll(async () => {
    made.folder = join(await mkdtemp(join(tmpdir(), 'regard-tiny-')), 'tiny-bert')
    await writeTinyBert(made.folder)
    made.built = await built('page')
    made.server = await serveExplorer(made.built, made.folder, asked && { asked })
    made.browser = await startBrowser(flags)
    made.oracle = await loadModel(made.folder, { dtype: 'float64' })
  })

  afterAll(async () => {
    made.oracle?.dispose()
    await made.browser?.close()
    await made.server?.close()
    await rm(join(made.folder, '..'), { recursive: true, force: true })
  })
  return made
}

/** Every visit that is added ends with its test, and with nothing to complain about in the console. */
export function visits(): Visit[] {
  const made: Visit[] = []
  afterEach(async () => {
    const ended = made.splice(0)
    for (const { page } of ended) await page.close()
    expect(ended.flatMap(({ errors }) => errors)).toEqual([])
  })
  return made
}

/** What axe finds wrong. The page's own policy must be passed by (`bypassCSP`): axe is put into it. */
export async function objections(page: Page): Promise<string[]> {
  await page.addScriptTag({ content: axe.source })
  return await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  })
}

export async function expectToFit(page: Page): Promise<void> {
  const [inside, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
  expect(inside).toBeLessThanOrEqual(window!)
}

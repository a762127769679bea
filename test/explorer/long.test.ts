/** Thousands of tokens: what is in view is exact, and nothing grows with their square. */

import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { formatFragment } from '../../explorer/src/state/fragment.ts'
import { strings } from '../../explorer/src/strings.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { loadModel, type Model, type Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { TINY, writeTinyBert } from '../support/tiny-bert.ts'
import { focusOn, serveExplorer, statementOf, type Visit, visit } from './page.ts'
import { stage } from './stage.ts'

/** A busy machine takes its time to read thousands of tokens. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const TOKENS = 4000
const POSITIONS = TOKENS + 8
const WORDS = 'the animal didn t cross the wide street because it was too tired and the dog slept in the sun'.split(' ')
/** As many tokens as words, so that word n is token n + 1. */
const TEXT = Array.from({ length: TOKENS - 2 }, (_, n) => WORDS[n % WORDS.length]!)
  .filter((word) => word !== 'and')
  .join(' ')

describeBrowser('a text of thousands of tokens in Chromium', () => {
  const on = stage()
  let server: Listening
  let oracle: Model
  let run: Run

  beforeAll(async () => {
    const folder = join(on.folder, '..', 'long-bert')
    await writeTinyBert(folder, 1, { ...TINY, positions: POSITIONS })
    server = await serveExplorer(on.built, folder)
    oracle = await loadModel(folder)
    run = await oracle.run(TEXT)
  })

  afterAll(async () => {
    run?.dispose()
    oracle?.dispose()
    await server?.close()
  })

  async function open(token: number): Promise<Page> {
    const made: Visit = await visit(
      on.browser,
      server.address + formatFragment(TEXT, { layer: 1, head: 2, token, column: undefined }),
    )
    on.visits.push(made)
    made.page.setDefaultTimeout(120_000)
    return made.page
  }

  /** The drawn tokens that stand inside the box of the sentence. */
  const inSight = (page: Page): Promise<number[]> =>
    page.$$eval('.sentence .token', (tokens) => {
      const box = document.querySelector('.sentence .box')!.getBoundingClientRect()
      return tokens.flatMap((token) => {
        const { top, bottom } = token.getBoundingClientRect()
        return top >= box.top && bottom <= box.bottom ? [Number((token as HTMLElement).dataset.token)] : []
      })
    })

  it('the sentence stands in a box that keeps the held word in sight and draws no more than its part', async () => {
    const token = Math.floor(run.tokens.length / 2)
    const page = await open(token)
    expect(await inSight(page)).toContain(token)
    const [height, drawn] = await page.evaluate(() => [
      document.querySelector('.sentence')!.getBoundingClientRect().height / innerHeight,
      document.querySelectorAll('.sentence .token').length,
    ])
    expect(height).toBeLessThan(0.6)
    expect(drawn).toBeLessThan(run.tokens.length / 2)
    const row = await run.attention(1, 2).row(token)
    const shares = await page.$$eval('.frame > .share', (all) => all.map(({ textContent }) => textContent!))
    const known = new Set(Array.from(row, (weight) => strings.percent(weight)))
    for (const share of shares) expect(known).toContain(share)
    expect(Math.abs(Number(await page.textContent('output')) - Math.max(...row))).toBeLessThan(2e-5)
  })

  it('scrolled, it draws what came into sight; a word there is pointed at like any other', async () => {
    const page = await open(40)
    expect(await inSight(page)).toContain(40)
    await page.$eval('.sentence .box', (box) => box.scrollTo({ top: box.scrollHeight / 2, behavior: 'instant' }))
    await expect.poll(async () => Math.min(...(await inSight(page)))).toBeGreaterThan(run.tokens.length / 3)
    const [first] = await inSight(page)
    const at = (await page.locator(`.sentence [data-token="${first! + 12}"]`).boundingBox())!
    await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2)
    const label = TEXT.slice(run.tokens[first! + 12]!.start, run.tokens[first! + 12]!.end)
    await expect.poll(() => statementOf(page)).toMatch(new RegExp(`(^| )${label} `))
  })

  it('typed into, the letters stay where the text area has them, and the word that is held, the last one, is followed', async () => {
    const last = run.tokens.length - 1
    const page = await open(last)
    const at = TEXT.indexOf(' ', 200)
    await focusOn(page, 'textarea')
    await page.evaluate((place) => document.querySelector('textarea')!.setSelectionRange(place, place), at)
    await page.keyboard.type(' dog dog', { delay: 0 })
    const [typed, drawn, tall] = await page.evaluate(() => [
      document.querySelector('textarea')!.value,
      document.querySelector('.ink')!.textContent!.replace('\u200b', ''),
      document.querySelector('textarea')!.scrollHeight - (document.querySelector('.ink') as HTMLElement).offsetHeight,
    ])
    expect(typed).toBe(`${TEXT.slice(0, at)} dog dog${TEXT.slice(at)}`)
    expect(drawn).toBe(typed)
    expect(tall).toBe(0)
    await page.waitForFunction((token) => new RegExp(`token=${token}(&|$)`).test(location.hash), last + 2)
  })

  it('more tokens than the model has places for are refused in one line', async () => {
    const page = await open(40)
    await focusOn(page, 'textarea')
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.insertText(' dog'.repeat(POSITIONS - run.tokens.length + 1))
    await page.waitForSelector('#statement [role=alert]')
    expect(await page.textContent('#statement [role=alert]')).toMatch(new RegExp(String(POSITIONS)))
  })
})

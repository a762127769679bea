import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { mapStrings } from '../../explorer/src/map/strings.ts'
import { formatFragment } from '../../explorer/src/state/fragment.ts'
import type { Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { TINY } from '../support/tiny-bert.ts'
import { visit } from './page.ts'
import { objections, stage } from './stage.ts'

const TOLERANCE = 2e-5
/** As long as the tiny model reads: 2 marks and 158 words. */
const TEXT = Array.from({ length: (TINY.positions - 2) / 2 }, (_, n) => (n % 9 === 8 ? 'dog.' : 'the animal'))
  .join(' ')
  .slice(0, 640)

describeBrowser('the map in Chromium', () => {
  const on = stage()
  let run: Run

  beforeAll(async () => {
    run = await on.oracle.run(TEXT)
  })

  afterAll(() => run?.dispose())

  async function open(own: Record<string, string> = {}, options: BrowserContextOptions = {}): Promise<Page> {
    const held = { layer: 1, head: 2, token: 20, column: 7 }
    const made = await visit(on.browser, on.server.address + formatFragment(TEXT, held, 'map', own), options)
    on.visits.push(made)
    await computed(made.page)
    return made.page
  }

  /** Every part in view is there. */
  async function computed(page: Page): Promise<void> {
    await page.waitForFunction(() => {
      const note = document.querySelector('.note')?.textContent
      return note?.includes('Colour by') && !note.includes('Computing')
    })
  }

  const readAt = async (page: Page): Promise<string> =>
    ((await page.textContent('[data-map-read]')) ?? '').replaceAll('\u00a0', ' ')
  const field = (page: Page) => page.locator('.stage')

  it('says the exact weight of the cell under the pointer, wherever it was zoomed to', async () => {
    const page = await open()
    const matrix = await run.attention(1, 2).all()
    const L = run.tokens.length
    await field(page).scrollIntoViewIfNeeded()
    const box = (await field(page).boundingBox())!
    const scale = box.width / L
    for (const [row, column] of [
      [3, 4],
      [70, 12],
      [L - 1, L - 1],
    ] as const) {
      await page.mouse.move(box.x + (column + 0.5) * scale, box.y + (row + 0.5) * scale)
      const read = await readAt(page)
      expect(read).toMatch(new RegExp(`^token ${row} .*→ token ${column} `))
      expect(Math.abs(Number(read.split(': ').at(-1)) - matrix[row * L + column]!)).toBeLessThan(TOLERANCE)
    }
  })

  it('a dot that stands for several weights is their largest, or their mean on request', async () => {
    // Fewer pixels than tokens.
    const page = await open({}, { viewport: { width: 210, height: 740 }, deviceScaleFactor: 1 })
    const L = run.tokens.length
    expect(await page.textContent('.note')).toContain('2 × 2 weights')
    await field(page).focus()
    const matrix = await run.attention(1, 2).all()
    const square = [0, 1].flatMap((r) => [0, 1].map((c) => matrix[(20 + r) * L + 6 + c]!))
    const shown = async (): Promise<number> => Number((await readAt(page)).split('weight ').at(-1))
    await expect.poll(shown).toBeCloseTo(Math.max(...square), 4)
    await page.click('input[value=mean]')
    await computed(page)
    await field(page).focus()
    await expect.poll(shown).toBeCloseTo(square.reduce((sum, x) => sum + x, 0) / 4, 4)
  })

  it('is walked, zoomed and held by keyboard, and the link keeps where it was', async () => {
    const page = await open()
    await field(page).focus()
    expect(await readAt(page)).toMatch(/^token 20 .*→ token 7 /)
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', '+', '+', '+']) await page.keyboard.press(key)
    await computed(page)
    expect(await readAt(page)).toMatch(/^token 21 .*→ token 9 /)
    await page.keyboard.press('Enter')
    const held = /token=21&column=9/
    await expect.poll(() => page.url()).toMatch(held)
    await expect.poll(() => page.url()).toContain('map=')
    const again = await visit(on.browser, page.url())
    on.visits.push(again)
    await computed(again.page)
    expect(await again.page.textContent('.left')).toBe(await page.textContent('.left'))
    await page.keyboard.press('0')
    await expect.poll(() => page.url()).not.toContain('map=')
  })

  it('goes to a word and to a number, and says what is not there', async () => {
    const page = await open()
    for (const [sought, token] of [
      ['dog', run.tokens.findIndex(({ text }) => text === 'dog')],
      ['100', 100],
    ] as const) {
      await page.fill('#map-find', sought)
      await page.keyboard.press('Enter')
      await expect.poll(() => page.url()).toContain(`token=${token}`)
    }
    await page.fill('#map-find', 'zebra')
    await page.keyboard.press('Enter')
    expect(await page.textContent('.lost')).toBe(mapStrings.lost('zebra'))
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)('has nothing that axe objects to, %s', async (_, options) => {
    const page = await open({}, { ...options, bypassCSP: true })
    expect(await objections(page)).toEqual([])
  })
})

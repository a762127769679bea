import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formatFragment } from '../../explorer/src/state/fragment.ts'
import { type Edit, effect } from '../../src/lens/index.ts'
import type { Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const TEXT = "The animal didn't cross the street because it was too tired."
/** What the page shows with three digits. */
const DIGITS = 0.006
const [LAYER, HEAD, TOKEN, COLUMN] = [1, 2, 10, 2]

describeBrowser('the Question view in Chromium', () => {
  const on = stage()
  let run: Run

  beforeAll(async () => {
    run = await on.oracle.run(TEXT)
  })

  afterAll(() => run?.dispose())

  async function open(edits: readonly Edit[] = [], options: BrowserContextOptions = {}): Promise<Page> {
    const held = { layer: LAYER, head: HEAD, token: TOKEN, column: COLUMN }
    const own = edits.length > 0 ? { edits: JSON.stringify(edits) } : {}
    const made = await visit(on.browser, on.server.address + formatFragment(TEXT, held, 'question', own), options, '[data-moved]')
    on.visits.push(made)
    await made.page.waitForSelector('[data-worth]')
    return made.page
  }

  const moved = (page: Page): Promise<number> => page.$eval('[data-moved]', (p) => Number((p as HTMLElement).dataset.moved))
  const near = (value: number, expected: number): void =>
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(DIGITS * Math.abs(expected) + 2e-6)

  it('each link stands between its weight and the exact effect of cutting it, as float64 has them', async () => {
    const page = await open()
    const { tokens } = await effect(on.oracle, TEXT, { row: TOKEN, layer: LAYER, head: HEAD })
    const shown = await page.$$eval('[data-worth]', (rows) =>
      rows.map((row) => [
        Number((row as HTMLElement).dataset.worth),
        Number(row.querySelector<HTMLElement>('[data-effect]')!.dataset.effect),
      ]),
    )
    expect(shown).toHaveLength(12)
    for (const [index, value] of shown) near(value!, tokens[index!]!.effect)
  })

  it('a link is cut with a click, undone with Ctrl-Z, and done again; the address says so', async () => {
    const page = await open()
    expect(await moved(page)).toBe(0)
    const edit = { cut: 'edge', from: TOKEN, to: COLUMN, layer: LAYER, head: HEAD } as const
    const expected = (await effect(on.oracle, TEXT, edit)).effect
    await page.click(`text=/^Cut .* in layer ${LAYER}, head ${HEAD}$/`)
    await expect.poll(() => moved(page)).not.toBe(0)
    near(await moved(page), expected)
    await expect.poll(() => decodeURIComponent(page.url())).toContain(`edits=${JSON.stringify([edit])}`)
    await page.keyboard.press('Control+z')
    await expect.poll(() => moved(page)).toBe(0)
    await expect.poll(() => page.url()).not.toContain('edits=')
    await page.keyboard.press('Control+Shift+Z')
    await expect.poll(() => moved(page)).not.toBe(0)
  })

  it('edits of a link add up: heads silenced, a word swapped, places shuffled', async () => {
    const edits: Edit[] = [{ ablate: 'head', layer: 0, head: 3 }, { swap: 14, with: 'big' }, { positions: 'shuffle' }]
    const page = await open(edits)
    const [made] = await effect(on.oracle, TEXT, [edits], { measure: { cosine: TOKEN } })
    near(await moved(page), made!.effect)
    expect(await page.getAttribute('[aria-label="layer 0, head 3, silenced"]', 'aria-pressed')).toBe('true')
    expect(await page.$$eval('.edits li', (list) => list.length)).toBe(3)
    await page.click('.edits li:nth-child(2) button')
    await expect.poll(() => page.$$eval('.edits li', (list) => list.length)).toBe(2)
    const [left] = await effect(on.oracle, TEXT, [[edits[0]!, edits[2]!]], { measure: { cosine: TOKEN } })
    await expect.poll(() => moved(page)).toBeCloseTo(left!.effect, 4)
  })

  it('all links at once are called an estimate, and the largest stand beside their exact effects', async () => {
    const page = await open()
    await page.click('text=Estimate all links at once')
    await page.waitForSelector('.top li')
    expect(await page.textContent('.worth')).toContain('An estimate, not an effect')
    const first = (await page.textContent('.top li')) ?? ''
    const [, layer, head] = /layer (\d+), head (\d+):/.exec(first)!.map(Number)
    const exact = Number(/exact ([\d.]+)/.exec(first)![1])
    const { tokens } = await effect(on.oracle, TEXT, { row: TOKEN, layer: layer!, head: head! })
    expect(tokens.some((each) => Math.abs(each.effect - exact) <= DIGITS * exact)).toBe(true)
  })

  it('what cannot be done is said in one line, and the rest stays', async () => {
    const page = await open([{ ablate: 'head', layer: 0, head: 3 }])
    await page.fill('#swap', '   ')
    await page.goto(on.server.address + formatFragment(TEXT, undefined, 'question', { edits: '[{"cut":"edge","from":99}]' }))
    await page.waitForSelector('[role=alert]')
    expect(await page.textContent('[role=alert]')).toMatch(/^That change cannot be made: .*99/)
    expect(await page.$$eval('.edits li', (list) => list.length)).toBe(1)
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)('axe finds nothing and nothing is wider than the window, %s', async (_, options) => {
    const page = await open([{ ablate: 'head', layer: 0, head: 3 }], { ...options, bypassCSP: true })
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })
})

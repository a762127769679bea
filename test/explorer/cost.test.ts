import { readFile } from 'node:fs/promises'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { Timed } from '../../explorer/src/engine/questions/cost.ts'
import { shareOf, ticksOf } from '../../explorer/src/plot/axis.ts'
import { formatFragment, type Own } from '../../explorer/src/state/fragment.ts'
import { linksOf, patterns, powerLaw, quality, shortestPath } from '../../src/lens/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const TEXT = "The animal didn't cross the street because it was too tired."
const WINDOW = 16
const LENGTHS = [256, 512, 1024]
/** At least two lengths are measured: a number of its own may be gone before anyone looks. */
const UNDER_WAY = '[data-lengths]:not([data-lengths="0"], [data-lengths="1"])'
const SHORT: Own = { costupto: '1024', costwindow: String(WINDOW) }
const COMPARED = [patterns.dense, patterns.causal, patterns.window(WINDOW), patterns.bigBird()]

const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ').trim()

/** Every measurement that the page's worker answers, kept for the test to read. */
function listen(): void {
  const Own = Worker
  const heard: unknown[] = []
  Object.assign(globalThis, {
    heard,
    Worker: class extends Own {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given)
        this.addEventListener('message', ({ data }) => {
          if (data?.value?.costs) heard.push(data.value)
        })
      }
    },
  })
}

describeBrowser('the Cost view in Chromium', () => {
  const on = stage()

  async function open(own: Own = SHORT, options: BrowserContextOptions = {}, drawn = '[data-measured=asked]'): Promise<Page> {
    const made = await visit(on.browser, on.server.address + formatFragment(TEXT, undefined, 'cost', own), options, drawn)
    on.visits.push(made)
    return made.page
  }

  const cells = (page: Page): Promise<number[][]> =>
    page.$$eval('[data-cost] tbody tr', (rows) =>
      rows.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.dataset.value))),
    )
  const fits = (page: Page, which: string): Promise<number[]> =>
    page.$$eval(`[data-fit=${which}] td`, (all) => all.map((each) => Number((each as HTMLElement).dataset.value)))

  it('the times shown are those that the worker measured, with their law, and the engine that measured them is named', async () => {
    const page = await open()
    await page.addInitScript(listen)
    await page.reload()
    await page.waitForSelector('[data-measured=asked]')
    await page.waitForSelector('[data-fit]')
    const heard = await page.evaluate(() => (globalThis as unknown as { heard: Timed[] }).heard)
    expect(heard.map(({ n }) => n)).toEqual(LENGTHS)
    expect(await cells(page)).toEqual(heard.map(({ costs }) => costs.map(({ point }) => point.milliseconds)))
    const laws = COMPARED.map((_, at) =>
      powerLaw(
        LENGTHS,
        heard.map(({ costs }) => costs[at]!.point.milliseconds),
      ),
    )
    // Two engines may differ in the last bit of a logarithm.
    const [exponents, r2s] = [await fits(page, 'exponent'), await fits(page, 'r2')]
    for (const [n, law] of laws.entries()) {
      expect(exponents[n]).toBeCloseTo(law!.exponent, 10)
      expect(r2s[n]).toBeCloseTo(law!.r2, 10)
    }
    const said = plain(await page.textContent('.meter'))
    expect(said).toContain(
      `Times were measured by ${plain(await page.textContent('[data-engine]'))}, in this browser on this machine`,
    )
    expect(said).toContain('1 head of width 64, the fastest of 5 calls')
    expect(said).toMatch(
      /At 1 024 tokens dense attention took [\d.]+ m?s here, a window of 16 keys [\d.]+ m?s\. From 256 to 1 024 tokens time grew/,
    )
  })

  it('operations and bytes are exactly what the masks allow', async () => {
    const page = await open({ ...SHORT, costof: 'flops' })
    const expected = []
    for (const n of LENGTHS) {
      const links = await Promise.all(COMPARED.map((pattern) => linksOf(pattern, n)))
      expected.push([...links.map((each) => 4 * each * 64), 4 * n * 64 * 64])
    }
    expect(await cells(page)).toEqual(expected)
    expect(expected[2]![0]).toBe(4 * 1024 * 1024 * 64)
    await page.waitForSelector('[data-fit]')
    expect((await fits(page, 'exponent'))[0]).toBeCloseTo(2, 9)
    expect((await fits(page, 'exponent'))[4]).toBeCloseTo(1, 9)
    await page.click('text=memory')
    await page.waitForSelector('[data-cost=bytes]')
    expect(await cells(page)).toEqual(LENGTHS.map((n) => [16 * n * 64, 4 * n * n]))
    await expect.poll(() => page.url()).toContain('costof=bytes')
  })

  it('a measurement is stopped at once, what it has stays, and the page answers', async () => {
    const page = await open({ costupto: '32768' }, {}, UNDER_WAY)
    await page.click('text=Stop')
    await page.waitForSelector('[data-measured=stopped]')
    const kept = await page.getAttribute('[data-lengths]', 'data-lengths')
    expect(Number(kept)).toBeGreaterThanOrEqual(2)
    await page.click('nav >> text=Read')
    await page.waitForSelector('[data-exact]')
    await page.click('nav >> text=Cost')
    await page.waitForSelector(`[data-lengths="${kept}"]`)
    expect(await page.$('text=Measuring')).toBeNull()
  })

  it('a text that is typed comes before the measurement', async () => {
    const page = await open({ costupto: '32768' }, {}, UNDER_WAY)
    await page.fill('textarea', 'The dog slept.')
    await page.waitForSelector('[data-measured=stopped]')
    await page.waitForSelector('[data-quality]')
  })

  it('where a text cannot be read the machine is measured all the same, and nothing is said of the text', async () => {
    const address = on.server.address + formatFragment('dog '.repeat(300), undefined, 'cost', SHORT)
    const made = await visit(on.browser, address, {}, '[data-measured=asked]')
    on.visits.push(made)
    await made.page.waitForSelector('text=The sentence above is not read.')
  })

  it('what was measured can be taken away as a table', async () => {
    const page = await open(SHORT, { acceptDownloads: true })
    const shown = await cells(page)
    await page.click('header button:has-text("Take away")')
    await page.selectOption('dialog select', { label: 'Time over the length of the text, on logarithmic axes' })
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-take=csv]')])
    const [, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/)
    const taken = rows.map((row) => row.split(',').map(Number))
    expect(taken.map(([n]) => n)).toEqual(LENGTHS)
    for (const [n, times] of shown.entries())
      for (const [at, time] of times.entries()) expect(taken[n]![at + 1]).toBeCloseTo(time, 4)
  })

  it('paths are the shortest that the masks allow, in layers and in steps', async () => {
    const page = await open({ ...SHORT, reach: '512,10,200' }, {}, '[data-pattern=recurrent]')
    const shown = await page.$$eval('[data-reach]', (all) => all.map((each) => Number((each as HTMLElement).dataset.reach)))
    const expected = []
    for (const pattern of [...COMPARED, 'recurrent'] as const)
      expected.push((await shortestPath(pattern, 512, { from: 10, to: 200 }))!.length)
    expect(shown).toEqual(expected)
    expect(shown.at(-1)).toBe(190)
    expect(shown[2]).toBe(Math.ceil(190 / (WINDOW - 1)))
    await page.fill('[aria-label="To position"]', '5')
    await page.keyboard.press('Enter')
    await page.waitForSelector('text=never: a recurrent network only goes forward')
    await expect.poll(() => decodeURIComponent(page.url())).toContain('reach=512,10,5')
  })

  it('what windows cost this text is float64’s', async () => {
    const page = await open(SHORT, {}, '[data-quality] [data-turned]')
    using run = await on.oracle.run(TEXT)
    const { rows } = await quality(on.oracle, TEXT, patterns.windows(run.tokens.length, { both: true }))
    const shown = await page.$$eval('[data-turned]', (all) =>
      all.map(
        (cell) =>
          [
            cell.closest('tr')!.dataset.pattern!,
            Number(cell.closest('tr')!.querySelector<HTMLElement>('[data-links]')!.dataset.links),
            Number((cell as HTMLElement).dataset.turned),
          ] as const,
      ),
    )
    expect(shown.map(([pattern, links]) => [pattern, links])).toEqual(rows.map(({ pattern, links }) => [pattern, links]))
    for (const [n, [, , turned]] of shown.entries()) expect(Math.abs(turned - rows[n]!.turned)).toBeLessThanOrEqual(2e-5)
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)('axe finds nothing and nothing is wider than the window, %s', async (_, options) => {
    const page = await open(SHORT, { ...options, bypassCSP: true })
    await page.waitForSelector('[data-turned]')
    await page.waitForSelector('[data-pattern=recurrent]')
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })
})

describe('axes', () => {
  it('a logarithmic axis shares its length by ratios', () => {
    const axis = { law: 'log', from: 1, to: 100 } as const
    expect(shareOf(axis, 10)).toBeCloseTo(0.5, 12)
    expect(ticksOf(axis, 5)).toEqual([1, 10, 100])
    expect(ticksOf({ law: 'log', from: 2, to: 45 }, 5)).toEqual([3, 10, 30])
    expect(ticksOf({ law: 'log', from: 2, to: 9 }, 5)).toEqual([2, 5])
  })

  it('a linear axis has round steps', () => {
    expect(ticksOf({ law: 'linear', from: 0, to: 1 }, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1])
    expect(ticksOf({ law: 'linear', from: -0.3, to: 1 }, 4)).toEqual([0, 0.5, 1])
    expect(shareOf({ law: 'linear', from: -1, to: 1 }, 0)).toBe(0.5)
  })
})

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { VIEWS } from '../../explorer/src/state/fragment.ts'
import { strings } from '../../explorer/src/strings.ts'
import type { Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { TINY, writeTinyBert } from '../support/tiny-bert.ts'
import { focusOn, serveExplorer } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const EXAMPLE = strings.example
/** A float32 model's numbers against float64: conformance/README's tolerance for whole models. */
const TOLERANCE = 2e-5
/** WebGL without a graphics card. */
const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--no-first-run',
]

/** A busy machine without a graphics card takes its time over every frame. */
const PATIENCE_MS = 90_000
vi.setConfig({ testTimeout: 3 * PATIENCE_MS, hookTimeout: 10 * PATIENCE_MS })

interface Place {
  x: number
  y: number
}
/** What the stage offers to whoever measures: `StageHook` in explorer/src/fly/Stage.svelte. */
interface Costs {
  frames: number
  calls: number
  triangles: number
  script: { median: number; most: number }
  perSecond?: number
  share: number
  whole: boolean
}
interface Hook {
  costs(): Costs
  links(): number
  pose(): { target: [number, number, number]; azimuth: number; elevation: number; distance: number }
  flying(): boolean
  drawWhole(): void
  placeOfLink(link: { layer: number; head: number; token: number; column: number }): Place
  placeOfCell(token: number, level: number, component: number): Place
}
type Stage = HTMLElement & { stage: Hook }

/** What frames cost, for the log: a figure of this machine at this moment, which decides nothing. */
const told = ({ script, perSecond, share }: Costs): string =>
  `${script.median.toFixed(2)} ms of script a frame (95 of 100: ${script.most.toFixed(2)}), ${perSecond?.toFixed(1)} frames/s in software at ${share} of its size`

describeBrowser('the Fly view in Chromium', () => {
  const asked = new Set<string>()
  const on = stage({ flags: FLAGS, asked })
  let run: Run

  beforeAll(async () => {
    run = await on.oracle.run(EXAMPLE)
  })

  afterAll(() => run?.dispose())

  async function load(
    fragment: string,
    options: BrowserContextOptions = {},
    before?: (page: Page) => Promise<void>,
    address = on.server.address,
  ): Promise<Page> {
    const page = await on.browser.newPage({ viewport: { width: 1280, height: 1000 }, reducedMotion: 'reduce', ...options })
    page.setDefaultTimeout(PATIENCE_MS)
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(String(error)))
    await before?.(page)
    await page.goto(`${address}#${fragment}`)
    on.visits.push({ page, errors })
    return page
  }

  /** Opens Fly and waits until a picture with all its values was drawn. */
  async function open(own = '', options: BrowserContextOptions = {}, text: string = EXAMPLE, address?: string): Promise<Page> {
    const page = await load(`text=${encodeURIComponent(text)}&layer=1&head=2&token=10&view=fly${own}`, options, undefined, address)
    await page.waitForSelector('[data-component-value]')
    await page.waitForFunction(() => (document.querySelector('.stage') as Stage).stage.costs().frames > 0)
    return page
  }

  const costs = (page: Page) => page.$eval('.stage', (stage) => (stage as Stage).stage.costs())
  /** Waits until all is drawn in full. */
  const settle = (page: Page) => page.waitForFunction(() => (document.querySelector('.stage') as Stage).stage.costs().whole)
  const pose = (page: Page) => page.$eval('.stage', (stage) => (stage as Stage).stage.pose())
  const attribute = async (page: Page, name: string): Promise<number[]> =>
    ((await page.getAttribute('[data-value]', name)) ?? '').split(' ').map(Number)

  /** Moves the mouse to a place of the picture. */
  async function pointAt(page: Page, { x, y }: Place): Promise<void> {
    const box = (await page.locator('.stage').boundingBox())!
    await page.mouse.move(box.x + x, box.y + y)
  }

  async function press(page: Page, key: string): Promise<void> {
    await focusOn(page, '.stage')
    await page.keyboard.press(key)
    await page.waitForFunction(() => !(document.querySelector('.stage') as Stage).stage.flying())
  }

  it('pointing at a link reads out the library’s float64 weight', async () => {
    const page = await open('&flyleast=0.3&flylayer=1')
    const strongest = await page.$$eval('[data-place]', (entries) =>
      entries.slice(0, 5).map((entry) => Number((entry as HTMLElement).dataset.place)),
    )
    const L = run.tokens.length
    let met = 0
    for (const place of strongest) {
      const [layer, head, token, column] = [1, Math.floor(place / (L * L)) % (TINY.heads + 1), Math.floor(place / L) % L, place % L]
      const at = await page.$eval('.stage', (stage, link) => (stage as Stage).stage.placeOfLink(link), {
        layer,
        head,
        token,
        column,
      })
      await pointAt(page, { x: 3, y: 300 })
      await pointAt(page, at)
      await page.waitForTimeout(400)
      // Where several links cross, the nearest is read: whichever it is, the number is its own.
      const [l, h, i, j] = await attribute(page, 'data-link')
      if (l === layer && h === head && i === token && j === column) met++
      const expected = await run.attention(l!, h!).cell(i!, j!)
      const weight = Number(await page.textContent('[data-value]'))
      expect(Math.abs(weight - expected)).toBeLessThan(TOLERANCE)
      expect(await page.textContent('#statement')).toContain(`layer ${l}, head ${h}`)
    }
    expect(met).toBeGreaterThanOrEqual(3)
  })

  it('the list beneath has the library’s strongest links in order', async () => {
    const page = await open('&flyleast=0')
    const listed = await page.$$eval('[data-place]', (entries) =>
      entries.map((entry) => ({
        place: Number((entry as HTMLElement).dataset.place),
        share: entry.querySelector('.share')!.textContent,
      })),
    )
    const weights: number[] = []
    for (let layer = 0; layer < TINY.layers; layer++)
      for (let head = 0; head < TINY.heads; head++) weights.push(...(await run.attention(layer, head).all()))
    weights.sort((a, b) => b - a)
    expect(listed.map(({ share }) => share)).toEqual(weights.slice(0, listed.length).map((weight) => strings.percent(weight)))
    expect(await page.textContent('[data-said]')).toContain(
      `${weights.length} of ${weights.length}`.replace(/\B(?=(\d{3})+\b)/g, '\u00a0'),
    )
  })

  it('pointing at a cell of a plate reads out the library’s float64 value, and so does asking for it by number', async () => {
    const page = await open()
    for (const [token, level, component] of [
      [10, 2, 5],
      [0, 0, 31],
      [15, 3, 0],
    ] as const) {
      const at = await page.$eval('.stage', (stage, of) => (stage as Stage).stage.placeOfCell(of[0]!, of[1]!, of[2]!), [
        token,
        level,
        component,
      ])
      await pointAt(page, at)
      await page.waitForFunction(
        (wanted) => document.querySelector('[data-value]')!.getAttribute('data-cell') === wanted,
        `${token} ${level} ${component}`,
      )
      const hidden = await run.hidden(level).read()
      const expected = hidden[token * TINY.width + component]!
      const read = async (selector: string): Promise<number> => Number((await page.textContent(selector))!.replace('−', '-'))
      expect(Math.abs((await read('[data-value]')) - expected)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(expected)))
      expect(await read('[data-component-value]')).toBe(await read('[data-value]'))
    }
    await pointAt(page, { x: 2, y: 2 })
    await page.selectOption('select[aria-label="Level of the stream"]', '1')
    await page.fill('input[type=number]', '17')
    const expected = (await run.hidden(1).read())[10 * TINY.width + 17]!
    expect(Number((await page.textContent('[data-component-value]'))!.replace('−', '-'))).toBeCloseTo(expected, 4)
  })

  it('takes as many draw calls for all links as for a few', async () => {
    const page = await open('&flyleast=0.9')
    await settle(page)
    const few = { ...(await costs(page)), links: await page.$eval('.stage', (stage) => (stage as Stage).stage.links()) }
    await page.$eval('input[type=range]', (slider) => {
      ;(slider as HTMLInputElement).value = '0'
      slider.dispatchEvent(new Event('input', { bubbles: true }))
    })
    await page.waitForFunction((before) => (document.querySelector('.stage') as Stage).stage.links() > before, few.links)
    await settle(page)
    const all = { ...(await costs(page)), links: await page.$eval('.stage', (stage) => (stage as Stage).stage.links()) }
    expect(all.links).toBe(TINY.layers * TINY.heads * run.tokens.length ** 2)
    expect(all.links).toBeGreaterThan(10 * few.links)
    // Drawn are: what is kept, the plates, the links of the token in focus, the one that is spoken of; where the last links came in, those too.
    expect(all.calls).toBeLessThanOrEqual(few.calls)
    expect(few.calls).toBeLessThanOrEqual(7)
  })

  it('a picture that comes into full part by part is, to the pixel, the one that is drawn at once', async () => {
    const page = await open('&flyleast=0')
    await settle(page)
    expect(await page.$eval('.stage canvas', (canvas) => (canvas as HTMLCanvasElement).width)).toBe(
      await page.$eval('.stage', (stage) => stage.clientWidth),
    )
    const grown = await page.locator('.stage').screenshot()
    await page.$eval('.stage', (stage) => (stage as Stage).stage.drawWhole())
    expect((await page.locator('.stage').screenshot()).equals(grown)).toBe(true)
  })

  it('64 tokens × 12 layers × 12 heads take the same few calls; the strongest links are drawn and the rest counted', async () => {
    const large = join(on.folder, '..', 'large-bert')
    await writeTinyBert(large, 1, { layers: 12, heads: 12, width: 96, inner: 96, positions: 64 })
    const own = await serveExplorer(on.built, large)
    try {
      const words = 'the animal didn t cross the street because it was too tired '.repeat(6).split(' ').slice(0, 62)
      const page = await open('&flyleast=0', { reducedMotion: 'no-preference' }, words.join(' '), own.address)
      expect(await page.textContent('[data-said]')).toContain('20\u00a0000 strongest of 589\u00a0824 links')
      await settle(page)
      await page.waitForTimeout(2000)
      const measured = await costs(page)
      expect(measured.calls).toBeLessThanOrEqual(7)
      console.log(`fly, 64 × 12 × 12: ${told(measured)}`)
    } finally {
      await own.close()
    }
  })

  it('is turned, moved, brought nearer and put back by keys', async () => {
    const page = await open()
    const start = await pose(page)
    await press(page, 'ArrowRight')
    expect((await pose(page)).azimuth).toBeGreaterThan(start.azimuth)
    await press(page, 'ArrowUp')
    expect((await pose(page)).elevation).toBeGreaterThan(start.elevation)
    await press(page, 'Shift+ArrowLeft')
    expect((await pose(page)).target).not.toEqual(start.target)
    await press(page, '+')
    expect((await pose(page)).distance).toBeLessThan(start.distance)
    await press(page, '0')
    expect(await pose(page)).toEqual(start)
  })

  it('flies to tokens and levels by keys, and says where it is', async () => {
    const page = await open()
    await press(page, 'd')
    await expect.poll(() => page.url()).toContain('token=11')
    const first = await pose(page)
    await press(page, 'w')
    const second = await pose(page)
    expect(second.target[0]).toBe(first.target[0])
    expect(second.target[1]).toBeGreaterThan(first.target[1])
    await press(page, 'a')
    expect((await pose(page)).target[0]).toBeLessThan(second.target[0])
    await expect.poll(() => page.url()).toContain('token=10')
    expect(await page.textContent('#statement')).toContain('it ')
  })

  it('N steps through the links by weight, and Enter leads to the arithmetic of the one that is read out', async () => {
    const page = await open('&flyleast=0.2')
    await press(page, 'n')
    await press(page, 'n')
    const [layer, head, token, column] = await attribute(page, 'data-link')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('view=understand'))
    await expect.poll(() => page.url()).toContain(`layer=${layer}&head=${head}&token=${token}&column=${column}&view=understand`)
    await page.goBack()
    await page.waitForSelector('.stage')
  })

  it('a click on a link leads to its arithmetic, a drag turns the picture', async () => {
    const page = await open('&flyleast=0.3&flylayer=1')
    const before = await pose(page)
    await pointAt(page, { x: 300, y: 300 })
    await page.mouse.down()
    await pointAt(page, { x: 380, y: 320 })
    await page.mouse.up()
    expect((await pose(page)).azimuth).not.toBe(before.azimuth)
    await expect.poll(() => page.url()).toContain('view=fly')
    await press(page, '0')
    const place = await page.$eval('[data-place]', (entry) => Number((entry as HTMLElement).dataset.place))
    const L = run.tokens.length
    const link = {
      layer: 1,
      head: Math.floor(place / (L * L)) % (TINY.heads + 1),
      token: Math.floor(place / L) % L,
      column: place % L,
    }
    await page.waitForFunction(() => (document.querySelector('.stage') as Stage).stage.costs().frames > 1)
    const at = await page.$eval('.stage', (stage, of) => (stage as Stage).stage.placeOfLink(of), link)
    await pointAt(page, at)
    await page.waitForFunction(() => document.querySelector('[data-value]')!.hasAttribute('data-link'))
    await page.mouse.down()
    await page.mouse.up()
    await page.waitForFunction(() => location.hash.includes('view=understand'))
    await expect.poll(() => page.url()).toContain('layer=1&')
  })

  it('on a phone a first tap reads a link out, a second leads to its arithmetic', async () => {
    const page = await open('&flyleast=0.3&flylayer=1', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true })
    const place = await page.$eval('[data-place]', (entry) => Number((entry as HTMLElement).dataset.place))
    const L = run.tokens.length
    const link = {
      layer: 1,
      head: Math.floor(place / (L * L)) % (TINY.heads + 1),
      token: Math.floor(place / L) % L,
      column: place % L,
    }
    await page.locator('.stage').scrollIntoViewIfNeeded()
    const at = await page.$eval('.stage', (stage, of) => (stage as Stage).stage.placeOfLink(of), link)
    const tap = async (): Promise<void> => {
      const box = (await page.locator('.stage').boundingBox())!
      await page.touchscreen.tap(box.x + at.x, box.y + at.y)
    }
    await tap()
    await page.waitForFunction(() => document.querySelector('.readout')!.textContent!.includes('Tap again'))
    const [layer, head, token, column] = await attribute(page, 'data-link')
    const expected = await run.attention(layer!, head!).cell(token!, column!)
    expect(Math.abs(Number(await page.textContent('[data-value]')) - expected)).toBeLessThan(TOLERANCE)
    await tap()
    await page.waitForFunction(() => location.hash.includes('view=understand'))
    await expect.poll(() => page.url()).toContain(`layer=${layer}&head=${head}&token=${token}&column=${column}`)
  })

  it('light travels only where the reader did not ask for less motion', async () => {
    const frames = async (page: Page): Promise<number> => {
      const before = (await costs(page)).frames
      await page.waitForTimeout(1500)
      return (await costs(page)).frames - before
    }
    const still = await open()
    await settle(still)
    expect(await frames(still)).toBe(0)
    const moving = await open('', { reducedMotion: 'no-preference' })
    await moving.waitForFunction(() => (document.querySelector('.stage') as Stage).stage.costs().frames > 3)
    console.log(`fly, ${run.tokens.length} × ${TINY.layers} × ${TINY.heads}: ${told(await costs(moving))}`)
    await moving.uncheck('text=light')
    await expect.poll(() => frames(moving), { timeout: PATIENCE_MS }).toBe(0)
  })

  it('a long text is flown through in parts, with the library’s weights', async () => {
    const long = 'the animal didn t cross the wide street because it was too tired and the dog slept in the sun '.repeat(4).trim()
    const page = await open('&flyleast=0.2', {}, long)
    using whole = await on.oracle.run(long)
    expect(await page.textContent('[data-said]')).toContain(`Shown are tokens 0 to 63 of ${whole.tokens.length}`)
    const entries = await page.$$eval('[data-place]', (all) => all.map((entry) => Number((entry as HTMLElement).dataset.place)))
    for (const place of entries.slice(0, 4)) {
      const [matrix, i, j] = [Math.floor(place / 4096), Math.floor(place / 64) % 64, place % 64]
      const expected = await whole.attention(Math.floor(matrix / (TINY.heads + 1)), matrix % (TINY.heads + 1)).cell(i, j)
      await page.hover(`[data-place="${place}"]`)
      await page.waitForFunction(
        (wanted) => document.querySelector('[data-value]')!.getAttribute('data-link')!.endsWith(wanted),
        ` ${i} ${j}`,
      )
      expect(Math.abs(Number(await page.textContent('[data-value]')) - expected)).toBeLessThan(TOLERANCE)
    }
  })

  it('without WebGL it says so, and the links are there as a list that leads to the arithmetic', async () => {
    const page = await load(`text=${encodeURIComponent(EXAMPLE)}&view=fly`, {}, async (made) => {
      await made.addInitScript(() => {
        const get = HTMLCanvasElement.prototype.getContext
        HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
          return kind.startsWith('webgl') ? null : (get as (...all: unknown[]) => unknown).call(this, kind, ...rest)
        } as typeof get
      })
    })
    await page.waitForSelector('[data-missing]')
    expect(await page.$('.stage')).toBeNull()
    await focusOn(page, '[data-place]')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => location.hash.includes('view=understand'))
    on.visits.at(-1)!.errors.splice(0)
  })

  it('three is fetched when Fly is opened, and not before', async () => {
    const scripts = async (): Promise<string[]> => {
      const made: string[] = []
      for (const path of asked) if (path.endsWith('.js')) made.push(await readFile(join(on.built, path), 'utf8'))
      return made
    }
    asked.clear()
    const page = await load(`text=${encodeURIComponent(EXAMPLE)}`)
    await page.waitForSelector('[data-exact]')
    expect((await scripts()).some((script) => script.includes('WebGLRenderer'))).toBe(false)
    await page.keyboard.press(`Alt+${VIEWS.indexOf('fly') + 1}`)
    await page.waitForSelector('.stage')
    expect((await scripts()).some((script) => script.includes('WebGLRenderer'))).toBe(true)
  })

  const looks: readonly [string, BrowserContextOptions][] = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['a phone', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true }],
  ]
  it.each(looks)('axe finds nothing, and nothing is wider than the window (%s)', async (_, options) => {
    const page = await open('', { ...options, bypassCSP: true })
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })
})

/** Understand shows the model's numbers: what stands on the page is held to the library in float64. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFragment, type Held, type Own } from '../../explorer/src/state/fragment.ts'
import { strings } from '../../explorer/src/strings.ts'
import { STOPS, says } from '../../explorer/src/understand/strings.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { anatomy, embedded, wordGuesses } from '../../src/lens/index.ts'
import { loadModel, type Model } from '../../src/model/index.ts'
import { describeBrowser, startBrowser } from '../support/browser.ts'
import { TINY, writeTinyBert } from '../support/tiny-bert.ts'
import { writeTinyGpt2 } from '../support/tiny-gpt2.ts'
import { built } from './built.ts'
import { numbers, STATES, shows, vector, WEIGHTS } from './numbers.ts'
import { serveExplorer, visit } from './page.ts'
import { expectToFit, objections, visits } from './stage.ts'

const EXAMPLE = strings.example
const IT = 10
const ANIMAL = 2

describeBrowser('the Understand view in Chromium', () => {
  let root: string
  let browser: Browser
  let bert: { server: Listening; oracle: Model }
  let gpt2: { server: Listening; oracle: Model }
  const visited = visits()

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'regard-understand-'))
    const [encoder, decoder] = [join(root, 'tiny-bert'), join(root, 'tiny-gpt2')]
    await writeTinyBert(encoder)
    await writeTinyGpt2(decoder)
    const page = await built('page')
    browser = await startBrowser()
    const open = async (folder: string): Promise<{ server: Listening; oracle: Model }> => ({
      server: await serveExplorer(page, folder),
      oracle: await loadModel(folder, { dtype: 'float64' }),
    })
    bert = await open(encoder)
    gpt2 = await open(decoder)
  })

  afterAll(async () => {
    for (const each of [bert, gpt2]) {
      each?.oracle.dispose()
      await each?.server.close()
    }
    await browser?.close()
    await rm(root, { recursive: true, force: true })
  })

  const link = (text: string, held: Held, own: Own = {}): string => formatFragment(text, held, 'understand', own)
  const HELD: Held = { layer: 1, head: 2, token: IT, column: ANIMAL }

  async function open(fragment: string, options: BrowserContextOptions = {}, address = bert.server.address): Promise<Page> {
    const made = await visit(browser, address + fragment, options, '[data-understand]')
    visited.push(made)
    return made.page
  }

  it('every number between a query, a key and a weight is the library’s float64 number', async () => {
    const page = await open(link(EXAMPLE, HELD))
    using run = await bert.oracle.run(EXAMPLE)
    using apart = anatomy(bert.oracle, run, { layer: 1 })
    const cell = await apart.cell(2, IT, ANIMAL)
    await shows(page, 'product', cell.product)
    await shows(page, 'scaled', cell.scaled)
    await shows(page, 'weight', cell.weight, WEIGHTS)
    await shows(page, 'largest term', [...cell.terms].sort((a, b) => Math.abs(b) - Math.abs(a))[0]!)
    expect(cell.q.length).toBe(TINY.width / TINY.heads)
    for (const name of ['q', 'k', 'terms'] as const) await vector(page, name, cell[name])
    await vector(page, 'v', (await apart.brought(2, IT, [ANIMAL])).values)
  })

  it('a number is traced back to the products that a matrix added up, by the keyboard', async () => {
    const page = await open(link(EXAMPLE, HELD))
    using run = await bert.oracle.run(EXAMPLE)
    using apart = anatomy(bert.oracle, run, { layer: 1 })
    for (const [name, what, token] of [
      ['q', 'query', IT],
      ['v', 'value', ANIMAL],
      ['feedForwardOutput', 'feedForwardOutput', IT],
    ] as const) {
      await page.locator(`[data-vector="${name}"] canvas`).focus()
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
      await page.waitForSelector(`[data-origin="${what}"]`)
      const { terms, sum, bias, value } = await apart.origin(what, { token, head: 2, channel: 2 })
      await shows(page, 'origin value', value)
      await shows(page, 'origin sum', sum)
      await shows(page, 'origin bias', bias!)
      await vector(page, 'origin terms', terms)
      await page.click(`[data-origin="${what}"] .close`)
      expect(await page.locator('[data-origin]').count()).toBe(0)
    }
  })

  it('every vector of the block is the library’s', async () => {
    const page = await open(link(EXAMPLE, HELD))
    using run = await bert.oracle.run(EXAMPLE)
    using apart = anatomy(bert.oracle, run, { layer: 1 })
    const steps = new Map((await apart.steps(IT)).map((step) => [step.name, step]))
    for (const name of [
      'entered',
      'attentionOutput',
      'attended',
      'feedForwardInput',
      'inner',
      'feedForwardOutput',
      'left',
    ] as const)
      await vector(page, name, steps.get(name)!.values)
    const { parts, lengths } = await apart.heads(IT)
    await vector(page, 'part', parts.slice(2 * TINY.width, 3 * TINY.width))
    await shows(page, 'head length', lengths[2]!)
    await shows(page, 'attentionOutput length', steps.get('attentionOutput')!.length)
    await shows(page, 'entered length', steps.get('entered')!.length)
    const made = await embedded(bert.oracle, run, IT)
    for (const name of ['word', 'place', 'segment', 'sum', 'given'] as const) await vector(page, `embedding ${name}`, made[name]!)
    const last = (await run.hidden(-1).read()) as Float64Array
    await vector(page, 'last', last.slice(IT * TINY.width, (IT + 1) * TINY.width))
    expect(await page.textContent('#stop-out')).toContain('This model scores no words.')
  })

  it('the row’s softmax and what is brought home are the library’s, token by token', async () => {
    const page = await open(link(EXAMPLE, HELD))
    using run = await bert.oracle.run(EXAMPLE)
    using apart = anatomy(bert.oracle, run, { layer: 1 })
    const row = await apart.row(2, IT)
    const weights = await run.attention(1, 2).row(IT)
    for (const [name, expected, tolerance] of [
      ['row score', row.masked, STATES],
      ['row raised', row.raised, STATES],
      ['row weight', weights, WEIGHTS],
    ] as const) {
      const shown = await numbers(page, name)
      expect(shown.length).toBe(run.tokens.length)
      for (const [j, x] of shown.entries()) expect(Math.abs(x - expected[j]!)).toBeLessThan(tolerance)
    }
    await shows(page, 'total', row.total)
    const ranked = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]!).slice(0, 6)
    const columns = ranked.includes(ANIMAL) ? ranked : [...ranked.slice(0, 5), ANIMAL]
    const size = TINY.width / TINY.heads
    const brought = await apart.brought(2, IT, columns)
    const strips = await page.$$eval('[data-vector^="weighted "]', (all) =>
      all.map((each) => (each as HTMLElement).dataset.vector!),
    )
    expect(strips).toEqual(columns.map((column) => `weighted ${column}`))
    const spoken = async (name: string): Promise<number> => {
      const strip = page.locator(`[data-vector="${name}"] canvas`)
      await strip.focus()
      await page.keyboard.press('End')
      return Number(/: (.+)$/.exec((await strip.getAttribute('aria-valuetext'))!)![1]!.replace('\u2212', '-'))
    }
    for (const [n, column] of columns.entries())
      expect(Math.abs((await spoken(`weighted ${column}`)) - brought.weighted[(n + 1) * size - 1]!)).toBeLessThan(STATES)
    expect(Math.abs((await spoken('rest')) - brought.rest.at(-1)!)).toBeLessThan(STATES)
    expect(Math.abs((await spoken('blend')) - brought.blend.at(-1)!)).toBeLessThan(STATES)
  })

  it('a link that the mask forbids is called forbidden, and the next word has the model’s probabilities', async () => {
    const text = 'once upon a time there was'
    const page = await open(link(text, { layer: 0, head: 1, token: 2, column: 4 }), {}, gpt2.server.address)
    expect(await page.textContent('#stop-score')).toContain('may not look, so the score becomes −∞ and the share 0')
    expect(await page.locator('#stop-softmax .never').count()).toBe(3)
    using run = await gpt2.oracle.run(text)
    const told = (await wordGuesses(gpt2.oracle, run, 2, 8))!
    const [probabilities, scores] = [await numbers(page, 'guess'), await numbers(page, 'guess score')]
    expect(probabilities.length).toBe(8)
    for (const [n, guess] of told.top.entries()) {
      expect(Math.abs(probabilities[n]! - guess.probability)).toBeLessThan(WEIGHTS)
      expect(Math.abs(scores[n]! - guess.score)).toBeLessThan(STATES)
    }
    expect(await page.textContent('#stop-out')).toContain('After a, the model expects:')
    const spreads = await numbers(page, 'attention spread')
    using apart = anatomy(gpt2.oracle, run, { layer: 0 })
    const { spread } = await apart.spread(2, 'attention', 'before')
    expect(Math.abs(spreads[0]! - spread)).toBeLessThan(STATES)
  })

  it('a mean of heads is shown as the weights it is the average of, and each leads to its head', async () => {
    const page = await open(link(EXAMPLE, { ...HELD, head: 'mean' }))
    using run = await bert.oracle.run(EXAMPLE)
    const shown = await numbers(page, 'head weight')
    expect(shown.length).toBe(TINY.heads)
    for (const [head, x] of shown.entries())
      expect(Math.abs(x - (await run.attention(1, head).cell(IT, ANIMAL)))).toBeLessThan(WEIGHTS)
    await shows(page, 'mean', await run.attention(1, 'mean').cell(IT, ANIMAL), WEIGHTS)
    expect(await page.locator('#stop-score').count()).toBe(0)
    await page.click('#stop-heads li:nth-child(4) button')
    await page.waitForSelector('#stop-score')
    await expect.poll(() => page.url()).toContain('head=3')
  })

  it('a cell of Read opens here when it is clicked again, and Back leads out', async () => {
    const fragment = formatFragment(EXAMPLE, { layer: 1, head: 2, token: IT, column: undefined })
    const made = await visit(browser, bert.server.address + fragment)
    visited.push(made)
    const { page } = made
    await page.click('[data-row="5"][data-column="8"]')
    await expect.poll(() => page.url()).toContain('token=5&column=8')
    await expect.poll(() => page.url()).not.toContain('view=')
    await page.click('[data-row="5"][data-column="8"]')
    await page.waitForSelector('[data-understand$=" 1 2 5 8"]')
    await expect.poll(() => page.url()).toContain('token=5&column=8&view=understand&stop=score')
    await page.goBack()
    await page.waitForSelector('[role=gridcell][data-row]')
    await expect.poll(() => page.url()).not.toContain('view=')
  })

  it('the choices at the top and the tokens below follow another link, and the address with them', async () => {
    const page = await open(link(EXAMPLE, HELD))
    await page.selectOption(`select[aria-label="${says.to}"]`, '8')
    await page.waitForSelector('[data-understand$=" 1 2 10 8"]')
    await page.selectOption(`select[aria-label="${says.layer}"]`, '2')
    await page.waitForSelector('[data-understand$=" 2 2 10 8"]')
    await page.click('#stop-tokens li:nth-child(3) button')
    await page.waitForSelector('[data-understand*=" 2 2 2 "]')
    await expect.poll(() => page.url()).toContain('layer=2&head=2&token=2')
    await page.click('#stop-stream .lengths li:nth-child(1) button')
    await page.waitForSelector('[data-understand*=" 2 0 2 "]')
  })

  it('the tour walks through every step by the arrow keys, can be linked to and left', async () => {
    const page = await open(link(EXAMPLE, HELD))
    await page.click('.start button')
    const at = (): Promise<string> =>
      page.evaluate(() => document.activeElement!.closest('[data-stop]')?.getAttribute('data-stop') ?? '')
    for (const [n, stop] of STOPS.entries()) {
      await page.waitForFunction(
        (wanted) => document.activeElement!.closest('[data-stop]')?.getAttribute('data-stop') === wanted,
        stop,
      )
      expect(await page.textContent('aside')).toContain(`${n + 1} of ${STOPS.length}`)
      await expect.poll(() => page.url()).toContain(`stop=${stop}`)
      await page.keyboard.press('ArrowRight')
    }
    await page.keyboard.press('ArrowLeft')
    expect(await at()).toBe(STOPS.at(-2))
    const url = page.url()
    await page.keyboard.press('Escape')
    expect(await page.locator('aside').count()).toBe(0)
    const second = await open(url.slice(bert.server.address.length))
    await second.waitForSelector('aside')
    expect(await second.textContent('aside')).toContain(`${STOPS.length - 1} of ${STOPS.length}`)
    await second.waitForFunction((stop) => {
      const { top } = document.getElementById(`stop-${stop}`)!.getBoundingClientRect()
      return top >= 0 && top < innerHeight
    }, STOPS.at(-2))
  })

  it('a longer text than is drawn whole is taken apart too', async () => {
    const text = 'the animal didn t cross the wide street because it was too tired and the dog slept in the sun '.repeat(4).trim()
    const page = await open(link(text, { layer: 2, head: 1, token: 70, column: 3 }))
    using run = await bert.oracle.run(text)
    await shows(page, 'weight', await run.attention(2, 1).cell(70, 3), WEIGHTS)
    expect(await page.textContent('#stop-softmax')).toContain('more with smaller shares are not listed.')
  })

  const looks: readonly [string, BrowserContextOptions][] = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['a phone', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true }],
  ]

  describe.each(looks)('for everyone (%s)', (_, options) => {
    it.each([
      ['as it opens', link(EXAMPLE, HELD)],
      ['on tour', link(EXAMPLE, HELD, { stop: 'softmax', tour: 'on' })],
      ['on a mean', link(EXAMPLE, { ...HELD, head: 'mean' })],
    ])('axe finds nothing and nothing is wider than the window, %s', async (_, fragment) => {
      const page = await open(fragment, { ...options, bypassCSP: true })
      await expectToFit(page)
      expect(await objections(page)).toEqual([])
    })
  })
})

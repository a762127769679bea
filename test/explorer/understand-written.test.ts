/** The half that writes, taken apart: its look at itself and its look across, held to the library in float64. */

import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fragment, formatFragment, type Own, parseFragment } from '../../explorer/src/state/fragment.ts'
import { STOPS, STOPS_WRITTEN, says } from '../../explorer/src/understand/strings.ts'
import { embeddedModel } from '../../src/cli/places.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { type Anatomy, anatomy, answered, embedded, openableOf, opening, wordGuesses } from '../../src/lens/index.ts'
import { exampleFor, loadModel, type Model, type Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { numbers, shows, vector, WEIGHTS } from './numbers.ts'
import { focusOn, serveExplorer, visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const DATE = exampleFor('translator')
/** The token `0` of the month, and `march`, which was read. */
const ZERO = 6
const MARCH = 3
const PLACE = { crosshead: '1,1', crosscell: `${ZERO},${MARCH}`, decoderhead: '1,2', decodercell: `${ZERO},5` }

describeBrowser('the half that writes in the Understand view', () => {
  const on = stage()
  let server: Listening
  let oracle: Model
  /** With what the float64 model writes in answer. */
  let run: Run
  let apart: Anatomy

  beforeAll(async () => {
    server = await serveExplorer(on.built, on.folder, { embedded: true })
    oracle = await loadModel(embeddedModel('translator')!, { dtype: 'float64' })
    run = await oracle.run(await answered(oracle, DATE))
    apart = anatomy(oracle, run, { layer: 1, kind: 'decoder' })
  })
  afterAll(async () => {
    apart?.dispose()
    run?.dispose()
    oracle?.dispose()
    await server?.close()
  })

  async function open(
    own: Own = {},
    options: BrowserContextOptions = {},
    view: Fragment['view'] = 'understand',
    drawn = '[data-across]',
  ): Promise<Page> {
    const address = server.address + formatFragment(DATE, undefined, view, own, 'translator')
    const made = await visit(on.browser, address, options, drawn)
    on.visits.push(made)
    return made.page
  }

  const written = (own: Own = PLACE, options: BrowserContextOptions = {}): Promise<Page> =>
    open({ half: 'writes', ...own }, options)
  /** Which link of each look is shown. */
  const shown = (page: Page, own: string, across: string) =>
    page.waitForSelector(`[data-understand$=" ${own}"][data-across="${across}"]`)
  const ownFields = (page: Page): Own => parseFragment(new URL(page.url()).hash).own

  it('every number between a query of what is written, a key of what was read and their weight is the library’s float64 number', async () => {
    const page = await written()
    const across = apart.cross!
    const cell = await across.cell(1, ZERO, MARCH)
    await shows(page, 'cross product', cell.product)
    await shows(page, 'cross scaled', cell.scaled)
    await shows(page, 'cross weight', cell.weight, WEIGHTS)
    for (const name of ['q', 'k', 'terms'] as const) await vector(page, `cross ${name}`, cell[name])
    const row = await across.row(1, ZERO)
    const weights = await numbers(page, 'cross row weight')
    expect(weights.length).toBe(run.tokens.length)
    for (const [j, x] of weights.entries()) expect(Math.abs(x - row.weights[j]!)).toBeLessThan(WEIGHTS)
    await shows(page, 'cross total', row.total)
    const { values, weighted, blend } = await across.brought(1, ZERO, [MARCH])
    await vector(page, 'cross v', values)
    await vector(page, `cross weighted ${MARCH}`, weighted)
    await vector(page, 'cross blend', blend)
  })

  it('its look at what is written so far is the library’s, and what comes later is forbidden', async () => {
    const page = await written()
    const cell = await apart.cell(2, ZERO, 5)
    await shows(page, 'product', cell.product)
    await shows(page, 'weight', cell.weight, WEIGHTS)
    await vector(page, 'blend', (await apart.brought(2, ZERO, [])).blend)
    expect(await page.locator('#stop-softmax .never').count()).toBe(run.tokensOf(0, { kind: 'decoder' }).length - 1 - ZERO)
    expect(await page.locator('#stop-cross-softmax .never').count()).toBe(0)
  })

  it('every vector of the block is the library’s, and the next word has the model’s probabilities', async () => {
    const page = await written()
    const steps = new Map((await apart.steps(ZERO)).map((step) => [step.name, step]))
    for (const name of ['entered', 'attended', 'crossOutput', 'crossed', 'feedForwardInput', 'inner', 'left'] as const)
      await vector(page, name, steps.get(name)!.values)
    const { parts, lengths } = await apart.cross!.heads(ZERO)
    const { width } = apart.makeup
    await vector(page, 'cross part', parts.slice(width, 2 * width))
    await shows(page, 'cross head length', lengths[1]!)
    await shows(page, 'cross entered length', steps.get('attended')!.length)
    const made = await embedded(oracle, run, ZERO, { kind: 'decoder' })
    for (const name of ['word', 'place', 'sum'] as const) await vector(page, `embedding ${name}`, made[name]!)
    const told = (await wordGuesses(oracle, run, ZERO, 8, { kind: 'decoder' }))!
    const probabilities = await numbers(page, 'guess')
    expect(probabilities.length).toBe(8)
    for (const [n, { probability }] of told.top.entries()) expect(Math.abs(probabilities[n]! - probability)).toBeLessThan(WEIGHTS)
    expect(await page.textContent('#stop-out')).toContain('After 0, the model expects:')
    expect(await page.textContent('#stop-out')).toContain(`What follows is ${told.actual!.text}`)
  })

  it('a number of the look across is traced back into the text that was read, by the keyboard', async () => {
    const page = await written()
    for (const [name, what, traced, token] of [
      ['cross q', 'query', 'query', ZERO],
      ['cross k', 'key', 'key', MARCH],
      ['cross v', 'value', 'value', MARCH],
      ['crossOutput', 'attentionOutput', 'output', ZERO],
    ] as const) {
      await focusOn(page, `[data-vector="${name}"] canvas`)
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
      await page.waitForSelector(`[data-origin="cross ${what}"]`)
      const { terms, value } = await apart.cross!.origin(traced, { token, head: 1, channel: 2 })
      await shows(page, 'origin value', value)
      await vector(page, 'origin terms', terms)
      await page.click(`[data-origin="cross ${what}"] .close`)
      expect(await page.locator('[data-origin]').count()).toBe(0)
    }
  })

  it('it opens on the link that the rule of the library opens across, and where that token looks at its own text', async () => {
    const page = await written({})
    const { layer, head, row, column, reason } = await opening(openableOf(run, 'cross'))
    const own = await opening(openableOf(run, 'decoder'), { layer, token: row })
    await shown(page, `${layer} ${own.head} ${row} ${own.column}`, `${head} ${column}`)
    expect(await page.textContent('.choices')).toContain(reason)
    await page.click('#stop-tokens li:nth-child(1) button')
    await expect.poll(() => page.textContent('.choices')).not.toContain(reason)
  })

  it('the first choice turns from what is read to what is written and back, and stands in the address', async () => {
    const page = await open({}, {}, 'understand', '[data-understand]')
    expect(await page.locator('[data-stop]').count()).toBe(STOPS.length)
    expect(await page.textContent('#stop-out')).toContain('The half that reads scores no words.')
    await page.selectOption(`select[aria-label="${says.half}"]`, 'written')
    await page.waitForSelector('[data-across]')
    await expect.poll(() => ownFields(page).half).toBe('writes')
    expect(await page.$$eval('[data-stop]', (all) => all.map((each) => (each as HTMLElement).dataset.stop))).toEqual(STOPS_WRITTEN)
    await page.selectOption(`select[aria-label="${says.half}"]`, 'read')
    await page.waitForSelector('[data-understand]:not([data-across])')
    await expect.poll(() => ownFields(page).half).toBeUndefined()
    expect(await page.locator('[data-stop]').count()).toBe(STOPS.length)
  })

  it('choices, tokens and rows follow another link of either look, and a link opens the same', async () => {
    const page = await written()
    await shown(page, `1 2 ${ZERO} 5`, `1 ${MARCH}`)
    await page.selectOption(`select[aria-label="${says.source}"]`, '1')
    await shown(page, `1 2 ${ZERO} 5`, '1 1')
    await page.selectOption(`select[aria-label="${says.across}"]`, '3')
    await shown(page, `1 2 ${ZERO} 5`, '3 1')
    await page.click('#stop-softmax tr[data-column="4"] button')
    await shown(page, `1 2 ${ZERO} 4`, '3 1')
    await page.click('#stop-cross-softmax tr[data-column="6"] button')
    await shown(page, `1 2 ${ZERO} 4`, '3 6')
    await page.click('#stop-cross-stream .lengths li:nth-child(1) button')
    await shown(page, `1 2 ${ZERO} 4`, '0 6')
    await page.selectOption(`select[aria-label="${says.layer}"]`, '0')
    await shown(page, `0 2 ${ZERO} 4`, '0 6')
    await page.click('#stop-tokens li:nth-child(3) button')
    await page.waitForSelector('[data-understand*=" 0 2 2 "]')
    const [own, across] = await Promise.all([
      run.attention(0, 2, { kind: 'decoder' }).row(2),
      run.attention(0, 0, { kind: 'cross' }).row(2),
    ])
    const most = (row: ArrayLike<number>): number => Array.from(row).indexOf(Math.max(...Array.from(row)))
    await shown(page, `0 2 2 ${most(own)}`, `0 ${most(across)}`)
    await expect
      .poll(() => ownFields(page))
      .toMatchObject({ crosshead: '0,0', crosscell: '2', decoderhead: '0,2', decodercell: '2' })
    const second = await written(ownFields(page))
    await shown(second, `0 2 2 ${most(own)}`, `0 ${most(across)}`)
  })

  it('a mean of heads across is shown as the weights it is the average of, and each leads to its head', async () => {
    const page = await written({ ...PLACE, crosshead: '1,mean' })
    const weights = await numbers(page, 'cross head weight')
    expect(weights.length).toBe(oracle.config.decoder!.heads)
    for (const [head, x] of weights.entries())
      expect(Math.abs(x - (await run.attention(1, head, { kind: 'cross' }).cell(ZERO, MARCH)))).toBeLessThan(WEIGHTS)
    await shows(page, 'cross mean', await run.attention(1, 'mean', { kind: 'cross' }).cell(ZERO, MARCH), WEIGHTS)
    expect(await page.locator('#stop-cross-score').count()).toBe(0)
    expect(await page.locator('#stop-score').count()).toBe(1)
    await page.click('#stop-cross-heads li:nth-child(2) button')
    await shown(page, `1 2 ${ZERO} 5`, `1 ${MARCH}`)
  })

  it('a cell of Across opens here when it is clicked again, and Back leads out', async () => {
    const page = await open({ crosshead: '1,1' }, {}, 'across', '[data-crossed]')
    await page.click('[data-row="6"][data-column="3"]')
    await expect.poll(() => ownFields(page).crosscell).toBe('6,3')
    await page.click('[data-row="6"][data-column="3"]')
    await page.waitForSelector('[data-understand*=" 1 "][data-across="1 3"]')
    await expect.poll(() => ownFields(page)).toMatchObject({ half: 'writes', stop: 'cross-score' })
    await page.waitForFunction(() => {
      const { top } = document.getElementById('stop-cross-score')!.getBoundingClientRect()
      return top >= 0 && top < innerHeight
    })
    await page.goBack()
    await page.waitForSelector('[data-crossed]')
    await expect.poll(() => ownFields(page).half).toBeUndefined()
  })

  it('a text that was typed in Across is what is written here', async () => {
    const page = await written({ ...PLACE, target: '1999-12-31' })
    using typed = await oracle.run({ text: DATE, target: '1999-12-31' })
    using apart = anatomy(oracle, typed, { layer: 1, kind: 'decoder' })
    expect(await page.textContent('#stop-tokens')).toContain(says.tokens.typed)
    await shows(page, 'cross product', (await apart.cross!.cell(1, ZERO, MARCH)).product)
  })

  it('the tour walks through the steps of both looks by the arrow keys', async () => {
    const page = await written({ ...PLACE, tour: 'on', stop: 'blend' })
    const from = STOPS_WRITTEN.indexOf('blend')
    for (const [n, stop] of STOPS_WRITTEN.entries()) {
      if (n < from) continue
      await expect.poll(() => page.textContent('aside')).toContain(`${n + 1} of ${STOPS_WRITTEN.length}`)
      await expect.poll(() => ownFields(page).stop).toBe(stop)
      await page.keyboard.press('ArrowRight')
    }
    await page.keyboard.press('ArrowLeft')
    await page.waitForFunction(() => document.activeElement!.closest('[data-stop]')?.getAttribute('data-stop') === 'think')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('aside').count()).toBe(0)
  })

  it('a model with one half has no such choice, whatever the address says', async () => {
    const address = server.address + formatFragment('The cat sat.', undefined, 'understand', { half: 'writes' }, 'encoder')
    const made = await visit(on.browser, address, {}, '[data-understand]')
    on.visits.push(made)
    expect(await made.page.locator(`select[aria-label="${says.half}"]`).count()).toBe(0)
    expect(await made.page.locator('[data-stop]').count()).toBe(STOPS.length)
  })

  describe.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['a phone', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true }],
  ] as const)('for everyone (%s)', (_, options) => {
    it.each([
      ['as it opens', PLACE],
      ['on tour', { ...PLACE, stop: 'cross-softmax', tour: 'on' }],
      ['on a mean', { ...PLACE, crosshead: '1,mean' }],
    ])('axe finds nothing and nothing is wider than the window, %s', async (_, own) => {
      const page = await written(own, { ...options, bypassCSP: true })
      await expectToFit(page)
      expect(await objections(page)).toEqual([])
    })
  })
})

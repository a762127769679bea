import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { acrossStrings as say } from '../../explorer/src/across/strings.ts'
import { crossOffer } from '../../explorer/src/across/taken.ts'
import { type Fragment, formatFragment } from '../../explorer/src/state/fragment.ts'
import { shortPicture } from '../../explorer/src/state/picture.ts'
import { csvOf, svgOf } from '../../explorer/src/take/files.ts'
import { asText, statement } from '../../explorer/src/words/statement.ts'
import { embeddedModel } from '../../src/cli/places.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { openableOf, opening } from '../../src/lens/index.ts'
import { exampleFor, loadModel, type Model } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { cellsOf, focusOn, serveExplorer, visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

/** Attention weights in float32 against float64: conformance/README's tolerance for whole models. */
const TOLERANCE = 2e-5
const DATE = exampleFor('translator')

describeBrowser('the Across view in Chromium', () => {
  const on = stage()
  let server: Listening
  let oracle: Model
  /** What the float64 model writes. */
  let written: number[]

  beforeAll(async () => {
    server = await serveExplorer(on.built, on.folder, { embedded: true })
    oracle = await loadModel(embeddedModel('translator')!, { dtype: 'float64' })
    written = []
    for await (const { id, end } of oracle.generate(DATE)) if (end !== 'stop') written.push(id)
  })
  afterAll(async () => {
    oracle?.dispose()
    await server?.close()
  })

  async function open(
    own: Fragment['own'] = {},
    options: BrowserContextOptions = {},
    model = 'translator',
    text = DATE,
  ): Promise<Page> {
    const drawn = model === 'translator' ? '[data-said=across]' : '[data-other]'
    const made = await visit(on.browser, server.address + formatFragment(text, undefined, 'across', own, model), options, drawn)
    on.visits.push(made)
    return made.page
  }

  const settled = (page: Page, count: number) => page.waitForSelector(`[data-crossed="${count}"]:not([data-waiting])`)

  async function expectCells(page: Page, target: string | readonly number[], layer: number, head: number | 'mean'): Promise<void> {
    using run = await oracle.run({ text: DATE, target })
    const view = run.attention(layer, head, { kind: 'cross' })
    const expected = await view.all()
    const cells = await cellsOf(page)
    expect(cells.length).toBe(view.rows * view.cols)
    for (const { row, column, weight } of cells)
      expect(Math.abs(weight - expected[row * view.cols + column]!)).toBeLessThan(TOLERANCE)
  }

  it('rows are the tokens that the model writes, columns those it read, and every cell is the float64 weight', async () => {
    const page = await open({ crosshead: '1,2' })
    await settled(page, written.length + 1)
    expect(await page.inputValue('#across-target')).toBe('2021-03-09')
    await expectCells(page, written, 1, 2)
  })

  it('it opens where the rule of the library opens it, and says so', async () => {
    const page = await open()
    using run = await oracle.run({ text: DATE, target: written })
    const { layer, head, reason } = await opening(openableOf(run, 'cross'))
    expect(await page.textContent('main')).toContain(reason)
    await expectCells(page, written, layer, head)
  })

  it('another head, the mean included, is chosen in the thumbnails, and everything follows', async () => {
    const page = await open({ crosshead: '0,1' })
    await page.click('[data-layer="1"][data-head="mean"]')
    await expectCells(page, written, 1, 'mean')
    await expect.poll(() => page.url()).toContain(`crosshead=${encodeURIComponent('1,mean')}`)
    expect(await page.textContent('[data-said=across]')).toContain('on average over the 4 heads of layer 1')
  })

  it('a text of the reader’s own is looked at as if it were written', async () => {
    const page = await open({ crosshead: '1,0', target: '1999-12-31' })
    await expectCells(page, '1999-12-31', 1, 0)
    await page.fill('#across-target', '2000')
    using run = await oracle.run({ text: DATE, target: '2000' })
    await settled(page, run.tokensOf(0, { kind: 'decoder' }).length)
    await expectCells(page, '2000', 1, 0)
    await page.click(`button:text-is("${say.own}")`)
    await settled(page, written.length + 1)
    await expect.poll(() => page.url()).not.toContain('target=')
  })

  it('a row says what came after its token', async () => {
    const page = await open({ crosshead: '1,0' })
    const rows = await page.$$eval('[role=rowheader][data-row]', (all) =>
      all.map((each) => (each.textContent ?? '').replaceAll(/\s+/g, ' ').trim()),
    )
    expect(rows).toHaveLength(written.length + 1)
    expect(rows[0]).toMatch(/→ 2$/)
    expect(rows.at(-1)).toMatch(/→ end$/)
  })

  it('source, list and matrix hold the same link, and arrow keys move it', async () => {
    const page = await open({ crosshead: '1,0', crosscell: '6,2' })
    expect(await page.getAttribute('[role=group] button[data-token="2"][aria-pressed=true]', 'aria-pressed')).toBe('true')
    await focusOn(page, '[data-row="6"][data-column="2"]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.url()).toContain(`crosscell=${encodeURIComponent('6,3')}`)
    expect(await page.getAttribute('ol [data-column="3"]', 'aria-pressed')).toBe('true')
  })

  it('what is shown can be taken away as a table: every number of it', async () => {
    const tokens = (names: string) => names.split(' ').map((text, id) => ({ id, text, start: 0, end: 0, special: true }))
    const side = (names: string) => ({ text: '', tokens: tokens(names), hardly: [false, false, false] })
    const weights = Float32Array.of(0.5, 0.25, 0.25, 0, 1, 0, 0.5, 0.25, 0.25, 0, 1, 0)
    const looks = { ...side('nine of May'), run: 1, layers: 1, heads: 1, weights, from: side('[BEGIN] 9') }
    const picture = shortPicture(looks, { layer: 0, head: 0, token: 1, column: undefined })
    const said = statement(picture, 'in layer 0, head 0, in the source')
    expect(asText(said).replaceAll('\u00a0', ' ')).toBe(
      '9 looks at of most: 100.0 % of its attention in layer 0, head 0, in the source.',
    )
    const offer = crossOffer(picture, said, 'in layer 0, head 0')
    expect(await csvOf(offer)).toBe('written,nine,of,May\r\n[BEGIN],0.5,0.25,0.25\r\n9,0,1,0\r\n')
    expect(await svgOf(offer, { model: 'm', text: 'nine of May', tokens: tokens('nine of May'), link: '' })).toContain('[BEGIN]')
  })

  it('a model without cross-attention says so, and the translator is one press away', async () => {
    const page = await open({}, {}, 'encoder', 'the dog slept')
    expect(await page.textContent('main')).toContain('encoder has no cross-attention')
    await page.click('[data-other=translator]')
    await settled(page, written.length + 1)
    expect(await page.inputValue('textarea')).toBe(DATE)
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)('axe finds nothing and nothing is wider than the window, %s', async (_, options) => {
    const page = await open({}, { ...options, bypassCSP: true })
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })
})

/** Another model in the page: from the list, by a link, and back again when something is wrong. */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exampleOf, modelStrings as say } from '../../explorer/src/models/strings.ts'
import { formatFragment } from '../../explorer/src/state/fragment.ts'
import { strings } from '../../explorer/src/strings.ts'
import { embeddedModel } from '../../src/cli/places.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { loadModel } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { cellsOf, serveExplorer, statementOf, visit, write } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

/** Attention weights in float32 against float64: conformance/README's tolerance for whole models. */
const TOLERANCE = 2e-5
const DATE = exampleOf('translator')

describeBrowser('the models of the page in Chromium', () => {
  const on = stage()
  let server: Listening
  beforeAll(async () => {
    server = await serveExplorer(on.built, on.folder, { embedded: true })
  })
  afterAll(() => server?.close())

  async function open(fragment = '', options = {}): Promise<Page> {
    const made = await visit(on.browser, server.address + fragment, options)
    on.visits.push(made)
    return made.page
  }

  const chooser = (page: Page) => page.locator('header [aria-haspopup=dialog].name')
  const named = (page: Page, name: string) => page.waitForFunction((sought) => document.title.includes(sought), `${name} · Regard`)
  const read = (page: Page, tokens: number) =>
    page.waitForFunction((said) => document.body.innerText.includes(said), strings.status.read(tokens))

  async function choose(page: Page, name: string): Promise<void> {
    await chooser(page).click()
    await page.click(`dialog [data-model="${name}"]`)
    await named(page, name)
    await page.waitForSelector('[data-exact]')
  }

  it('the model of the host is first, the embedded ones follow with their sizes', async () => {
    const page = await open()
    expect(await chooser(page).textContent()).toBe('tiny-bert')
    await chooser(page).click()
    const listed = await page.$$eval('dialog [data-model]', (all) => all.map((each) => (each as HTMLElement).dataset.model))
    expect(listed.slice(0, 2)).toEqual(['tiny-bert', 'encoder'])
    expect(listed).toContain('translator')
    for (const size of await page.$$eval('dialog .size', (all) => all.map((each) => each.textContent!)))
      expect(size).toMatch(/\d\s?(k|M)B$/)
  })

  it('another model reads the same text; the example gives way to the example of a model that reads something else', async () => {
    const page = await open()
    await choose(page, 'encoder')
    expect(await page.inputValue('textarea')).toBe(strings.example)
    await choose(page, 'translator')
    expect(await page.inputValue('textarea')).toBe(DATE)
    expect(page.url()).toContain(`${encodeURIComponent(DATE)}&model=translator`)
    await choose(page, 'tiny-bert')
    expect(await page.inputValue('textarea')).toBe(strings.example)
    await write(page, 'the dog slept')
    await page.waitForFunction(() => document.querySelectorAll('.side').length === 5)
    await choose(page, 'translator')
    expect(await page.inputValue('textarea')).toBe('the dog slept')
  })

  it('a link opens its model, and every cell is that model’s float64 weight', async () => {
    const page = await open(formatFragment(DATE, { layer: 1, head: 2, token: 3, column: undefined }, 'read', {}, 'translator'))
    expect(await chooser(page).textContent()).toBe('translator')
    const oracle = await loadModel(embeddedModel('translator')!, { dtype: 'float64' })
    using run = await oracle.run(DATE)
    const expected = await run.attention(1, 2).all()
    const cells = await cellsOf(page)
    expect(cells.length).toBe(run.tokens.length ** 2)
    for (const { row, column, weight } of cells)
      expect(Math.abs(weight - expected[row * run.tokens.length + column]!)).toBeLessThan(TOLERANCE)
    oracle.dispose()
  })

  it('a name that is not offered is said, and the first model reads', async () => {
    const page = await open(formatFragment('the dog slept', undefined, 'read', {}, 'gpt-nobody-has'))
    expect(await page.textContent('#statement [role=alert]')).toBe(say.unknown('gpt-nobody-has'))
    expect(await chooser(page).textContent()).toBe('tiny-bert')
    expect(page.url()).toContain('model=tiny-bert')
    await page.goto(server.address + formatFragment('the dog slept', undefined, 'read', {}, 'encoder'))
    await named(page, 'encoder')
    expect(await page.$('#statement [role=alert]')).toBeNull()
  })

  it('a model that cannot be opened is named with the reason, and the one before is back', async () => {
    const page = await open()
    await page.route('**/models/encoder/config.json', (route) => route.fulfill({ status: 200, body: '{"model_type":"nonsense"}' }))
    await chooser(page).click()
    await page.click('dialog [data-model="encoder"]')
    await page.waitForSelector('#statement [role=alert]')
    expect(await page.textContent('#statement [role=alert]')).toMatch(/^encoder could not be opened: .*nonsense/)
    await named(page, 'tiny-bert')
    expect(await statementOf(page)).toContain('looks at')
  })

  it('loading tells how far it is, and can be cancelled', async () => {
    const page = await open()
    let release = (): void => {}
    const held = new Promise<void>((done) => {
      release = done
    })
    await page.route('**/models/encoder/model.safetensors', async (route) => {
      await held
      await route.abort()
    })
    await chooser(page).click()
    await page.click('dialog [data-model="encoder"]')
    await page.waitForSelector(`#statement >> text=${say.opening('encoder', 0)}`)
    await page.click(`#statement >> text=${say.cancel}`)
    await named(page, 'tiny-bert')
    await page.waitForSelector('[data-exact]')
    release()
    expect(await page.$('#statement [role=alert]')).toBeNull()
    on.visits.at(-1)!.errors.splice(0)
  })

  it('a worker that dies is followed by one that opens the same model', async () => {
    const page = await open(formatFragment(DATE, undefined, 'read', {}, 'translator'))
    const worker = page.workers().find((each) => each.url().includes('engine.worker'))!
    await worker.evaluate(() => void setTimeout(() => Promise.reject(new Error('out of luck')), 0))
    await page.waitForSelector(`#statement >> text=${strings.status.crashed}`)
    await write(page, 'the tenth of March')
    await page.waitForFunction(() => location.hash.includes('tenth'))
    expect(page.url()).toContain('model=translator')
    on.visits.at(-1)!.errors.splice(0)
  })

  it.each(['understand', 'question', 'fly', 'map'] as const)('%s follows to another model', async (view) => {
    const made = await visit(on.browser, server.address + formatFragment('the dog slept', undefined, view), {}, '#statement b')
    on.visits.push(made)
    await chooser(made.page).click()
    await made.page.click('dialog [data-model="translator"]')
    await named(made.page, 'translator')
    await read(made.page, 6)
    await expect.poll(() => made.page.textContent('main')).not.toContain('not at hand')
  })

  it('the keyboard chooses, and Escape puts the list away', async () => {
    const page = await open()
    await chooser(page).focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog[open]')
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog[open]', { state: 'detached' })
    await page.keyboard.press('Enter')
    await page.focus('dialog [data-model="encoder"]')
    await page.keyboard.press('Enter')
    await named(page, 'encoder')
  })

  it.each([
    ['light', { colorScheme: 'light' }],
    ['a phone, dark', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true, colorScheme: 'dark' }],
  ] as const)('axe finds nothing and nothing is wider than the window (%s)', async (_, options) => {
    const page = await open('', { ...options, bypassCSP: true })
    await chooser(page).click()
    await expectToFit(page)
    expect(await objections(page)).toEqual([])
  })
})

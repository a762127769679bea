/** Another model in the page: from the list, by a link, and back again when something is wrong. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { modelStrings as say } from '../../explorer/src/models/strings.ts'
import { formatFragment, VIEWS } from '../../explorer/src/state/fragment.ts'
import { strings } from '../../explorer/src/strings.ts'
import { embeddedModel } from '../../src/cli/places.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { exampleFor, fetchModel, loadModel } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { filesOf, stallAfter, TestHub } from '../support/hub.ts'
import { tinyBert, writeTinyBert } from '../support/tiny-bert.ts'
import { cellsOf, focusOn, serveExplorer, statementOf, visit, write } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

/** Attention weights in float32 against float64: conformance/README's tolerance for whole models. */
const TOLERANCE = 2e-5
const DATE = exampleFor('translator')

/** The tiny model with its weights in two files, half of the names in each. */
async function writeShards(folder: string, seed: number): Promise<void> {
  const { json, weights } = tinyBert(seed)
  await mkdir(join(folder, 'pooling'), { recursive: true })
  for (const [path, content] of Object.entries(json)) await writeFile(join(folder, path), JSON.stringify(content))
  const header = new TextDecoder().decode(weights.subarray(8, 8 + Number(new DataView(weights.buffer).getBigUint64(0, true))))
  const names = Object.keys(JSON.parse(header) as object).filter((name) => name !== '__metadata__')
  const map = Object.fromEntries(names.map((name, n) => [name, n % 2 === 0 ? 'one.safetensors' : 'two.safetensors']))
  for (const file of new Set(Object.values(map))) await writeFile(join(folder, file), weights)
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }))
}

/** In the page: writes a letter at the end of the sentence → milliseconds until what was read of it is drawn. */
function keyToPicture(letter: string): Promise<number> {
  const area = document.querySelector('textarea')!
  const from = performance.now()
  area.value += letter
  area.dispatchEvent(new InputEvent('input', { bubbles: true }))
  const wanted = `#text=${encodeURIComponent(area.value)}&`
  return new Promise((done) => {
    const look = (): void => {
      if (location.hash.startsWith(wanted)) requestAnimationFrame(() => done(performance.now() - from))
      else requestAnimationFrame(look)
    }
    look()
  })
}

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
  /** Until the text as it stands has been read. */
  const read = (page: Page) =>
    page.waitForFunction(() =>
      [...document.querySelectorAll('[role=status]')].some((each) => each.textContent!.startsWith('Read: ')),
    )

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
    await page.waitForSelector('dialog [data-model]')
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
    await expect.poll(() => page.url()).toContain(`${encodeURIComponent(DATE)}&model=translator`)
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
    using oracle = await loadModel(embeddedModel('translator')!, { dtype: 'float64' })
    using run = await oracle.run(DATE)
    const expected = await run.attention(1, 2).all()
    const cells = await cellsOf(page)
    expect(cells.length).toBe(run.tokens.length ** 2)
    for (const { row, column, weight } of cells)
      expect(Math.abs(weight - expected[row * run.tokens.length + column]!)).toBeLessThan(TOLERANCE)
  })

  it('a name that is not offered is said, and the first model reads', async () => {
    const page = await open(formatFragment('the dog slept', undefined, 'read', {}, 'gpt-nobody-has'))
    expect(await page.textContent('#statement [role=alert]')).toBe(say.unknown('gpt-nobody-has'))
    expect(await chooser(page).textContent()).toBe('tiny-bert')
    await expect.poll(() => page.url()).toContain('model=tiny-bert')
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
    await page.waitForSelector('[data-exact]')
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
    await expect.poll(() => page.url()).toContain('model=translator')
    on.visits.at(-1)!.errors.splice(0)
  })

  it.each(VIEWS.slice(1))('%s follows to another model, and back to one of more layers', async (view) => {
    const { page, errors } = await visit(
      on.browser,
      server.address + formatFragment('the dog slept', undefined, view),
      {},
      '#statement b',
    )
    on.visits.push({ page, errors })
    for (const name of ['translator', 'tiny-bert']) {
      await chooser(page).click()
      await page.click(`dialog [data-model="${name}"]`)
      await named(page, name)
      await read(page)
      await expect.poll(() => page.textContent('main')).not.toContain('not at hand')
      expect(await page.$$eval('main [role=alert]', (all) => all.map((each) => each.textContent))).toEqual([])
    }
  })

  describe('files of the reader’s own', () => {
    let home: string
    beforeAll(async () => {
      home = await mkdtemp(join(tmpdir(), 'regard-files-'))
      await writeTinyBert(join(home, 'other-bert'), 2)
      await writeShards(join(home, 'in-shards'), 3)
      await mkdir(join(home, 'notes'))
      await writeFile(join(home, 'notes', 'config.json'), '{}')
      await writeFile(join(home, 'notes', 'pytorch_model.bin'), '')
    })
    afterAll(() => rm(home, { recursive: true, force: true }))

    /** As the hand does it: over the page, and let go. */
    async function drop(page: Page, path: string): Promise<void> {
      const hand = await page.context().newCDPSession(page)
      const at = { x: 400, y: 400, data: { items: [], files: [path], dragOperationsMask: 1 } }
      await hand.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at })
      await page.waitForSelector(`[data-drop] >> text=${say.dropHere}`)
      await hand.send('Input.dispatchDragEvent', { type: 'dragOver', ...at })
      await hand.send('Input.dispatchDragEvent', { type: 'drop', ...at })
      await page.waitForSelector('[data-drop]', { state: 'detached' })
    }

    it.each(['other-bert', 'in-shards'])('a folder dropped on the page reads (%s), with its own float64 weights', async (name) => {
      const page = await open()
      await drop(page, join(home, name))
      await named(page, name)
      await page.waitForSelector('[data-exact]')
      await expect.poll(() => page.url()).toContain(`model=${encodeURIComponent(`files:${name}`)}`)
      const [layer, head] = await Promise.all(['Layer', 'Head'].map((label) => page.inputValue(`select[aria-label=${label}]`)))
      using oracle = await loadModel(join(home, name), { dtype: 'float64' })
      using run = await oracle.run(strings.example)
      const expected = await run.attention(Number(layer), Number(head)).all()
      for (const { row, column, weight } of await cellsOf(page))
        expect(Math.abs(weight - expected[row * run.tokens.length + column]!)).toBeLessThan(TOLERANCE)
    })

    it('nothing of them leaves the page', async () => {
      const asked = new Set<string>()
      const noted = await serveExplorer(on.built, on.folder, { asked })
      const made = await visit(on.browser, noted.address)
      on.visits.push(made)
      asked.clear()
      made.page.on('request', (request) => expect(request.method()).toBe('GET'))
      await drop(made.page, join(home, 'other-bert'))
      await named(made.page, 'other-bert')
      await made.page.waitForSelector('[data-exact]')
      expect([...asked].filter((path) => !path.startsWith('/assets/'))).toEqual([])
      await noted.close()
    })

    it('a folder and files can be chosen with the keyboard instead', async () => {
      const page = await open()
      await chooser(page).click()
      await focusOn(page, '[data-folder]')
      const [asked] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')])
      await asked.setFiles(join(home, 'other-bert'))
      await named(page, 'other-bert')
      await chooser(page).click()
      const files = ['config.json', 'tokenizer.json', 'model.safetensors'].map((file) => join(home, 'other-bert', file))
      await page.setInputFiles('[data-files]', files)
      await named(page, say.nameless)
      await page.waitForSelector('[data-exact]')
    })

    it('a folder that is no model is told what it lacks, and the model before reads on', async () => {
      const page = await open()
      await drop(page, join(home, 'notes'))
      const said = say.missing(['tokenizer.json', 'model.safetensors'], 'pytorch_model.bin')
      await page.waitForSelector(`#statement [role=alert] >> text=${said}`)
      expect(await chooser(page).textContent()).toBe('tiny-bert')
      expect(await statementOf(page)).toContain('looks at')
      await chooser(page).click()
      await page.setInputFiles('[data-folder]', home)
      expect(await page.textContent('dialog [role=alert]')).toMatch(/^These are several models: /)
      await page.setInputFiles('[data-files]', [join(home, 'in-shards', 'model.safetensors.index.json')])
      expect(await page.textContent('dialog [role=alert]')).toBe(
        say.missing(['config.json', 'tokenizer.json', 'one.safetensors', 'two.safetensors'], undefined),
      )
    })

    it('a link to them says that it cannot carry them', async () => {
      const page = await open(formatFragment('the dog slept', undefined, 'read', {}, 'files:my-own'))
      expect(await page.textContent('#statement [role=alert]')).toContain('This link was made with my-own')
    })
  })

  describe('a hub', () => {
    let hub: TestHub
    let cache: string
    let allowed: Listening
    beforeAll(async () => {
      hub = await TestHub.start()
      cache = await mkdtemp(join(tmpdir(), 'regard-hub-'))
      const files = await filesOf(on.folder)
      hub.repositories.set('tester/tiny', { commit: 'a'.repeat(40), files })
      hub.repositories.set('tester/slow', { commit: 'b'.repeat(40), files: new Map([...files, ['config.json', pad(files)]]) })
      hub.repositories.set('tester/gated', { commit: 'c'.repeat(40), files, token: 'of somebody else', gated: true })
      vi.stubEnv('HF_ENDPOINT', hub.address)
      vi.stubEnv('HF_HUB_CACHE', cache)
      allowed = await serveExplorer(on.built, on.folder, { hub: { address: hub.address, fetch: fetchModel } })
    })
    afterAll(async () => {
      vi.unstubAllEnvs()
      await allowed?.close()
      hub?.stop()
      await rm(cache, { recursive: true, force: true })
    })

    /** A config that is another file than that of the other model, so that its weights come again. */
    const pad = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => Buffer.concat([files.get('config.json')!, Buffer.from(' ')])

    async function ask(page: Page, name: string): Promise<void> {
      await chooser(page).click()
      await page.fill('[data-hub]', name)
      await page.keyboard.press('Enter')
    }

    async function openAllowed(fragment = '', address = allowed.address): Promise<Page> {
      const made = await visit(on.browser, address + fragment)
      on.visits.push(made)
      return made.page
    }

    const alerted = (page: Page, text: string) => page.waitForSelector(`#statement [role=alert] >> text=${text}`)

    it('a model is opened by its name, which a link keeps; the page itself asks the hub nothing', async () => {
      const page = await openAllowed()
      const asked: string[] = []
      page.on('request', (request) => asked.push(new URL(request.url()).origin))
      await ask(page, 'tester/tiny')
      await named(page, 'tiny')
      await page.waitForSelector('[data-exact]')
      await expect.poll(() => page.url()).toContain('model=tester%2Ftiny')
      expect(asked).not.toContain(hub.address)
      const again = await openAllowed(new URL(page.url()).hash)
      expect(await chooser(again).textContent()).toBe('tiny')
      expect(await statementOf(again)).toBe(await statementOf(page))
    })

    it('what the hub does not have, keeps for others, or is not there to say, is said in plain words', async () => {
      const page = await openAllowed()
      await ask(page, 'tester/none')
      await alerted(page, say.failed('none', say.hubFault('unknown', hub.address)!))
      await page.waitForSelector('[data-exact]')
      await ask(page, 'tester/gated')
      await alerted(page, say.failed('gated', say.hubFault('gated', hub.address)!))
      vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:1')
      await ask(page, 'tester/away')
      await alerted(page, say.failed('away', say.hubFault('unreachable', hub.address)!))
      vi.stubEnv('HF_ENDPOINT', hub.address)
      await named(page, 'tiny-bert')
    })

    it('fetching tells how far it is, and can be cancelled', async () => {
      const page = await openAllowed()
      hub.odd.set('/slow/resolve/', [stallAfter(5)])
      await ask(page, 'tester/slow')
      await page.waitForSelector('#statement >> text=/^\\s*Fetching .* of slow/')
      await page.click(`#statement >> text=${say.cancel}`)
      await named(page, 'tiny-bert')
      await page.waitForSelector('[data-exact]')
      hub.odd.clear()
    })

    it('a page that may not is told how it is allowed, and its policy forbids it', async () => {
      const page = await open()
      await chooser(page).click()
      await page.waitForSelector('dialog [data-model]')
      expect(await page.textContent('dialog[open]')).toContain(say.hubNone)
      expect(await page.$('[data-hub]')).toBeNull()
      const came = await page.evaluate(
        (address) =>
          fetch(address).then(
            () => true,
            () => false,
          ),
        hub.address,
      )
      expect(came).toBe(false)
      on.visits.at(-1)!.errors.splice(0)
    })

    it('a static site’s page asks the one hub that its host’s policy names by itself, and no other', async () => {
      const site = await serveExplorer(on.built, on.folder, { named: hub.address })
      const other = await serveExplorer(on.built, on.folder, { named: hub.address, policy: false })
      try {
        const page = await openAllowed('', site.address)
        await ask(page, 'tester/tiny')
        await named(page, 'tiny')
        await page.waitForSelector('[data-exact]')
        const forbidden = await openAllowed('', other.address)
        await ask(forbidden, 'tester/tiny')
        await forbidden.waitForSelector('#statement [role=alert] >> text=cannot be reached')
        await named(forbidden, 'tiny-bert')
        on.visits.at(-1)!.errors.splice(0)
      } finally {
        await site.close()
        await other.close()
      }
    })
  })

  it('says how long the embedded encoder takes to its first picture, and from a key to a new one', async () => {
    const encoder = await serveExplorer(on.built, embeddedModel('encoder')!)
    try {
      const page = await on.browser.newPage({ viewport: { width: 1280, height: 900 } })
      await page.goto(encoder.address)
      const editable = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
      await page.waitForSelector('[data-exact]')
      const drawn = await page.evaluate(() => performance.now())
      await write(page, `${'the dog slept in the sun and '.repeat(4)}it was`)
      await page.waitForFunction(() => location.hash.includes('it%20was'))
      const taken: number[] = []
      for (const letter of ' tired and the dog') taken.push(await page.evaluate(keyToPicture, letter))
      const tokens = await page.$$eval('.side', (all) => all.length)
      taken.sort((a, b) => a - b)
      const told = `${taken[taken.length >> 1]!.toFixed(0)} ms (slowest ${taken.at(-1)!.toFixed(0)} ms)`
      console.log(
        `explorer, embedded encoder: first paint after ${editable?.toFixed(0)} ms, first picture after ${drawn.toFixed(0)} ms; from a key to the picture of ${tokens} tokens ${told}`,
      )
      expect(taken.length).toBeGreaterThan(0)
      await page.close()
    } finally {
      await encoder.close()
    }
  })

  it('the keyboard chooses, and Escape puts the list away', async () => {
    const page = await open()
    await chooser(page).focus()
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog[open]')
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog[open]', { state: 'detached' })
    await page.keyboard.press('Enter')
    await focusOn(page, 'dialog [data-model="encoder"]')
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

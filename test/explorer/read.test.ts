import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFragment } from '../../explorer/src/state/fragment.ts'
import { strings } from '../../explorer/src/strings.ts'
import type { Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { shared } from '../support/shared.ts'
import { TINY } from '../support/tiny-bert.ts'
import { cellsOf, focusOn, serveExplorer, statementOf, visit, write } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const EXAMPLE = strings.example
const IT = 10
/** A float32 model's attention weights against float64: conformance/README's tolerance for whole models. */
const TOLERANCE = 2e-5

describeBrowser('the Read view in Chromium', () => {
  const on = stage()

  async function open(fragment = '', options: BrowserContextOptions = {}, address = on.server.address): Promise<Page> {
    const made = await visit(on.browser, address + fragment, options)
    on.visits.push(made)
    return made.page
  }

  const at = (text: string, layer: number, head: number | 'mean', token: number, column?: number): string =>
    formatFragment(text, { layer, head, token, column })

  describe('numbers', () => {
    let run: Run
    beforeAll(async () => {
      run = await on.oracle.run(EXAMPLE)
    })
    afterAll(() => run.dispose())

    it.each([
      [0, 0],
      [1, 3],
      [2, 1],
      [2, 'mean'],
    ] as const)('every cell of layer %s, head %s is the library’s float64 weight', async (layer, head) => {
      const page = await open(at(EXAMPLE, layer, head, IT))
      const expected = await run.attention(layer, head).all()
      const cells = await cellsOf(page)
      expect(cells.length).toBe(run.tokens.length ** 2)
      for (const { row, column, weight } of cells)
        expect(Math.abs(weight - expected[row * run.tokens.length + column]!)).toBeLessThan(TOLERANCE)
    })

    it('the exact readout, the list and the percentages under the words are the row of the token in focus', async () => {
      const page = await open(at(EXAMPLE, 1, 2, IT))
      const row = await run.attention(1, 2).row(IT)
      const ranked = [...row.keys()].sort((a, b) => row[b]! - row[a]!)
      expect(Number(await page.textContent('output'))).toBeCloseTo(row[ranked[0]!]!, 4)
      const listed = await page.$$eval('[data-column].entry', (all) =>
        all.map((each) => ({
          column: Number((each as HTMLElement).dataset.column),
          share: each.querySelector('.share')!.textContent!,
        })),
      )
      expect(listed.map(({ column }) => column)).toEqual(ranked.slice(0, 9))
      for (const { column, share } of listed) expect(share).toBe(strings.percent(row[column]!))
      const under = await page.$$eval('.frame > .share', (all) => all.map((each) => each.textContent!))
      expect(under.length).toBeGreaterThan(0)
      for (const share of under) expect([...row].map((weight) => strings.percent(weight))).toContain(share)
    })

    it('every thumbnail is its head’s matrix in the colours of the scale', async () => {
      const page = await open(at(EXAMPLE, 0, 0, IT))
      const L = run.tokens.length
      const colours = await page.$$eval('[role=gridcell][data-row]', (cells) =>
        cells.map((cell) => getComputedStyle(cell).backgroundColor),
      )
      const reference = await run.attention(0, 0).all()
      // The brightest and the darkest cell have the reddest of the colours; CSS and canvas must agree on them.
      const [low, high] = [reference.indexOf(Math.min(...reference)), reference.indexOf(Math.max(...reference))]
      const pixels = await page.$eval('canvas', (canvas) => [
        ...(canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 512, 512).data,
      ])
      for (const n of [low, high]) {
        const [y, x] = [Math.floor(n / L), n % L]
        const painted = pixels.slice(4 * (y * 512 + x), 4 * (y * 512 + x) + 3)
        const mixed = await page.evaluate((colour) => {
          const context = new OffscreenCanvas(1, 1).getContext('2d')!
          context.fillStyle = colour
          context.fillRect(0, 0, 1, 1)
          return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3)
        }, colours[n]!)
        for (const [k, channel] of painted.entries()) expect(Math.abs(channel - mixed[k]!)).toBeLessThanOrEqual(2)
      }
      const count = await page.$$eval('canvas', (all) => all.length)
      expect(count).toBe(TINY.layers * (TINY.heads + 1))
    })

    it('the statement says the largest weight of the row, and of a held cell its own', async () => {
      const row = await run.attention(2, 0).row(IT)
      const top = row.indexOf(Math.max(...row))
      const page = await open(at(EXAMPLE, 2, 0, IT))
      expect(await statementOf(page)).toContain(
        `most: ${strings.percent(row[top]!)} of its attention in layer 2, head 0.`.replaceAll('\u00a0', ' '),
      )
      const least = row.indexOf(Math.min(...row))
      await page.click(`[data-row="${IT}"][data-column="${least}"]`)
      await page.mouse.move(5, 5)
      expect(await statementOf(page)).toContain(
        `gives ${run.tokens[least]!.text} ${strings.percent(row[least]!)}`.replaceAll('\u00a0', ' '),
      )
      await expect.poll(() => page.url()).toContain(`column=${least}`)
    })

    it('a mean of heads is called a mean, wherever it is shown', async () => {
      const page = await open(at(EXAMPLE, 1, 'mean', IT))
      expect(await statementOf(page)).toContain('on average over the 4 heads of layer 1')
      expect(await page.$eval('select[aria-label=Head]', (select) => (select as HTMLSelectElement).selectedOptions[0]!.text)).toBe(
        'mean of all 4',
      )
      expect(await page.getAttribute('[role=grid].matrix', 'aria-label')).toContain('on average over the 4 heads of layer 1')
    })
  })

  describe('one selection', () => {
    it('pointing previews, leaving takes it back, a click holds, Escape lets go', async () => {
      const page = await open(at(EXAMPLE, 1, 1, IT))
      const held = await statementOf(page)
      await page.hover('[data-layer="0"][data-head="2"]')
      expect(await statementOf(page)).toContain('layer 0, head 2')
      expect(await page.inputValue('select[aria-label=Layer]')).toBe('0')
      expect(await page.getAttribute('[data-layer="0"][data-head="2"]', 'aria-selected')).toBe('true')
      await page.mouse.move(5, 5)
      expect(await statementOf(page)).toBe(held)
      await page.click('[data-layer="0"][data-head="2"]')
      await page.mouse.move(5, 5)
      expect(await statementOf(page)).toContain('layer 0, head 2')
      await expect.poll(() => page.url()).toContain('layer=0&head=2')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      expect(await statementOf(page)).toContain('it looks at')
      expect(await page.textContent('#statement')).toContain('It opens here by a rule: of 12 heads, its strongest look back')
    })

    it('sentence, matrix, list and readout speak of the same token', async () => {
      const page = await open(at(EXAMPLE, 1, 1, 3))
      for (const token of [3, 7, 12]) {
        await page.hover(`[data-row="${token}"][data-column="-1"]`)
        const label = await page.textContent(`[data-row="${token}"][data-column="-1"]`)
        expect(await statementOf(page)).toMatch(new RegExp(`(^|The \\w+ )${label} `))
        expect(await page.textContent('.side.on')).toBe(label)
        expect(await page.textContent('[data-exact] b')).toContain(label!)
        expect(await page.textContent('.looked h2')).toContain(label!)
      }
    })

    it('a word of the sentence is pointed at and held like a row', async () => {
      const page = await open(at(EXAMPLE, 1, 1, IT))
      const box = (await page.locator('.ink .token', { hasText: 'street' }).boundingBox())!
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
      expect(await statementOf(page)).toMatch(/^street /)
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
      await page.mouse.move(5, 5)
      expect(await statementOf(page)).toMatch(/^street /)
      await expect.poll(() => page.url()).toContain('token=8')
    })
  })

  describe('typing', () => {
    it('a changed word is read at once, and the picture stays with the word that is held', async () => {
      const page = await open(at(EXAMPLE, 2, 3, IT))
      await page.evaluate(() => {
        const area = document.querySelector('textarea')!
        area.focus()
        const from = area.value.indexOf('tired')
        area.setSelectionRange(from, from + 5)
      })
      await page.keyboard.insertText('wide')
      const text = EXAMPLE.replace('tired', 'wide')
      await page.waitForFunction((wanted) => decodeURIComponent(location.hash).includes(wanted), text)
      using run = await on.oracle.run(text)
      const row = await run.attention(2, 3).row(IT)
      const top = row.indexOf(Math.max(...row))
      expect(await statementOf(page)).toMatch(/^it looks at /)
      expect(Number(await page.textContent('output'))).toBeCloseTo(row[top]!, 4)
      await expect.poll(() => page.url()).toContain('layer=2&head=3')
    })

    it('what was typed last is what is shown, however fast it was typed', async () => {
      const page = await open(at('a dog', 0, 1, 1))
      await focusOn(page, 'textarea')
      await page.keyboard.press('End')
      await page.keyboard.type(' slept in the sun because it was tired', { delay: 0 })
      await page.waitForFunction(() => decodeURIComponent(location.hash).includes('it was tired'))
      expect(await page.locator('.side').count()).toBe(12)
    })

    it('an empty or a too long text is refused in one plain line, and the last picture stays', async () => {
      const page = await open(at(EXAMPLE, 1, 1, IT))
      const cells = await cellsOf(page)
      await write(page, '   ')
      await page.waitForSelector('#statement [role=alert]')
      expect(await page.textContent('#statement [role=alert]')).toBe(strings.status.empty)
      expect(await cellsOf(page)).toEqual(cells)
      await write(page, 'dog '.repeat(TINY.positions))
      await page.waitForFunction(() => /160/.test(document.querySelector('#statement [role=alert]')?.textContent ?? ''))
      const line = (await page.textContent('#statement [role=alert]'))!
      expect(line).not.toContain('\n')
      expect(line).toContain('162')
      expect(await cellsOf(page)).toEqual(cells)
      await write(page, 'the dog slept')
      await page.waitForFunction(() => document.querySelectorAll('.side').length === 5)
      expect(await page.$('#statement [role=alert]')).toBeNull()
    })

    it('the drawn letters and the letters of the text area wrap alike', async () => {
      const text = `${EXAMPLE} The trophy didn't fit in the suitcase because it was too big, and unbelievably so.`
      for (const width of [360, 500, 768, 1280]) {
        const page = await open(at(text, 0, 0, 3), { viewport: { width, height: 900 } })
        const [drawn, typed] = await page.evaluate(() => [
          document.querySelector<HTMLElement>('.ink')!.offsetHeight,
          document.querySelector('textarea')!.scrollHeight,
        ])
        expect(typed).toBe(drawn)
      }
    })
  })

  it('the first load fetches at most 200 kB of gzipped script', async () => {
    const asked = new Set<string>()
    const noted = await serveExplorer(on.built, on.folder, { asked })
    try {
      await open('', {}, noted.address)
      const scripts = [...asked].filter((path) => path.endsWith('.js'))
      expect(scripts.length).toBeGreaterThanOrEqual(2)
      const sizes = await Promise.all(scripts.map(async (path) => gzipSync(await readFile(join(on.built, path))).length))
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(200_000)
    } finally {
      await noted.close()
    }
  })

  it('no file of the worker asks for the one it began with: WebKit would run that once more', async () => {
    const folder = join(on.built, 'assets')
    const names = await readdir(folder)
    const first = names.filter((name) => /^engine\.worker-.*\.js$/.test(name))
    expect(first).toHaveLength(1)
    const texts = names.filter((name) => name.endsWith('.js')).map(async (name) => await readFile(join(folder, name), 'utf8'))
    const naming = (await Promise.all(texts)).filter((text) => text.includes(first[0]!))
    expect(naming).toHaveLength(1)
    expect(naming[0]).toContain('new Worker')
  })

  describe('links', () => {
    it('a link opens the picture that it was copied from', async () => {
      const first = await open(at('The dog slept in the sun.', 2, 1, 4, 6))
      const [url, said, exact] = [first.url(), await statementOf(first), await first.textContent('[data-exact]')]
      const second = await open(url.slice(on.server.address.length))
      expect(second.url()).toBe(url)
      expect(await statementOf(second)).toBe(said)
      expect(await second.textContent('[data-exact]')).toBe(exact)
    })

    it('a changed address changes the picture', async () => {
      const page = await open(at(EXAMPLE, 0, 0, IT))
      await page.evaluate(
        (hash) => {
          location.hash = hash
        },
        at('a big dog', 1, 'mean', 2),
      )
      await page.waitForFunction(() => document.querySelectorAll('.side').length === 5)
      expect(await page.inputValue('textarea')).toBe('a big dog')
      expect(await statementOf(page)).toContain('on average over the 4 heads of layer 1')
    })

    it('an address that asks for what the model lacks opens by the rule', async () => {
      const page = await open('#text=the%20dog&layer=99&head=77&token=500&column=x&so=%E0%A4%A')
      expect(await page.inputValue('textarea')).toBe('the dog')
      expect(await page.textContent('#statement')).toContain('It opens here by a rule')
    })
  })

  describe('keyboard alone', () => {
    it('walks from the sentence through heads and matrix to the list', async () => {
      const page = await open(at(EXAMPLE, 1, 1, IT))
      const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')
      await page.keyboard.press('/')
      expect(await focused()).toBe('Sentence')
      const reach = async (pattern: RegExp): Promise<void> => {
        for (let n = 0; n < 12 && !pattern.test(await focused()); n++) await page.keyboard.press('Tab')
        expect(await focused()).toMatch(pattern)
      }
      await reach(/^layer 1, head 1$/)
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('ArrowUp')
      expect(await focused()).toBe('layer 0, head 2')
      expect(await statementOf(page)).toContain('layer 0, head 2')
      await page.keyboard.press('Enter')
      await expect.poll(() => page.url()).toContain('layer=0&head=2')
      await reach(/^it to .+ percent$/)
      await page.keyboard.press('ArrowUp')
      await page.keyboard.press('Home')
      expect(await focused()).toMatch(/^because to \[CLS\]: /)
      await page.keyboard.press('ArrowLeft')
      expect(await focused()).toMatch(/^because looks at: .+ percent, .+ percent, .+ percent$/)
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
      await expect.poll(() => page.url()).toContain('token=9&column=0')
      await reach(/percent$/)
      await page.keyboard.press('Escape')
    })

    it('in the sentence the arrows preview the word at the caret, and Enter holds it', async () => {
      const page = await open(at(EXAMPLE, 1, 1, IT))
      await page.keyboard.press('/')
      await page.keyboard.press('Home')
      expect(await statementOf(page)).toMatch(/^The /)
      await page.keyboard.press('ControlOrMeta+ArrowRight')
      await page.keyboard.press('ArrowRight')
      expect(await statementOf(page)).toMatch(/^animal /)
      await page.keyboard.press('Enter')
      await expect.poll(() => page.url()).toContain('token=2')
      expect(await page.inputValue('textarea')).toBe(EXAMPLE)
    })

    it('? lists the keys and says what runs; Escape closes it', async () => {
      const page = await open()
      await page.keyboard.press('?')
      expect(await page.textContent('dialog[open]')).toContain('go to the sentence')
      expect(await page.textContent('dialog[open]')).toMatch(/tiny-bert: (wasm|reference), /)
      await page.keyboard.press('Escape')
      expect(await page.$('dialog[open]')).toBeNull()
    })
  })

  describe('for everyone', () => {
    const looks: readonly [string, BrowserContextOptions][] = [
      ['light', { colorScheme: 'light' }],
      ['dark', { colorScheme: 'dark' }],
      ['a phone, light', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true }],
      ['a phone, dark', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true, colorScheme: 'dark' }],
    ]

    it.each(looks)('axe finds nothing (%s)', async (_, options) => {
      const page = await open(at(EXAMPLE, 2, 1, IT), { ...options, bypassCSP: true })
      expect(await objections(page)).toEqual([])
    })

    it.each(looks)('nothing is wider than the window (%s)', async (_, options) => {
      const page = await open(at(`${EXAMPLE} ${EXAMPLE}`, 2, 1, IT), options)
      await expectToFit(page)
    })

    it('on a phone a tap means the word, a second tap its letters', async () => {
      const page = await open(at(EXAMPLE, 2, 1, IT), { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true })
      const word = page.locator('.ink .token', { hasText: 'street' })
      const tap = async (): Promise<string> => {
        const box = (await word.boundingBox())!
        await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2)
        return await page.evaluate(() => document.activeElement!.tagName)
      }
      expect(await tap()).not.toBe('TEXTAREA')
      expect(await statementOf(page)).toMatch(/^street /)
      expect(await tap()).toBe('TEXTAREA')
    })

    it('text on a weight is black or white, whichever contrasts more', async () => {
      const page = await open(at(EXAMPLE, 2, 1, IT))
      const worst = await page.$$eval('.ink .token', (tokens) => {
        const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
        const luminance = (colour: string): number => {
          context.fillStyle = colour
          context.fillRect(0, 0, 1, 1)
          const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((c) =>
            c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
          )
          return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
        }
        return Math.min(
          ...tokens.map((token) => {
            const { color, backgroundColor } = getComputedStyle(token)
            const [a, b] = [luminance(color), luminance(backgroundColor)]
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
          }),
        )
      })
      expect(worst).toBeGreaterThanOrEqual(4.5)
    })
  })

  describe('the first token set apart', () => {
    it('is named with its share and ranked last; the others share a scale that ends at their largest', async () => {
      const page = await open(at(EXAMPLE, 1, 1, IT))
      await page.check('text=Set the first token, [CLS], apart')
      await page.waitForFunction(() => location.hash.includes('apart=first'))
      using run = await on.oracle.run(EXAMPLE)
      const [row, all] = [await run.attention(1, 1).row(IT), await run.attention(1, 1).all()]
      const L = row.length
      const ranked = [...row.keys()].filter((j) => j > 0).sort((a, b) => row[b]! - row[a]!)
      const said = await statementOf(page)
      expect(said).toMatch(/^Apart from \[CLS\], which gets [\d.<]+ %, it looks at /)
      expect(said).toContain(`which gets ${strings.percent(row[0]!)}, it`.replaceAll('\u00a0', ' '))
      expect(said).toContain(`most: ${strings.percent(row[ranked[0]!]!)} of its`.replaceAll('\u00a0', ' '))
      const listed = await page.$$eval('[data-column].entry', (each) =>
        each.map((one) => Number((one as HTMLElement).dataset.column)),
      )
      expect(listed).toEqual([...ranked.slice(0, 9), 0])
      const full = Math.max(...all.filter((_, n) => n % L > 0))
      for (const { row: i, column, weight } of await cellsOf(page)) {
        const expected = all[i * L + column]!
        expect(Math.abs(weight * (column === 0 ? 1 : full) - expected)).toBeLessThan(TOLERANCE)
      }
      expect(await page.textContent('.legend')).toContain('[CLS], set apart, keeps the scale from 0 to 1')
      await page.uncheck('text=Set the first token, [CLS], apart')
      await page.waitForFunction(() => !location.hash.includes('apart'))
      expect(await statementOf(page)).toMatch(/^it looks at /)
    })

    it('is in the link', async () => {
      const page = await open(`${at(EXAMPLE, 1, 1, IT)}&apart=first`)
      expect(await statementOf(page)).toMatch(/^Apart from \[CLS\]/)
    })
  })

  describe('a second text', () => {
    const WIDE = EXAMPLE.replace('tired', 'wide')

    it('stands beside the first with the difference that float64 gives', async () => {
      const page = await open(at(EXAMPLE, 2, 1, IT, 2))
      await page.click(`text=${strings.pair.open}`)
      await page.waitForSelector('[data-pair]')
      expect(await page.inputValue('input[type=text]')).toBe(WIDE)
      using first = await on.oracle.run(EXAMPLE)
      using second = await on.oracle.run(WIDE)
      const [a, b] = [await first.attention(2, 1).row(IT), await second.attention(2, 1).row(IT)]
      const shown = async (name: string): Promise<number[]> =>
        page.$$eval(`data[data-number="${name}"]`, (each) => each.map((one) => Number((one as HTMLDataElement).value)))
      for (const [name, expected] of [
        ['first', a],
        ['second', b],
        ['change', b.map((x, n) => x - a[n]!)],
      ] as const) {
        const numbers = await shown(name)
        expect(numbers.length).toBe(a.length)
        for (const [n, x] of numbers.entries()) expect(Math.abs(x - expected[n]!)).toBeLessThan(2 * TOLERANCE)
      }
      const change = 100 * (b[2]! - a[2]!)
      expect((await page.textContent('[data-pair-says]'))!.replace(/\s+/g, ' ')).toContain(
        `In the second text it gives animal ${strings.percent(b[2]!)}, ${Math.abs(change).toFixed(1)} points ${change > 0 ? 'more' : 'less'} than in the first.`.replaceAll(
          '\u00a0',
          ' ',
        ),
      )
    })

    it('is in the link, follows the head that is held, and can be rewritten and closed', async () => {
      const page = await open(`${at(EXAMPLE, 2, 1, IT, 2)}&beside=${encodeURIComponent(WIDE)}`)
      await page.waitForSelector('[data-pair]')
      const before = await page.textContent('[data-pair-says]')
      await page.click('[data-layer="0"][data-head="3"]')
      await page.waitForFunction((said) => document.querySelector('[data-pair-says]')!.textContent !== said, before)
      await page.fill('input[type=text]', 'it slept')
      await page.waitForFunction(() => document.querySelector('.below')!.textContent!.includes('has no place in the second text'))
      await page.click(`.below >> text=${strings.pair.close}`)
      await expect.poll(() => page.url()).not.toContain('beside=')
    })

    it.each([
      ['light', { colorScheme: 'light' }],
      ['a phone, dark', { viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true, colorScheme: 'dark' }],
    ] as const)('axe finds nothing and nothing is wider than the window (%s)', async (_, options) => {
      const page = await open(`${at(EXAMPLE, 2, 1, IT, 2)}&apart=first&beside=${encodeURIComponent(WIDE)}`, {
        ...options,
        bypassCSP: true,
      })
      await page.waitForSelector('[data-pair]')
      await expectToFit(page)
      expect(await objections(page)).toEqual([])
    })
  })

  it('a word that the model hardly met is underlined with dots and named under the statement', async () => {
    const encoder = await serveExplorer(on.built, fileURLToPath(new URL('../../models/encoder', import.meta.url)))
    try {
      const page = await open(at('The quokka slept because the dog was tired.', 0, 0, 3), { bypassCSP: true }, encoder.address)
      const marked = await page.$$eval('.ink .hardly', (all) => all.map(({ textContent }) => textContent).join(''))
      expect(marked).toBe('quokka')
      expect(await page.textContent('[data-hardly]')).toMatch(/^Underlined with dots: quokka\. This model hardly met the word/)
      const headers = await page.$$eval('[role=rowheader].hardly', (all) => all.map((each) => each.getAttribute('aria-label')!))
      expect(headers.length).toBeGreaterThan(0)
      for (const header of headers) expect(header).toContain('(hardly met in training) looks at: ')
      expect(await objections(page)).toEqual([])
      await write(page, 'The dog slept because the cat was tired.')
      await page.waitForFunction(() => !document.querySelector('[data-hardly]'))
    } finally {
      await encoder.close()
    }
  })

  describe('long texts', () => {
    const long = 'the animal didn t cross the wide street because it was too tired and the dog slept in the sun '.repeat(4).trim()

    it('show a part of the matrix that the keyboard walks to its last cell, with the library’s weights', async () => {
      const page = await open(at(long, 1, 2, 3))
      using run = await on.oracle.run(long)
      const L = run.tokens.length
      expect(L).toBeGreaterThan(64)
      const row = page.locator('[role=grid].matrix')
      expect(await row.getAttribute('aria-rowcount')).toBe(String(L + 1))
      await focusOn(page, '[role=gridcell][data-row="3"][tabindex="0"]')
      await page.keyboard.press('Control+End')
      await page.waitForFunction((last) => (document.activeElement as HTMLElement).dataset.row === String(last), L - 1)
      const expected = await run.attention(1, 2).all()
      const cells = await cellsOf(page)
      expect(cells.length).toBeLessThan(L * L)
      for (const { row, column, weight } of cells) expect(Math.abs(weight - expected[row * L + column]!)).toBeLessThan(TOLERANCE)
      await page.keyboard.press('Enter')
      await expect.poll(() => page.url()).toContain(`token=${L - 1}&column=${L - 1}`)
      expect(Number(await page.textContent('output'))).toBeCloseTo(expected[L * L - 1]!, 4)
    })

    it('get their thumbnails too, each dot named as the largest of several weights', async () => {
      const page = await open(at(long, 1, 2, 3))
      await page.waitForFunction(() => document.querySelectorAll('canvas.blank').length === 0)
      expect(await page.textContent('.heads .note')).toContain('Each dot is the largest of 2 × 2 weights.')
    })
  })

  describe('when things go wrong', () => {
    it('a worker that dies is started again, with the text kept', async () => {
      const page = await open(at(EXAMPLE, 1, 1, IT))
      const worker = page.workers().find((each) => each.url().includes('engine.worker'))!
      await worker.evaluate(() => void setTimeout(() => Promise.reject(new Error('out of luck')), 0))
      await page.waitForFunction(
        (said) => document.querySelector('#statement')?.textContent?.includes(said),
        strings.status.crashed,
      )
      await write(page, 'the dog slept')
      await page.waitForFunction(() => document.querySelectorAll('.side').length === 5)
      on.visits.at(-1)!.errors.splice(0)
    })

    it('a host without isolation gives one thread, and the page says so', async () => {
      const plain = await serveExplorer(on.built, on.folder, { isolated: false })
      try {
        const page = await open('', {}, plain.address)
        expect(await page.textContent('[data-engine]')).toMatch(/1 thread$/)
        await page.keyboard.press('?')
        expect((await page.textContent('dialog[open]'))!.length).toBeGreaterThan(0)
      } finally {
        await plain.close()
      }
    })

    it('a model that is not there is one plain line and an offer to try again', async () => {
      const empty = await serveExplorer(on.built, on.built)
      try {
        const page = await on.browser.newPage()
        await page.goto(empty.address)
        await page.waitForSelector('#statement [role=alert]')
        expect(await page.textContent('#statement [role=alert]')).toContain('config.json')
        expect(await page.inputValue('textarea')).toBe(EXAMPLE)
        await page.close()
      } finally {
        await empty.close()
      }
    })
  })

  const minilm = shared('models/all-MiniLM-L6-v2/')
  const describeReal = minilm ? describe : describe.skip
  describeReal(`on all-MiniLM-L6-v2${minilm ? '' : ' (skipped: ../shared/models/all-MiniLM-L6-v2 is not on this machine)'}`, () => {
    it('it looks at animal most: 67.7 % in layer 3, head 1', async () => {
      const real = await serveExplorer(on.built, fileURLToPath(minilm!).replace(/\/$/, ''))
      try {
        const page = await open('', {}, real.address)
        expect(await statementOf(page)).toBe('it looks at animal most: 67.7 % of its attention in layer 3, head 1.')
        expect(await page.textContent('#statement')).toContain(
          'of 72 heads, its strongest look back at a word beyond its neighbours',
        )
        expect(Number(await page.textContent('output'))).toBeCloseTo(0.6768, 4)
        expect(await page.textContent('header')).toContain('all-MiniLM-L6-v2')
      } finally {
        await real.close()
      }
    })
  })
})

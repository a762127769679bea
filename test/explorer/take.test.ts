import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { formatFragment, type Own, type ViewId } from '../../explorer/src/state/fragment.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { anatomy, effect, openTrace } from '../../src/lens/index.ts'
import { type Edit, loadModel, type Model, type Run } from '../../src/model/index.ts'
import { describeBrowser, startBrowser } from '../support/browser.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'
import { built } from './built.ts'
import { serveExplorer, type Visit, visit } from './page.ts'
import { objections } from './stage.ts'

const TEXT = 'The animal didn\'t cross the street, "because" it was too tired.'
const TOLERANCE = 2e-5
const [LAYER, HEAD] = [1, 2]

describeBrowser('what can be taken away', () => {
  let folder: string
  let browser: Browser
  let oracle: Model
  let run: Run
  let matrix: Float32Array | Float64Array

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'regard-tiny-')), 'tiny-bert')
    await writeTinyBert(folder)
    browser = await startBrowser()
    oracle = await loadModel(folder, { dtype: 'float64' })
    run = await oracle.run(TEXT)
    matrix = await run.attention(LAYER, HEAD).all()
  })

  afterAll(async () => {
    run?.dispose()
    oracle?.dispose()
    await browser?.close()
    await rm(join(folder, '..'), { recursive: true, force: true })
  })

  function expectWeights(rows: readonly (readonly number[])[]): void {
    const L = run.tokens.length
    expect(rows).toHaveLength(L)
    for (const [i, row] of rows.entries()) {
      expect(row).toHaveLength(L)
      for (const [j, weight] of row.entries()) expect(Math.abs(weight - matrix[i * L + j]!)).toBeLessThan(TOLERANCE)
    }
  }

  describe('from the page', () => {
    let server: Listening
    let opened: Visit
    let page: Page

    beforeAll(async () => {
      server = await serveExplorer(await built('page'), folder)
      const held = { layer: LAYER, head: HEAD, token: 3, column: undefined }
      opened = await visit(browser, server.address + formatFragment(TEXT, held), { acceptDownloads: true, bypassCSP: true })
      page = opened.page
      await page.click('header button:has-text("Take away")')
    })

    afterEach(() => expect(opened.errors).toEqual([]))

    afterAll(async () => {
      await page?.close()
      await server?.close()
    })

    async function taken(kind: string): Promise<Buffer> {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(`[data-take=${kind}]`)])
      expect(download.suggestedFilename()).toBe(`the-animal-didn-t-cross-layer-1-head-2.${kind}`)
      return readFile(await download.path())
    }

    it('JSON holds every weight of the float64 reference, and the tokens with their places', async () => {
      const made = JSON.parse(String(await taken('json')))
      expect(made).toMatchObject({ format: 'regard-matrix', version: 1, text: TEXT, layer: LAYER, head: HEAD })
      expect(made.tokens.map(({ text }: { text: string }) => text)).toEqual(run.tokens.map(({ text }) => text))
      expect(made.link).toBe(page.url())
      expectWeights(made.weights)
    })

    it('CSV is a table with labels, quoted where it must be', async () => {
      const lines = String(await taken('csv'))
        .trimEnd()
        .split('\r\n')
      const cells = lines.map((line) =>
        [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell!).slice(0, run.tokens.length + 1),
      )
      expect(cells[0]!.slice(1)).toEqual(cells.slice(1).map(([label]) => label))
      expect(cells[0]).toContain('""""')
      expectWeights(cells.slice(1).map((row) => row.slice(1).map(Number)))
    })

    it('SVG and PNG are the same picture, with a caption that says what was measured', async () => {
      const svg = String(await taken('svg'))
      expect(svg).toMatch(/^<svg /)
      expect(svg).toContain(`on one text of ${run.tokens.length} tokens`)
      const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg)!.map(Number)
      const png = await taken('png')
      expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([Math.ceil(2 * width!), Math.ceil(2 * height!)])
    })

    it('the page of its own opens without a network and holds every number', async () => {
      const html = String(await taken('html'))
      const alone = await browser.newPage({ offline: true })
      await alone.setContent(html)
      const rows = await alone.$$eval('tr', (list) =>
        list.slice(1).map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent))),
      )
      expect(rows.flat().every((weight, n) => Math.abs(weight - matrix[n]!) <= 5.1e-5)).toBe(true)
      const { weights } = JSON.parse((await alone.textContent('#regard'))!)
      expectWeights(weights)
      expect(await alone.textContent('h1')).toBe(TEXT)
      expect(html).not.toMatch(/(?:src|href)="(?!http:\/\/127)/)
      await alone.close()
    })

    it('the trace file holds the run: queries and keys that give the weights of the float64 reference', async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-take=trace]')])
      expect(download.suggestedFilename()).toBe('the-animal-didn-t-cross-trace.safetensors')
      using kept = await openTrace(new Uint8Array(await readFile(await download.path())))
      expect(kept.text).toBe(TEXT)
      expect(kept.edited).toBe(false)
      const weights = await kept.attention(LAYER, HEAD).all()
      for (const [n, weight] of weights.entries()) expect(Math.abs(weight - matrix[n]!)).toBeLessThan(TOLERANCE)
    })

    it('axe finds nothing in the list', async () => {
      expect(await objections(page)).toEqual([])
    })
  })

  describe('from other views', () => {
    const EDITS = [{ ablate: 'head', layer: 0, head: 1 }]
    let server: Listening

    beforeAll(async () => {
      server = await serveExplorer(await built('page'), folder)
    })

    afterAll(() => server?.close())

    /** Opens a view and its list; → the page and what is offered. */
    async function listIn(view: ViewId, own: Own, ready: string): Promise<{ page: Page; titles: string[]; errors: string[] }> {
      const held = { layer: LAYER, head: HEAD, token: 3, column: 5 }
      const opened = await visit(browser, server.address + formatFragment(TEXT, held, view, own), { acceptDownloads: true }, ready)
      await opened.page.click('header button:has-text("Take away")')
      await opened.page.waitForSelector('dialog[open] select')
      const titles = await opened.page.$$eval('dialog[open] option', (all) => all.map(({ textContent }) => textContent!))
      return { page: opened.page, titles, errors: opened.errors }
    }

    async function rowsOf(page: Page, title: string): Promise<string[][]> {
      await page.selectOption('dialog[open] select', { label: title })
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-take=csv]')])
      const lines = String(await readFile(await download.path())).trimEnd()
      return lines.split('\r\n').map((line) => line.split(','))
    }

    it('Question offers what each link is worth, the changed head, and a trace and a link with the changes', async () => {
      const { page, titles, errors } = await listIn('question', { edits: JSON.stringify(EDITS) }, '[data-worth]')
      expect(titles).toHaveLength(3)
      const worth = await rowsOf(page, titles.find((title) => title.startsWith('Looked and mattered'))!)
      const { tokens } = await effect(oracle, TEXT, { row: 3, layer: LAYER, head: HEAD })
      expect(worth).toHaveLength(tokens.length + 1)
      for (const [number, , looked, mattered] of worth.slice(1).filter((row) => row.length === 4)) {
        const expected = tokens[Number(number)]!
        expect(Math.abs(Number(looked) - expected.weight)).toBeLessThan(TOLERANCE)
        expect(Math.abs(Number(mattered) - expected.effect)).toBeLessThan(TOLERANCE)
      }
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-take=trace]')])
      using kept = await openTrace(new Uint8Array(await readFile(await download.path())))
      expect(kept.edits).toEqual(EDITS)
      using changed = await oracle.run(TEXT, { edits: EDITS as Edit[] })
      const expected = await changed.attention(LAYER, HEAD).all()
      const weights = await kept.attention(LAYER, HEAD).all()
      for (const [n, weight] of weights.entries()) expect(Math.abs(weight - expected[n]!)).toBeLessThan(TOLERANCE)
      await expect.poll(() => page.url()).toContain('edits=')
      expect(errors).toEqual([])
      await page.close()
    })

    it('Understand offers the score number by number, and what it offers goes with the view', async () => {
      const { page, titles, errors } = await listIn('understand', {}, '#stop-out')
      const score = await rowsOf(page, titles.find((title) => title.startsWith('The score of'))!)
      using apart = anatomy(oracle, run, { layer: LAYER })
      const { terms } = await apart.cell(HEAD, 3, 5)
      for (const [n, term] of terms.entries()) expect(Number(score[n + 1]![3])).toBeCloseTo(term, 4)
      await page.keyboard.press('Escape')
      await page.keyboard.press('Alt+1')
      await page.waitForSelector('[role=gridcell]')
      await page.click('header button:has-text("Take away")')
      expect(await page.$$eval('dialog[open] option', (all) => all.length)).toBe(1)
      expect(errors).toEqual([])
      await page.close()
    })
  })

  describe('<regard-matrix> in a page of another origin', () => {
    let element: string
    let cdn: Server
    let site: Server
    const at = (server: Server, path = ''): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`

    beforeAll(async () => {
      element = await built('element')
      const types: Record<string, string> = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' }
      cdn = createServer(async (request, response) => {
        const [, where, path = ''] = /^\/(embed|model)\/([\w./-]+)$/.exec(request.url ?? '') ?? []
        const file = await readFile(join(where === 'embed' ? element : folder, path)).catch(() => undefined)
        response.setHeader('access-control-allow-origin', '*')
        response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
        response.writeHead(file ? 200 : 404).end(file)
      }).listen(0, '127.0.0.1')
      site = createServer((_, response) => {
        response.setHeader('content-type', 'text/html')
        response.end(
          `<!doctype html><html lang="en"><title>A page</title><script type="module" src="${at(cdn, 'embed/regard-matrix.js')}"></script>` +
            `<regard-matrix model="${at(cdn, 'model')}" text="${TEXT.replaceAll('"', '&quot;')}" layer="${LAYER}" head="${HEAD}" token="3"></regard-matrix></html>`,
        )
      }).listen(0, '127.0.0.1')
    })

    afterAll(async () => {
      cdn?.close()
      site?.close()
    })

    it('reads the text with one script tag, and tells what is held', async () => {
      const page = await browser.newPage()
      const errors: string[] = []
      page.on('pageerror', (error) => errors.push(String(error)))
      await page.goto(at(site))
      await page.waitForSelector('regard-matrix [role=gridcell][data-row="0"]')
      const cells = await page.$$eval('regard-matrix [role=gridcell]', (list) =>
        list.map((cell) => [
          Number((cell as HTMLElement).dataset.row),
          Number((cell as HTMLElement).dataset.column),
          Number((cell as HTMLElement).style.getPropertyValue('--w')) ** 2,
        ]),
      )
      const L = run.tokens.length
      expect(cells).toHaveLength(L * L)
      for (const [i, j, weight] of cells) expect(Math.abs(weight! - matrix[i! * L + j!]!)).toBeLessThan(TOLERANCE)
      const told = page.evaluate(
        () =>
          new Promise((resolve) => {
            document
              .querySelector('regard-matrix')!
              .addEventListener('regard-hold', (event) => resolve((event as CustomEvent).detail))
          }),
      )
      await page.click('regard-matrix [role=gridcell][data-row="2"][data-column="1"]')
      expect(await told).toEqual({ layer: LAYER, head: HEAD, token: 2, column: 1 })
      expect(errors).toEqual([])
      await page.close()
    })
  })
})

import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Fragment, formatFragment, parseFragment } from '../../explorer/src/state/fragment.ts'
import { embeddedModel } from '../../src/cli/places.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { answered, find, heads, openableOf, opening, profile } from '../../src/lens/index.ts'
import { type AttentionKind, exampleFor, loadModel, type Model, type Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { serveExplorer, visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const DATE = exampleFor('translator')
const MORE = ['the third of May nineteen ninety nine']
/** The page runs in float32. */
const CLOSE = 2e-5

const near = (value: number, expected: number): void => {
  if (Number.isNaN(expected)) expect(value).toBeNaN()
  else expect(Math.abs(value - expected)).toBeLessThanOrEqual(CLOSE * Math.max(1, Math.abs(expected)))
}

describeBrowser('the three attentions of an encoder–decoder in the Heads view', () => {
  const on = stage()
  let server: Listening
  let oracle: Model
  /** With what the float64 model writes in answer. */
  let runs: Run[]

  beforeAll(async () => {
    server = await serveExplorer(on.built, on.folder, { embedded: true })
    oracle = await loadModel(embeddedModel('translator')!, { dtype: 'float64' })
    runs = []
    for (const text of [DATE, ...MORE]) runs.push(await oracle.run(await answered(oracle, text)))
  })
  afterAll(async () => {
    for (const run of runs ?? []) run.dispose()
    oracle?.dispose()
    await server?.close()
  })

  async function open(own: Fragment['own'] = {}, options: BrowserContextOptions = {}): Promise<Page> {
    const address = server.address + formatFragment(DATE, undefined, 'heads', own, 'translator')
    const made = await visit(on.browser, address, options, '[data-head]')
    on.visits.push(made)
    for (const part of ['[data-looks]', '[data-alike]', '[data-part]']) await made.page.waitForSelector(part)
    return made.page
  }

  const numbers = (page: Page, selector: string, name: string): Promise<number[]> =>
    page.$$eval(selector, (list, name) => list.map((each) => Number((each as HTMLElement).dataset[name])), name)

  async function expectTable(page: Page, of: readonly Run[], kind: AttentionKind): Promise<void> {
    const report = await heads(of, { kind })
    const shown = await page.$$eval('[data-head]', (rows) =>
      rows.map((row) => ({
        head: (row as HTMLElement).dataset.head!,
        cells: [...row.querySelectorAll<HTMLElement>('[data-measure]')].map(({ dataset }) => [
          dataset.measure!,
          Number(dataset.value),
        ]),
      })),
    )
    expect(shown.map(({ head }) => head)).toEqual(report.heads.map(({ layer, head }) => `${layer}.${head}`))
    for (const [n, { cells }] of shown.entries()) {
      expect(new Set(cells.map(([measure]) => measure))).toEqual(new Set(['left', ...report.measures]))
      const { all, left } = report.heads[n]!
      for (const [measure, value] of cells as [keyof typeof all | 'left', number][]) near(value, { ...all, left }[measure])
    }
  }

  it.each(['decoder', 'cross'] as const)(
    '%s: it is chosen, stands in the address, and every figure is the library’s',
    async (kind) => {
      const page = await open({ headtexts: MORE.join('\n') })
      await page.selectOption('.controls select', kind)
      await page.waitForSelector('[data-written]')
      await expect.poll(() => parseFragment(new URL(page.url()).hash).own.headkind).toBe(kind)
      expect(await page.textContent('[data-written]')).toContain(
        `“${runs[0]!.textOf(0, { kind: 'decoder' })}”, the model’s own answer`,
      )
      await expectTable(page, runs, kind)
      await page.selectOption('.controls select', 'encoder')
      await page.waitForSelector('[data-measure=locality]')
      await expect.poll(() => page.$('[data-written]')).toBeNull()
      await expect.poll(() => parseFragment(new URL(page.url()).hash).own.headkind).toBeUndefined()
      await expectTable(page, runs, 'encoder')
    },
  )

  it.each(['decoder', 'cross'] as const)('%s: heads are found, likened and profiled where its rule opens', async (kind) => {
    const page = await open({ headkind: kind })
    const run = runs[0]!
    const { layer, head, row, column } = await opening(openableOf(run, kind))
    const alike = await find(run, { like: [layer, head], kind })
    const distances = await numbers(page, '[data-alike] [data-value]', 'value')
    for (const [n, distance] of distances.entries()) expect(distance).toBeCloseTo(alike.heads[n]!.distance, 3)
    const { layers } = await profile(run, { kind })
    const shares = await numbers(page, '[data-part=start] [data-share]', 'share')
    for (const [n, share] of shares.entries()) near(share, layers[n]!.attention.parts[0]!)
    // what the year is written by, where it is read: both are spans of tokens
    const [from, to] = await page.$$eval('.ask button', (words) => words.map((word) => word.textContent!.trim()))
    const tokensOf = (side: 'encoder' | 'decoder') => run.tokensOf(0, { kind: side })
    const written = run.textOf(0, { kind: 'decoder' })!
    expect(from).toContain(written.slice(tokensOf('decoder')[row]!.start, tokensOf('decoder')[row]!.end))
    const looked = kind === 'cross' ? DATE : written
    const there = tokensOf(kind === 'cross' ? 'encoder' : 'decoder')[column!]!
    expect(to).toContain(looked.slice(there.start, there.end).trim())
    const { heads: list } = await find(run, { from: from!, to: to!, kind })
    const weights = await numbers(page, '[data-looks] [data-value]', 'value')
    for (const [n, weight] of weights.entries()) near(weight, list[n]!.weight)
  })

  it('cross: a word that was written and one that was read are chosen each from its own text', async () => {
    const page = await open({ headkind: 'cross' })
    await page.click('[data-picking=from] >> text="03"')
    await page.click('[data-picking=to] >> text="March"')
    await expect.poll(() => page.textContent('[data-found]')).toMatch(/from\s+03\s+to\s+March/)
    const { heads: list } = await find(runs[0]!, { from: '03', to: 'March', kind: 'cross' })
    await expect.poll(async () => (await numbers(page, '[data-looks] [data-value]', 'value'))[0]).toBeCloseTo(list[0]!.weight, 4)
    for (const [n, weight] of (await numbers(page, '[data-looks] [data-value]', 'value')).entries()) near(weight, list[n]!.weight)
    const { token, column } = { token: 6, column: 3 }
    await expect.poll(() => parseFragment(new URL(page.url()).hash).own.crosscell).toBe(`${token},${column}`)
  })

  it('what parts are worth is measured on the attention that is shown', async () => {
    const page = await open({ headkind: 'cross' })
    await page.click('text=/^Compute what each part is worth/')
    await page.waitForSelector('[data-effect]')
    const { layers } = await profile(runs[0]!, { kind: 'cross', effect: { model: oracle } })
    const effects = await numbers(page, '[data-part=end] [data-effect]', 'effect')
    for (const [n, effect] of effects.entries()) near(effect, layers[n]!.effect!.parts[2]!)
  })

  it('a head of cross-attention opens in Across', async () => {
    const page = await open({ headkind: 'cross' })
    await page.click('[data-head="0.2"] button')
    await page.waitForSelector('[data-crossed]')
    await expect.poll(() => parseFragment(new URL(page.url()).hash)).toMatchObject({ view: 'across', own: { crosshead: '0,2' } })
    await page.goBack()
    await page.waitForSelector('[data-head="0.2"]')
  })

  it('what is typed in Across is what was written here', async () => {
    const page = await open({ headkind: 'cross', target: '1999-12-31' })
    expect(await page.textContent('[data-written]')).toContain('“1999-12-31”, as typed in Across')
    using run = await oracle.run({ text: DATE, target: '1999-12-31' })
    await expectTable(page, [run], 'cross')
  })

  it.each([
    ['light', {}],
    ['dark, on a phone', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
  ] as const)('axe finds nothing and nothing is wider than the window, %s', async (_, options) => {
    const page = await open({ headkind: 'cross' }, { ...options, bypassCSP: true })
    for (const summary of await page.$$('summary')) await summary.click()
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })

  it('other models have one kind of attention and no choice', async () => {
    const made = await visit(
      on.browser,
      server.address + formatFragment('The cat sat.', undefined, 'heads', { headkind: 'cross' }, 'encoder'),
      {},
      '[data-head]',
    )
    on.visits.push(made)
    await made.page.waitForSelector('[data-measure=locality]')
    expect(await made.page.$('option[value=cross]')).toBeNull()
  })
})

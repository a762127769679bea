import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { figure } from '../../explorer/src/heads/strings.ts'
import { COLUMNS, type Column, isShare } from '../../explorer/src/heads/table.ts'
import { formatFragment, parseFragment } from '../../explorer/src/state/fragment.ts'
import { find, type HEAD_MEASURES, type HeadsReport, heads, LABEL_RULES, profile, repeated } from '../../src/lens/index.ts'
import type { Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const TEXT = "The animal didn't cross the street because it was too tired."
const MORE = ['The dog slept in the sun.', 'It was too big, the trophy was too big.']
const HELD = { layer: 1, head: 2, token: 10, column: 2 }
/** The page runs in float32. */
const CLOSE = 2e-5

const near = (value: number, expected: number): void => {
  if (Number.isNaN(expected)) expect(value).toBeNaN()
  else expect(Math.abs(value - expected)).toBeLessThanOrEqual(CLOSE * Math.max(1, Math.abs(expected)))
}

describeBrowser('the Heads view in Chromium', () => {
  const on = stage()
  let runs: Run[]

  beforeAll(async () => {
    runs = await Promise.all([TEXT, ...MORE].map((text) => on.oracle.run(text)))
  })

  afterAll(() => {
    for (const run of runs ?? []) run.dispose()
  })

  async function open(own: Readonly<Record<string, string>> = {}, options: BrowserContextOptions = {}): Promise<Page> {
    const address = on.server.address + formatFragment(TEXT, HELD, 'heads', own)
    const made = await visit(on.browser, address, options, '[data-head]')
    on.visits.push(made)
    for (const part of ['[data-looks]', '[data-alike]', '[data-part]']) await made.page.waitForSelector(part)
    return made.page
  }

  const texts = (page: Page, selector: string): Promise<string[]> =>
    page.$$eval(selector, (list) =>
      list.map((each) => (each.textContent ?? '').replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim()),
    )

  /** What the table shows: by head, by measure, the number and how it is written. */
  const table = (page: Page, row = '[data-head]') =>
    page.$$eval(row, (rows) =>
      rows.map((each) => ({
        name: (each as HTMLElement).dataset.head ?? '',
        cells: [...each.querySelectorAll<HTMLElement>('[data-measure]')].map((cell) => ({
          measure: cell.dataset.measure!,
          value: cell.dataset.value === undefined ? undefined : Number(cell.dataset.value),
          text: (cell.textContent ?? '').trim(),
        })),
      })),
    )

  async function expectTable(page: Page, report: HeadsReport, apart: boolean): Promise<void> {
    const shown = await table(page)
    expect(shown).toHaveLength(report.heads.length)
    for (const [n, { layer, head, left, ...figures }] of report.heads.entries()) {
      expect(shown[n]!.name).toBe(`${layer}.${head}`)
      const expected = { ...(apart ? figures.apart : figures.all), left }
      const names = COLUMNS.filter((column) => column !== 'repeated' && !(apart && column === 'firstToken'))
      expect(shown[n]!.cells.map(({ measure }) => measure)).toEqual(names)
      for (const { measure, value, text } of shown[n]!.cells) {
        near(value!, expected[measure as keyof typeof expected])
        const written = figure(isShare(measure as Column), value!)
        expect(text.replace('not measured', '')).toBe(written)
      }
    }
    const [even] = await table(page, '[data-even]')
    for (const { measure, value } of even!.cells) {
      near(value!, report.chance[0]![apart ? 'apart' : 'all'][measure as (typeof HEAD_MEASURES)[number]])
    }
    const [counts] = await table(page, '[data-rows]')
    for (const { measure, text } of counts!.cells)
      if (measure !== 'left')
        expect(text).toBe(String(report.chance[0]![apart ? 'rowsApart' : 'rows'][measure as (typeof HEAD_MEASURES)[number]]))
  }

  it('every figure of every head is the library’s in float64, with the sinks and without them', async () => {
    const page = await open()
    const report = await heads(runs[0]!)
    await expectTable(page, report, false)
    await page.click('text=Sinks apart')
    await expect.poll(() => page.$('thead [title] >> text=first token')).toBeNull()
    await expectTable(page, report, true)
    await expect.poll(() => page.url()).toContain('headapart=1')
  })

  it('one sentence is too little for a label, and the page says so', async () => {
    const page = await open()
    const report = await heads(runs[0]!)
    expect(await texts(page, '[data-summary]')).toEqual([
      `On this text (${report.tokens} tokens, ${report.rows} looks) no head can earn a label: that takes 20 looks. Add more texts.`,
    ])
  })

  it('texts that are added are measured too, stand in the address, and earn the labels that the library gives', async () => {
    const page = await open()
    await page.fill('#heads-texts', MORE.join('\n'))
    await expect.poll(() => parseFragment(new URL(page.url()).hash).own.headtexts).toBe(MORE.join('\n'))
    const report = await heads(runs)
    await expect.poll(() => texts(page, '[data-summary]')).toContainEqual(expect.stringContaining('this text and 2 more'))
    await expectTable(page, report, false)
    const earned = report.heads.map(({ labels }) =>
      labels.map(({ name, beyondSinks }) => name + (beyondSinks ? '*' : '')).join(', '),
    )
    expect((await texts(page, '[data-head] .labels')).map((each) => each.replace('no label', ''))).toEqual(earned)
    const some = report.heads.filter(({ labels }) => labels.length > 0).length
    const says = some > 0 ? `${some} of ${report.heads.length} heads` : `none of ${report.heads.length} heads`
    expect((await texts(page, '[data-summary]'))[0]).toContain(says)
    const few = LABEL_RULES.filter(({ measure, rows }) => report.chance.every((each) => each.rows[measure] < rows))
    for (const { name } of few) expect(await page.textContent('.top .note')).toContain(name)
  })

  it('a press on a measure sorts by it, a second one the other way, and the address keeps it', async () => {
    const page = await open()
    const values = async (): Promise<number[]> =>
      page.$$eval('[data-head] [data-measure=self]', (cells) => cells.map((cell) => Number((cell as HTMLElement).dataset.value)))
    await page.click('th button >> text=/^itself/')
    const down = await values()
    expect(down).toEqual(down.toSorted((a, b) => b - a))
    await page.click('th button >> text=/^itself/')
    expect(await values()).toEqual(down.toReversed())
    expect(await page.getAttribute('th[aria-sort]', 'aria-sort')).toBe('ascending')
    await expect.poll(() => page.url()).toContain('headsort=self.up')
  })

  it('a click on a head reads it, and Back leads back', async () => {
    const page = await open()
    await page.click('[data-head="2.3"] button')
    await page.waitForSelector('[role=grid]')
    await expect
      .poll(() => parseFragment(new URL(page.url()).hash))
      .toMatchObject({ view: 'read', held: { ...HELD, layer: 2, head: 3 } })
    await page.goBack()
    await page.waitForSelector('[data-head="2.3"] [aria-current]')
  })

  it('heads are ranked by how much one word looks at another, with the library’s figures', async () => {
    const page = await open()
    const expectFound = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
      const { heads: list } = await find(runs[0]!, { from, to })
      const read = () =>
        page.$$eval('[data-looks]', (rows) =>
          rows.map((row) => {
            const of = (name: string): number => Number(row.querySelector<HTMLElement>(`[data-${name}]`)!.dataset[name])
            return { head: (row as HTMLElement).dataset.looks!, figures: [of('value'), of('apart'), of('chance'), of('first')] }
          }),
        )
      await expect.poll(async () => (await read())[0]!.head).toBe(`${list[0]!.layer}.${list[0]!.head}`)
      for (const [n, { head, figures }] of (await read()).entries()) {
        const { layer, head: number, weight, apart, chance, first } = list[n]!
        expect(head).toBe(`${layer}.${number}`)
        for (const [at, value] of [weight, apart, chance, first].entries()) near(figures[at]!, value)
      }
    }
    await expectFound([10, 10], [2, 2])
    // “didn't” is one word of three tokens: 3, 4, 5
    await page.click('[data-word] >> text="didn\'t"')
    await page.click('[data-word] >> text="street"')
    await expect.poll(() => parseFragment(new URL(page.url()).hash).held).toMatchObject({ token: 3, column: 8 })
    await expectFound([3, 5], [8, 8])
  })

  it('words are looked for in all texts on request', async () => {
    const page = await open({ headtexts: MORE.join('\n') })
    await page.click('[data-word="0"]')
    await page.click('[data-word] >> text="was"')
    await page.click('text=In all texts that have both words')
    const look = { from: 0, to: 'was' }
    const { heads: list, places } = await find([runs[0]!, runs[2]!], { each: [look, look] })
    await expect.poll(() => texts(page, '[data-looks] [data-value]')).toHaveLength(8)
    await expect.poll(() => texts(page, 'section .note')).toContainEqual(expect.stringMatching(/^2 of 3 texts have both words/))
    expect(places).toHaveLength(2)
    const shown = await page.$$eval('[data-looks] [data-value]', (cells) =>
      cells.map((cell) => Number((cell as HTMLElement).dataset.value)),
    )
    for (const [n, value] of shown.entries()) near(value, list[n]!.weight)
  })

  it('heads that do as the one that is held are ranked by the library’s distance', async () => {
    const page = await open()
    const { heads: list } = await find(runs[0]!, { like: [HELD.layer, HELD.head] })
    const shown = await page.$$eval('[data-alike]', (rows) =>
      rows.map((row) => ({
        head: (row as HTMLElement).dataset.alike!,
        distance: Number(row.querySelector<HTMLElement>('[data-value]')!.dataset.value),
        apart: Number(row.querySelector<HTMLElement>('[data-apart]')!.dataset.apart),
      })),
    )
    expect(shown.map(({ head }) => head)).toEqual(list.slice(0, shown.length).map(({ layer, head }) => `${layer}.${head}`))
    for (const [n, { distance, apart }] of shown.entries()) {
      // the root of a small divergence magnifies what float32 rounds off
      expect(distance).toBeCloseTo(list[n]!.distance, 3)
      expect(apart).toBeCloseTo(list[n]!.apart, 3)
    }
  })

  const parts = (page: Page) =>
    page.$$eval('[data-part]', (tables) =>
      tables.map((each) =>
        [...each.querySelectorAll<HTMLElement>('[data-layer]')].map((row) => {
          const share = row.querySelector<HTMLElement>('[data-share]')!.dataset
          const effect = row.querySelector<HTMLElement>('[data-effect]')?.dataset.effect
          return {
            share: Number(share.share),
            chance: Number(share.chance),
            effect: effect === undefined ? undefined : Number(effect),
          }
        }),
      ),
    )

  it('start, middle and end have their shares beside what position alone gives, and on request their exact worth', async () => {
    const page = await open()
    const { layers, measure } = await profile(runs[0]!, { effect: { model: on.oracle } })
    await page.click('text=/^Compute what each part is worth/')
    await page.waitForSelector('[data-effect]')
    const shown = await parts(page)
    for (const [n, { attention, chance, effect }] of layers.entries()) {
      const columns = [attention.sinks, ...attention.parts].map((share, at) => ({
        share,
        chance: [chance.sinks, ...chance.parts][at]!,
        effect: [effect!.sinks, ...effect!.parts][at]!,
      }))
      for (const [at, expected] of columns.entries()) {
        near(shown[at]![n]!.share, expected.share)
        near(shown[at]![n]!.chance, expected.chance)
        near(shown[at]![n]!.effect!, expected.effect)
      }
    }
    expect(await texts(page, 'section .note')).toContainEqual(expect.stringContaining(measure!))
    await page.click('[aria-labelledby=heads-profile] label >> text=Sinks apart')
    await expect.poll(async () => (await parts(page))[1]![0]!.share).toBeCloseTo(layers[0]!.attention.beside[0]!, 5)
    for (const [n, { attention, chance }] of layers.entries())
      for (const at of attention.beside.keys()) {
        near((await parts(page))[at + 1]![n]!.share, attention.beside[at]!)
        near((await parts(page))[at + 1]![n]!.chance, chance.beside[at]!)
      }
  })

  it('the looks of the word that is held have a profile of their own', async () => {
    const page = await open({ headwhose: 'held' })
    const { layers, rows } = await profile(runs[0]!, { from: HELD.token })
    expect(rows).toBe(1)
    expect(await texts(page, 'section .note')).toContainEqual(expect.stringMatching(/^Measured on 1 look\./))
    const shown = await parts(page)
    for (const [n, { attention }] of layers.entries())
      for (const [at, share] of attention.parts.entries()) near(shown[at + 1]![n]!.share, share)
  })

  it('induction on random tokens is a column of its own', async () => {
    const page = await open()
    await page.click('text=Measure induction on random tokens')
    await page.waitForSelector('[data-measure=repeated][data-value]')
    const found = await repeated(on.oracle)
    const shown = await page.$$eval('[data-head] [data-measure=repeated]', (cells) =>
      cells.map((cell) => Number((cell as HTMLElement).dataset.value)),
    )
    for (const [n, value] of shown.entries()) near(value, found.heads[n]!.induction)
  })

  it('a text that cannot be read is named, and what was measured stays', async () => {
    const page = await open()
    await page.fill('#heads-texts', `It slept.\n${'the '.repeat(300)}`)
    await page.waitForSelector('.top [role=alert]')
    expect(await page.textContent('.top [role=alert]')).toMatch(/^That could not be measured: line 2: /)
    expect(await table(page)).toHaveLength(12)
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)('axe finds nothing and nothing is wider than the window, %s', async (_, options) => {
    const page = await open({ headtexts: MORE.join('\n') }, { ...options, bypassCSP: true })
    for (const summary of await page.$$('summary')) await summary.click()
    await page.click('text=/^Compute what each part is worth/')
    await page.waitForSelector('[data-effect]')
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatPlace, parsePlace } from '../../explorer/src/parts/place.ts'
import { type Fragment, formatFragment } from '../../explorer/src/state/fragment.ts'
import { csvOf } from '../../explorer/src/take/files.ts'
import { formatDraw, formatWritten, parseDraw, parseWritten } from '../../explorer/src/write/state.ts'
import { writeStrings as say } from '../../explorer/src/write/strings.ts'
import { nextOffer } from '../../explorer/src/write/taken.ts'
import { embeddedModel } from '../../src/cli/places.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { exampleFor, type GenerateOptions, loadModel, type Model, type Run } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { writeTinyGpt2 } from '../support/tiny-gpt2.ts'
import { focusOn, serveExplorer, visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

/** Weights and probabilities in float32 against float64: conformance/README's tolerance for whole models. */
const TOLERANCE = 2e-5
const TEXT = 'once upon a time'
const DATE = exampleFor('translator')
const HELD = { layer: 1, head: 2, token: 3, column: undefined }

describeBrowser('the Write view in Chromium', () => {
  const on = stage()
  let folder: string
  let server: Listening
  let oracle: Model

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'regard-write-')), 'tiny-gpt2')
    await writeTinyGpt2(folder)
    server = await serveExplorer(on.built, folder, { embedded: true })
    oracle = await loadModel(folder, { dtype: 'float64' })
  })
  afterAll(async () => {
    oracle?.dispose()
    await server?.close()
    await rm(join(folder, '..'), { recursive: true, force: true })
  })

  async function open(
    own: Fragment['own'] = {},
    { text = TEXT, model, ...options }: BrowserContextOptions & { text?: string; model?: string } = {},
    drawn = '[data-said=own]',
  ): Promise<Page> {
    const made = await visit(on.browser, server.address + formatFragment(text, HELD, 'write', own, model), options, drawn)
    on.visits.push(made)
    return made.page
  }

  const press = (page: Page, name: string) => page.click(`button:text-is("${name}")`)
  /** Until so many tokens are written and shown. */
  const settled = (page: Page, count: number) => page.waitForSelector(`[data-written="${count}"]:not([data-waiting])`)
  const shadesOf = (page: Page, part: string): Promise<number[]> =>
    page.$$eval(`${part} [data-token]`, (all) =>
      all
        .toSorted((a, b) => Number((a as HTMLElement).dataset.token) - Number((b as HTMLElement).dataset.token))
        .map((token) => Number((token as HTMLElement).dataset.shade)),
    )
  const nextOf = (page: Page) =>
    page.$$eval('[data-next]', (all) =>
      all.map((each) => {
        const { next, probability, odds } = (each as HTMLElement).dataset
        return {
          id: Number(next),
          probability: Number(probability),
          odds: Number(odds),
          on: each.getAttribute('aria-current') === 'true',
        }
      }),
    )
  const expectNear = (shown: ArrayLike<number>, expected: ArrayLike<number>): void => {
    expect(shown.length).toBe(expected.length)
    for (let n = 0; n < shown.length; n++) expect(Math.abs(shown[n]! - expected[n]!)).toBeLessThan(TOLERANCE)
  }
  const generated = async (model: Model, text: string, options: GenerateOptions) => {
    const list = []
    for await (const token of model.generate(text, options)) list.push(token)
    return list
  }

  it('each press writes what the float64 model would, and shows where the new token looked', async () => {
    const page = await open()
    const before = oracle.tokenizer!.encode(TEXT).ids
    const expected = await generated(oracle, TEXT, { maxNewTokens: 4, top: 10 })
    for (let count = 0; count < 3; count++) {
      await settled(page, count)
      const next = await nextOf(page)
      expect(next.map(({ id }) => id)).toEqual(expected[count]!.top!.map(({ id }) => id))
      expectNear(
        next.map(({ probability }) => probability),
        expected[count]!.top!.map(({ logprob }) => Math.exp(logprob)),
      )
      using run: Run = await oracle.run([...before, ...expected.slice(0, count).map(({ id }) => id)])
      expectNear(await shadesOf(page, '[data-written]'), await run.attention(1, 2).row(run.tokens.length - 1))
      await press(page, say.one)
    }
    await settled(page, 3)
    await expect.poll(() => page.url()).toContain('view=write')
    expect(parseWritten(new URLSearchParams(new URL(page.url()).hash.slice(1)).get('written')!, TEXT, 'tiny-gpt2')).toEqual(
      expected.slice(0, 3).map(({ id }) => id),
    )
  })

  it('another candidate is taken by pressing it, and taken back again', async () => {
    const page = await open()
    const [likeliest, , third] = await nextOf(page)
    expect([likeliest!.on, third!.on]).toEqual([true, false])
    await page.click(`[data-next="${third!.id}"]`)
    await settled(page, 1)
    using run = await oracle.run([...oracle.tokenizer!.encode(TEXT).ids, third!.id])
    expectNear(await shadesOf(page, '[data-written]'), await run.attention(1, 2).row(4))
    await press(page, say.back)
    await settled(page, 0)
    expect((await nextOf(page)).map(({ id }) => id)[0]).toBe(likeliest!.id)
    await expect.poll(() => page.url()).not.toContain('written=')
  })

  it('a link opens the same picture, also of an earlier token, and another text starts anew', async () => {
    const ids = [4, 8, 15]
    const own = { written: formatWritten(ids, TEXT, 'tiny-gpt2')!, writecell: '4' }
    const page = await open(own)
    await settled(page, 3)
    using run = await oracle.run([...oracle.tokenizer!.encode(TEXT).ids, ...ids])
    const shades = await shadesOf(page, '[data-written]')
    expectNear(shades.slice(0, 5), (await run.attention(1, 2).row(4)).subarray(0, 5))
    expect(shades.slice(5)).toEqual([Number.NaN, Number.NaN])
    expect((await nextOf(page)).find(({ on }) => on)?.id ?? 8).toBe(8)
    await focusOn(page, 'textarea')
    await page.keyboard.press('End')
    await page.keyboard.insertText(' it')
    await settled(page, 0)
  })

  it('it writes on until it is stopped, and stops at once', async () => {
    const page = await open()
    await press(page, say.play)
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('[data-written]')!.dataset.written) >= 3)
    await press(page, say.pause)
    const count = await page.$eval('[data-written]', (text) => (text as HTMLElement).dataset.written)
    await page.waitForTimeout(600)
    expect(await page.$eval('[data-written]', (text) => (text as HTMLElement).dataset.written)).toBe(count)
    expect(await page.getAttribute('[data-play]', 'data-play')).toBe('off')
  })

  it('chance draws what the library draws from the same seed, and says how likely that was', async () => {
    const options = { temperature: 1.5, topK: 5, topP: 0.9, seed: 7 }
    const page = await open({ temperature: '1.5', topk: '5', topp: '0.9', seed: '7' })
    const expected = await generated(oracle, TEXT, { ...options, maxNewTokens: 3 })
    for (const [n, { id }] of expected.entries()) {
      await settled(page, n)
      const next = await nextOf(page)
      expect(next.find(({ on }) => on)!.id).toBe(id)
      expect(next.reduce((sum, { odds }) => sum + odds, 0)).toBeCloseTo(1, 5)
      expect(next.filter(({ odds }) => odds > 0).length).toBeLessThanOrEqual(5)
      await press(page, say.one)
    }
  })

  it('what was written becomes the text', async () => {
    const page = await open()
    await press(page, say.one)
    await settled(page, 1)
    const [first] = await generated(oracle, TEXT, { maxNewTokens: 1 })
    await press(page, say.use)
    await settled(page, 0)
    expect(await page.inputValue('textarea')).toBe(TEXT + first!.text)
  })

  it('an encoder–decoder shows its row over the source beside its row over what it wrote', async () => {
    const page = await open({ ownhead: '0,1', crosshead: '1,mean' }, { text: DATE, model: 'translator' })
    await press(page, say.one)
    await settled(page, 1)
    await press(page, say.one)
    await settled(page, 2)
    using model = await loadModel(embeddedModel('translator')!, { dtype: 'float64' })
    const ids = (await generated(model, DATE, { maxNewTokens: 2 })).map(({ id }) => id)
    using run = await model.run({ text: DATE, target: ids })
    expectNear(await shadesOf(page, '[data-source]'), await run.attention(1, 'mean', { kind: 'cross' }).row(2))
    expectNear(await shadesOf(page, '[data-written]'), await run.attention(0, 1, { kind: 'decoder' }).row(2))
  })

  it('the translator ends its date by itself', async () => {
    const page = await open({}, { text: DATE, model: 'translator' })
    await press(page, say.play)
    await page.waitForSelector(`text=${say.stopped}`)
    expect((await page.textContent('[data-written] [role=group]'))!.replaceAll(/\s/g, '')).toContain('2021-03-09')
    expect(await page.isDisabled(`button:text-is("${say.one}")`)).toBe(true)
  })

  it('an encoder says that it does not write, and offers a model that does', async () => {
    const page = await open({}, { model: 'encoder', text: 'the dog slept' }, '[data-other=translator]')
    expect(await page.textContent('main')).toContain('encoder reads and does not write')
    await page.click('[data-other=translator]')
    await page.waitForSelector('[data-said=cross]')
    expect(await page.inputValue('textarea')).toBe(DATE)
  })

  it('arrow keys walk through what was written, and Enter holds', async () => {
    const page = await open({ written: formatWritten([4, 8], TEXT, 'tiny-gpt2')! })
    await settled(page, 2)
    await focusOn(page, '[data-written] button[data-token="5"]')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[data-written] button[data-token="4"][aria-pressed=true]')
    await expect.poll(() => page.url()).toContain('writecell=4')
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)('axe finds nothing and nothing is wider than the window, %s', async (_, options) => {
    const page = await open({ temperature: '1' }, { text: DATE, model: 'translator', ...options, bypassCSP: true })
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })
})

describe('What Write offers to take away', () => {
  it('is what could come next, with both probabilities', async () => {
    const next = [{ id: 3, text: ' sea', probability: 0.75, odds: 1, ends: false }]
    const offer = nextOffer({ next }, 'the')
    expect(offer.title).toBe('Next token after the')
    expect(await csvOf(offer)).toBe('id,token,probability,odds\r\n3, sea,0.75,1\r\n')
  })
})

describe('What Write keeps in the address', () => {
  it('tokens belong to a text and a model; under others nothing is written', () => {
    const field = formatWritten([3, 1, 4], TEXT, 'gpt2')!
    expect(parseWritten(field, TEXT, 'gpt2')).toEqual([3, 1, 4])
    expect(parseWritten(field, TEXT, 'llama')).toEqual([])
    expect(parseWritten(field, `${TEXT}.`, 'gpt2')).toEqual([])
    expect(parseWritten(`${field}.x`, TEXT, 'gpt2')).toEqual([])
    expect(parseWritten(undefined, TEXT, 'gpt2')).toEqual([])
    expect(formatWritten([], TEXT, 'gpt2')).toBeUndefined()
  })

  it('rules come back as they were; what makes no sense is left out', () => {
    const draw = { temperature: 0.7, topK: 40, topP: 0.9, seed: 5 }
    const fields = Object.fromEntries(Object.entries(formatDraw(draw)).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >
    expect(parseDraw(fields)).toEqual(draw)
    expect(parseDraw({})).toEqual({ temperature: 0, seed: 1 })
    expect(parseDraw({ temperature: '-1', topk: '0.5', topp: '2', seed: 'x' })).toEqual({ temperature: 0, seed: 1 })
  })

  it('places leave out what was not chosen', () => {
    expect(formatPlace([1, 'mean'])).toBe('1,mean')
    expect(formatPlace([undefined, 4, undefined])).toBe(',4')
    expect(formatPlace([undefined])).toBeUndefined()
    expect(parsePlace(',4')).toEqual([undefined, 4])
    expect(parsePlace('1,mean,x')).toEqual([1, 'mean', undefined])
  })

  it('a candidate is called as it would stand in the text', () => {
    expect(say.label({ text: ' sea', ends: false }, 'the')).toBe('sea')
    expect(say.label({ text: 's', ends: false }, 'sea')).toBe('·s')
    expect(say.label({ text: '.', ends: false }, 'sea')).toBe('.')
    expect(say.label({ text: '\n', ends: false }, 'sea')).toBe('⏎')
    expect(say.label({ text: ' ', ends: false }, 'sea')).toBe('␣')
    expect(say.label({ text: '</s>', ends: true }, 'sea')).toBe(say.ends)
  })
})

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { farthest, groups, labelsFor } from '../../explorer/src/meaning/layout.ts'
import { firstWords, lastWords, placesOf } from '../../explorer/src/meaning/places.ts'
import { formatFragment, type Own } from '../../explorer/src/state/fragment.ts'
import type { Listening } from '../../src/cli/server/listen.ts'
import { alike, logitLens, type Meaning, meaning } from '../../src/lens/index.ts'
import { loadModel, type Model } from '../../src/model/index.ts'
import { describeBrowser } from '../support/browser.ts'
import { TINY } from '../support/tiny-bert.ts'
import { focusOn, serveExplorer, visit } from './page.ts'
import { expectToFit, objections, stage } from './stage.ts'

const TEXT = "The animal didn't cross the street because it was too tired."
const WORD = 'dog'
/** The third has no dog, the last has two. */
const SENTENCES = ['The dog slept in the sun.', 'The small dog was too tired.', 'The street was wide.', 'The big dog was a dog.']
const WITH = SENTENCES.filter((_, n) => n !== 2)
const ENCODER = fileURLToPath(new URL('../../models/encoder', import.meta.url))
/** A float32 model's states against float64, as cosines. */
const TOLERANCE = 2e-5

const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ').trim()

describeBrowser('the Meaning view in Chromium', () => {
  const on = stage()
  let expected: Meaning

  beforeAll(async () => {
    expected = await meaning(on.oracle, WITH, { word: WORD })
  })

  async function open(
    own: Own = { sense: WORD, senses: SENTENCES.join('\n') },
    options: BrowserContextOptions = {},
    at = on.server,
  ): Promise<Page> {
    const held = { layer: 1, head: 2, token: 10, column: 2 }
    const made = await visit(on.browser, at.address + formatFragment(TEXT, held, 'meaning', own), options, '[data-senses]')
    on.visits.push(made)
    return made.page
  }

  const numbers = (page: Page, selector: string, field: string): Promise<number[]> =>
    page.$$eval(selector, (all, name) => all.map((each) => Number((each as HTMLElement).dataset[name])), field)

  function near(shown: readonly number[], wanted: ArrayLike<number>, tolerance = TOLERANCE): void {
    expect(shown).toHaveLength(wanted.length)
    for (const [n, value] of shown.entries()) expect(Math.abs(value - wanted[n]!)).toBeLessThanOrEqual(tolerance)
  }

  it('the cosines of all places are float64’s after every layer, and the slider goes through them by key', async () => {
    const page = await open()
    expect(await page.getAttribute('[data-senses]', 'data-senses')).toBe('4')
    await focusOn(page, '#meaning-state')
    for (let state = TINY.layers; state >= 0; state--) {
      await page.waitForSelector(`[data-cosines="${state}"]`)
      near(await numbers(page, '[data-cosine]', 'cosine'), expected.layers[state]!.cosine)
      await page.keyboard.press('ArrowLeft')
    }
    await expect.poll(() => page.url()).toContain('state=0')
    expect(await page.textContent('output[for=meaning-state]')).toBe('the embeddings')
  })

  it('the map shows the library’s coordinates and says which share of the spread it keeps', async () => {
    const page = await open()
    const { points, explained } = expected.layers.at(-1)!.map
    near(
      await numbers(page, '[data-place]', 'x'),
      points.map(([x]) => x),
      1e-4,
    )
    near(
      await numbers(page, '[data-place]', 'y'),
      points.map(([, y]) => y),
      1e-4,
    )
    const said = plain(await page.textContent('.middle'))
    for (const share of [explained[0], explained[1], explained[0] + explained[1]])
      expect(said).toContain(`${(100 * share).toFixed(1)} %`)
    expect(said).toContain('A projection')
  })

  it('the sentence in words is true of the numbers', async () => {
    const page = await open()
    const { cosine, baseline } = expected.layers.at(-1)!
    const pairs = [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].filter((b) => b > a).map((b) => ({ a, b, value: cosine[a * 4 + b]! })))
    pairs.sort((p, q) => q.value - p.value)
    const [most, least] = [pairs[0]!, pairs.at(-1)!]
    const said = plain(await page.textContent('[data-senses]'))
    expect(said).toBe(
      `dog stands in 4 places. After layer 2 its vectors are most alike in ${most.a + 1} and ${most.b + 1}, with a cosine of ${most.value.toFixed(3)}, and least in ${least.a + 1} and ${least.b + 1}, with ${least.value.toFixed(3)}. Two different words of these sentences have ${baseline!.toFixed(3)} on average.`,
    )
    expect(plain(await page.textContent('#meaning-lacks-2'))).toBe('has no word dog')
  })

  it('how alike places, words and tokens are from layer to layer stands in tables beside the plots', async () => {
    const page = await open()
    await page.waitForSelector('[data-states=alike]', { state: 'attached' })
    using run = await on.oracle.run(TEXT)
    const states = await alike(run)
    near(
      await numbers(page, '[data-states=alike] td', 'value'),
      states.flatMap(({ cosine, wordsCosine, apart }) => [cosine!, wordsCosine!, apart]),
    )
    near(
      await numbers(page, '[data-states=similarity] td', 'value'),
      expected.layers.flatMap(({ similarity, baseline }) => [similarity!, baseline!]),
    )
  })

  it('sentences are written, added and removed by key, and the address keeps them', async () => {
    const page = await open({})
    expect(await page.inputValue('#meaning-word')).toBe('bank')
    expect(await page.getAttribute('[data-senses]', 'data-senses')).toBe('3')
    await page.fill('[aria-label="Sentence 4"]', 'A bank is a bank.')
    await page.waitForSelector('[data-senses="5"]')
    await page.keyboard.press('Enter')
    await page.waitForSelector('[aria-label="Sentence 5"]:focus')
    await page.keyboard.type('The bank.')
    await page.waitForSelector('[data-senses="6"]')
    await page.click('[aria-label="Remove sentence 1"]')
    await page.waitForSelector('[data-senses="5"]')
    await page.reload()
    await page.waitForSelector('[data-senses="5"]')
    expect(await page.inputValue('[aria-label="Sentence 4"]')).toBe('The bank.')
    await page.click('text=The example again')
    await page.waitForSelector('[data-senses="3"]')
    await expect.poll(() => page.url()).not.toContain('senses=')
  })

  it('a word that stands nowhere, or in one place, is said to', async () => {
    const page = await open({ sense: 'trophy', senses: SENTENCES.join('\n') })
    expect(plain(await page.textContent('[data-senses]'))).toBe('None of these sentences has the word trophy.')
    await page.fill('#meaning-word', 'small')
    await page.waitForSelector('[data-senses="1"]')
    expect(plain(await page.textContent('[data-senses]'))).toBe(
      'small stands in one place, so there is nothing to compare it with.',
    )
    expect(await page.$('[data-place]')).toBeNull()
  })

  it('points move from layer to layer, and do not where less motion is asked for', async () => {
    const seen = async (reducedMotion: 'reduce' | 'no-preference'): Promise<number> => {
      const page = await open(undefined, { reducedMotion })
      return await page.evaluate(async () => {
        const places = new Set<string>()
        const slider = document.querySelector<HTMLInputElement>('#meaning-state')!
        const circle = document.querySelector('[data-place]')!
        const from = performance.now()
        slider.value = '0'
        slider.dispatchEvent(new Event('input', { bubbles: true }))
        while (performance.now() - from < 900) {
          await new Promise(requestAnimationFrame)
          places.add(`${circle.getAttribute('cx')} ${circle.getAttribute('cy')}`)
        }
        return places.size
      })
    }
    expect(await seen('no-preference')).toBeGreaterThan(2)
    expect(await seen('reduce')).toBeLessThanOrEqual(2)
  })

  it('the vectors can be taken away as JSON, with every layer', async () => {
    const page = await open(undefined, { acceptDownloads: true })
    await page.click('header button:has-text("Take away")')
    await page.selectOption('dialog select', { label: 'The vectors of dog after layer 2' })
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-take=json]')])
    const { word, texts, states } = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect([word, texts]).toEqual([WORD, SENTENCES])
    expect(states).toHaveLength(TINY.layers + 1)
    for (const { layer, cosine } of states) near(cosine, expected.layers[layer]!.cosine)
  })

  it('a model that scores no words says so', async () => {
    const page = await open()
    await page.waitForSelector('text=This model scores no words')
  })

  it.each([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
  ] as const)('axe finds nothing and nothing is wider than the window, %s', async (_, options) => {
    const page = await open(undefined, { ...options, bypassCSP: true })
    for (const summary of await page.$$('summary')) await summary.click()
    expect(await objections(page)).toEqual([])
    await expectToFit(page)
  })

  describe('with the embedded encoder', () => {
    let server: Listening
    let oracle: Model

    beforeAll(async () => {
      server = await serveExplorer(on.built, ENCODER)
      oracle = await loadModel(ENCODER, { dtype: 'float64' })
    })
    afterAll(async () => {
      oracle?.dispose()
      await server?.close()
    })

    /** What float64 would say at the word that is held, hidden or not. */
    async function lens(hidden: boolean) {
      using own = await oracle.run(TEXT)
      const mask = oracle.tokenizer!.tokenToId('[MASK]')!
      using run = await oracle.run(own.tokens.map(({ id }, n) => (hidden && n === 10 ? mask : id)))
      return await logitLens(oracle, run, { rows: [10, 11], top: 1 })
    }

    it.each([
      [false, 'here'],
      [true, 'hidden'],
    ] as const)('what it would say after each layer is float64’s, hidden: %s', async (hidden, name) => {
      const page = await open(hidden ? { hidden: 'yes' } : {}, { bypassCSP: true }, server)
      await page.waitForSelector(`[data-glimpses=${name}]`)
      const { layers, settled } = await lens(hidden)
      // Weights of 16 bits, sums of 32: probabilities to a thousandth.
      near(
        await numbers(page, '[data-glimpses] [data-probability]', 'probability'),
        layers.map(([each]) => each!.top[0]!.probability),
        1e-3,
      )
      near(
        await numbers(page, '[data-glimpses] [data-divergence]', 'divergence'),
        layers.map(([each]) => each!.divergence),
        5e-3,
      )
      const words = await page.$$eval('[data-probability]', (cells) => cells.map((cell) => cell.textContent))
      expect(words).toEqual(layers.map(([each]) => each!.top[0]!.text.trim()))
      const state = settled[0]! === 0 ? 'after every layer' : `from layer ${settled[0]! - 1} on`
      expect(plain(await page.textContent('p:has(+ [data-glimpses])'))).toContain(state)
      expect(await objections(page)).toEqual([])
    })
  })
})

describe('the map on the page', () => {
  it('one scale fits every point of every layer', () => {
    const explained = [1, 0] as const
    expect(
      farthest([
        { points: [[0, 0.5]], explained },
        { points: [[-2, 0.1]], explained },
      ]),
    ).toEqual({ across: 2, up: 0.5 })
    expect(farthest([])).toEqual({ across: 0, up: 0 })
  })

  it('points that lie together are named together', () => {
    const spots = [
      { x: 10, y: 10 },
      { x: 100, y: 100 },
      { x: 13, y: 12 },
    ]
    expect(groups(spots)).toEqual([[0, 2], [1]])
  })

  it('a label stands where nothing else does, within the map, and shrinks where there is no room', () => {
    const size = { width: 200, height: 100 }
    const [long, short] = ['as long as this', '1']
    const [only] = labelsFor([{ x: 20, y: 50 }], size, () => [long, short])
    expect(only).toMatchObject({ text: long, anchor: 'start' })
    const [edge] = labelsFor([{ x: 190, y: 50 }], size, () => [long, short])
    expect(edge).toMatchObject({ text: long, anchor: 'end' })
    const [narrow] = labelsFor([{ x: 20, y: 50 }], { width: 60, height: 100 }, () => [long, short])
    expect(narrow!.text).toBe(short)
  })

  it('a place is called by its neighbours, whole words of them', () => {
    expect(lastWords('on the grassy bank of the ', 11)).toBe('…of the ')
    expect(lastWords('short ', 12)).toBe('short ')
    expect(firstWords(' of the river, where we sat', 12)).toBe(' of the…')
    const [place] = placesOf({ occurrences: [{ text: 0, nth: 0, tokens: [2], start: 3, end: 8 }] }, ['the bank fell'])
    expect(place).toEqual({ name: '1', text: 0, before: 'the ', word: 'bank', after: ' fell' })
  })
})

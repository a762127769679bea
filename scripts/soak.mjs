/**
 * Uses the explorer for a while as a restless reader would, and watches its memory: `node scripts/soak.mjs --minutes 60 [--model DIR] [--seed 1]`.
 * Types, switches views, edits, holds, undoes; after every round memory is measured behind a garbage collection: what the page and its
 * workers hold, as the browser tells, and (Linux) all that its renderer has in memory, where WASM is in it. Ends with 1 where either still
 * grows after the first third. Default: 3 minutes.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepare, runMain } from './prepare.mjs'
import { root } from './processes.mjs'
import { serving, startChromium } from './serving.mjs'

const WORDS =
  'the animal dog cat child river street house was is slept saw crossed because when it they tired wide old small'.split(' ')
/** Growth from the middle third to the last that counts as none: what is measured moves by so much by itself. */
const SLACK = { share: 1.2, bytes: 24 * 2 ** 20 }
const FLAGS = ['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--enable-blink-features=ForceEagerMeasureMemory']

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '3' },
    model: { type: 'string', default: join(root, 'models', 'encoder') },
    seed: { type: 'string', default: '1' },
  },
})

/** The same reader for the same seed (mulberry32). @param {number} seed */
function dice(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x ^= x + Math.imul(x ^ (x >>> 7), 61 | x)
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
  /** @param {number} n */
  const below = (n) => Math.floor(next() * n)
  return { below, pick: (/** @type {readonly any[]} */ list) => list[below(list.length)] }
}

/**
 * One round: a text, every view, edits.
 * @param {import('playwright-core').Page} page @param {ReturnType<typeof dice>} chance
 */
async function use(page, chance) {
  const long = chance.below(6) === 0 ? 240 : 4 + chance.below(20)
  await page.focus('textarea')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(Array.from({ length: long }, () => chance.pick(WORDS)).join(' '))
  await page.keyboard.type(` ${chance.pick(WORDS)} ${chance.pick(WORDS)}.`, { delay: 15 })
  const views = await page.locator('nav a').count()
  for (let view = 0; view < views; view++) {
    await press(page, 'nav a', view)
    await page.waitForTimeout(600 + chance.below(900))
    await touch(page, chance)
  }
  await press(page, 'nav a', 0)
  await there(page, '[role=gridcell][data-row]')
}

/** What a test tool holds of the page is never freed, so that nothing is asked for that it would hold. @param {import('playwright-core').Page} page @param {string} selector */
async function there(page, selector) {
  await page.waitForFunction((wanted) => document.querySelector(wanted) !== null, selector, { timeout: 0 })
}

/** Clicks one of the elements, if there is one. @param {import('playwright-core').Page} page @param {string} selector @param {number} which */
async function press(page, selector, which) {
  const at = await page.evaluate(
    ([wanted, n]) => {
      const all = document.querySelectorAll(/** @type {string} */ (wanted))
      const one = all[Number(n) % Math.max(1, all.length)]
      one?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
      const box = one?.getBoundingClientRect()
      return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 }
    },
    [selector, which],
  )
  if (at) await page.mouse.click(at.x, at.y)
}

/** Presses some of what a view offers. @param {import('playwright-core').Page} page @param {ReturnType<typeof dice>} chance */
async function touch(page, chance) {
  for (let n = 0; n < 3; n++) {
    await press(page, 'main button.plain:not([disabled]), main [role=gridcell]', chance.below(1000))
    await page.waitForTimeout(120)
  }
  await page.keyboard.press('Escape')
}

/** Bytes by kind. @param {import('playwright-core').Page} page */
async function memory(page) {
  return await page.evaluate(async () => {
    const measured = await /** @type {any} */ (performance).measureUserAgentSpecificMemory()
    /** @type {Record<string, number>} */
    const kinds = {}
    for (const { bytes, types } of measured.breakdown) {
      const kind = types.join('+') || 'other'
      kinds[kind] = (kinds[kind] ?? 0) + bytes
    }
    return { all: measured.bytes, kinds }
  })
}

/** Bytes of our renderers' own pages, and their part of what they share; undefined where the system does not tell. */
function resident() {
  try {
    const parents = new Map(
      readdirSync('/proc')
        .filter(Number)
        .map((id) => [id, parentOf(id)]),
    )
    /** @param {string} id @returns {boolean} */
    const ours = (id) => id === String(process.pid) || (parents.has(id) && ours(parents.get(id) ?? ''))
    const renderers = [...parents.keys()].filter((id) => ours(id) && read(id, 'cmdline').includes('--type=renderer'))
    const kib = renderers.map((id) => Number(/^Pss:\s+(\d+)/m.exec(read(id, 'smaps_rollup'))?.[1] ?? 0))
    return 1024 * kib.reduce((sum, each) => sum + each, 0)
  } catch {
    return undefined
  }
}

/** The parent's number; none for a process that has ended. @param {string} id */
const parentOf = (id) =>
  read(id, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ')[1] ?? ''

/** @param {string} id @param {string} file */
function read(id, file) {
  try {
    return readFileSync(`/proc/${id}/${file}`, 'utf8')
  } catch {
    return ''
  }
}

/** The least in the middle third and in the last, since what was not collected yet is no growth; does it still grow? @param {number[]} taken */
function growth(taken) {
  const third = Math.floor(taken.length / 3)
  const [before, after] = [Math.min(...taken.slice(third, 2 * third)), Math.min(...taken.slice(-third))]
  return {
    says: `${mib(before)} in the middle, ${mib(after)} at the end`,
    grows: after > Math.max(before * SLACK.share, before + SLACK.bytes),
  }
}

const mib = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`

await runMain(async () => {
  await prepare()
  const minutes = Number(values.minutes)
  const chance = dice(Number(values.seed))
  await serving(values.model, async (address) => {
    const browser = await startChromium(FLAGS)
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      /** @type {string[]} */
      const errors = []
      page.on('pageerror', (error) => errors.push(String(error)))
      await page.goto(address)
      await there(page, '[role=gridcell][data-row]')
      /** @type {number[]} */
      const held = []
      /** @type {number[]} */
      const whole = []
      const end = performance.now() + minutes * 60_000
      while (performance.now() < end || held.length < 6) {
        await use(page, chance)
        const { all, kinds } = await memory(page)
        held.push(all)
        whole.push(resident() ?? 0)
        const told = Object.entries(kinds).filter(([, bytes]) => bytes > 2 ** 20)
        const parts = told.map(([kind, bytes]) => `${kind} ${mib(bytes)}`).join(', ')
        console.log(`round ${held.length}: ${mib(all)} (${parts}); renderer ${mib(whole.at(-1) ?? 0)}`)
      }
      const [own, renderer] = [growth(held), growth(whole)]
      console.log(`${held.length} rounds: page ${own.says}; renderer ${renderer.says}; ${errors.length} errors`)
      for (const error of new Set(errors)) console.log(error)
      if (errors.length > 0 || own.grows || renderer.grows) process.exitCode = 1
    } finally {
      await browser.close()
    }
  })
})

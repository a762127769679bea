/** Numbers as the page says them, held to the library's in float64. */

import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Numbers } from '../../src/lens/index.ts'

/** A float32 model against float64: conformance/README's tolerances for weights and for states. */
export const WEIGHTS = 2e-5
export const STATES = 2e-4

/** What the page says a number is: every place that shows it. */
export async function numbers(page: Page, name: string): Promise<number[]> {
  return await page.$$eval(`data[data-number="${name}"]`, (all) => all.map((each) => Number((each as HTMLDataElement).value)))
}

/** The page shows this number, and wherever it does it is this one. */
export async function shows(page: Page, name: string, expected: number, tolerance = STATES): Promise<void> {
  const shown = await numbers(page, name)
  expect(shown.length, name).toBeGreaterThan(0)
  for (const x of shown) expect(Math.abs(x - expected), `${name}: ${x}, not ${expected}`).toBeLessThan(tolerance)
}

/** Reads the first, a middle and the last number of a vector by the keyboard, as it is spoken. */
export async function vector(page: Page, name: string, expected: Numbers): Promise<void> {
  const strip = page.locator(`[data-vector="${name}"] canvas`)
  expect(Number(await strip.getAttribute('aria-valuemax')), name).toBe(expected.length - 1)
  await strip.focus()
  for (const [keys, place] of [
    [['Home'], 0],
    [['PageDown', 'ArrowLeft'], Math.min(16, expected.length - 1) - 1],
    [['End'], expected.length - 1],
  ] as const) {
    for (const key of keys) await page.keyboard.press(key)
    const spoken = (await strip.getAttribute('aria-valuetext'))!
    const [, at, x] = /^\S+ (\d+): (.+)$/.exec(spoken)!
    expect(Number(at), name).toBe(place)
    expect(Math.abs(Number(x!.replace('\u2212', '-')) - expected[place]!), `${name}: ${spoken}`).toBeLessThan(STATES)
  }
}

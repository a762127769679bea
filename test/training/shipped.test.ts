/**
 * The models that Regard ships, measured again from their files. Every figure of a card is printed beside its bar; those that every checkout
 * can take again, on the smaller sample that publishing took too, are taken again here.
 */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { EMBEDDED, type EmbeddedName, loadModel } from '../../src/model/index.ts'
import { readSample } from '../../src/training/corpus.ts'
import { type Figure, figuresOf, missed } from '../../src/training/evaluate/index.ts'

interface Published {
  readonly size: number
  readonly figures: readonly Figure[]
  readonly sample: { readonly size: number; readonly figures: readonly Figure[] }
}

const file = (name: EmbeddedName, path: string): URL => new URL(`../../models/${name}/${path}`, import.meta.url)
const LIMITS: Readonly<Record<EmbeddedName, number>> = { encoder: 8e6, decoder: 8e6, translator: 2e6 }

/**
 * How far a figure taken again may lie from the published one: other processors round differently, so that a near tie of two words or looks
 * may fall the other way. A share may differ by two sentences of those it is taken from; a ratio by a twentieth.
 * What is claimed of a ratio must hold as it stands.
 */
function near({ value, ratio }: Figure, size: number): number {
  return ratio ? Math.abs(value) / 20 : Math.max(2 / size, 2 / 60)
}

function line({ what, value, least, ratio }: Figure): string {
  const shown = (n: number): string => (ratio ? n.toFixed(2) : `${(100 * n).toFixed(1)} %`)
  const bar =
    least === undefined ? '' : value >= least ? `  (bar ${shown(least)}: reached)` : `  (bar ${shown(least)}: NOT REACHED)`
  return `  ${shown(value).padStart(8)}  ${what}${bar}`
}

const missing = (name: EmbeddedName): boolean => !existsSync(file(name, 'figures.json'))

describe.each(EMBEDDED)('the shipped %s', (name) => {
  const why = missing(name) ? ` (skipped: models/${name} is not there; npm run train:${name} makes it)` : ''

  it.skipIf(missing(name))(`is as small as it should be, in 16-bit floats, with card, terms and seed${why}`, async () => {
    expect(statSync(file(name, 'model.safetensors')).size).toBeLessThan(LIMITS[name])
    const card = readFileSync(file(name, 'README.md'), 'utf8')
    for (const told of ['license: mit', `npm run train:${name}`, 'seed 1', 'minutes on']) expect(card).toContain(told)
    using model = await loadModel(file(name, '.'))
    expect(model.unused).toEqual([])
    expect(Object.keys(model.weights.numbers)).toContain('float16')
  })

  it.skipIf(missing(name))(
    `does what its card says: every figure taken again on the sample${why}`,
    async () => {
      const published = JSON.parse(readFileSync(file(name, 'figures.json'), 'utf8')) as Published
      const below = missed(published.figures)
      console.log([`${name}, as its card says:`, ...published.figures.map(line)].join('\n'))
      using model = await loadModel(file(name, '.'))
      const reader = { config: model.config, network: model.network, tokenizer: model.tokenizer!, run: model.run.bind(model) }
      const { size, figures } = published.sample
      const baseline = figures.find(({ key }) => key === 'baseline')?.value
      const again = await figuresOf(name, reader, { size, corpus: name === 'translator' ? undefined : readSample(), baseline })
      console.log([`${name}, measured now on ${size}:`, ...again.map(line)].join('\n'))
      expect(again.map(({ key }) => key)).toEqual(figures.map(({ key }) => key))
      for (const [n, figure] of again.entries())
        expect(
          Math.abs(figure.value - figures[n]!.value),
          `${figure.what}: ${figure.value}, published ${figures[n]!.value}`,
        ).toBeLessThanOrEqual(near(figure, size))
      const claimed = new Set(published.figures.filter(({ least }) => least !== undefined).map(({ key }) => key))
      for (const { key } of below) claimed.delete(key)
      for (const figure of missed(again).filter(({ key }) => claimed.has(key)))
        expect(figure.value, `${figure.what} is claimed to reach ${figure.least}`).toBeGreaterThanOrEqual(
          figure.least! - (figure.ratio ? 0 : near(figure, size)),
        )
    },
    120_000,
  )
})

/** What each embedded model is measured by. */

import type { OpenReader } from './ablation.ts'
import { decoderFigures } from './decoder.ts'
import { encoderFigures } from './encoder.ts'
import type { Extent, Figure } from './figures.ts'
import { translatorFigures } from './translator.ts'

export type { OpenReader } from './ablation.ts'
export { type Extent, type Figure, figuresTable, missed } from './figures.ts'

type Measure = (reader: OpenReader, extent: Extent) => Promise<Figure[]>

const MEASURES: Readonly<Record<string, Measure>> = {
  encoder: encoderFigures,
  decoder: decoderFigures,
  translator: translatorFigures,
}

/** Every figure of the card of the model of this recipe. */
export async function figuresOf(name: string, reader: OpenReader, extent: Extent): Promise<Figure[]> {
  const measure = Object.hasOwn(MEASURES, name) ? MEASURES[name] : undefined
  if (!measure)
    throw new Error(`figuresOf: nothing is said of ${JSON.stringify(name)}; there are ${Object.keys(MEASURES).join(', ')}`)
  return await measure(reader, extent)
}

/**
 * `node training/publish.ts NAME`: when training/out/NAME is finished, measures the model as it is written there and puts it, with a card,
 * into models/NAME. A training that is not finished is left alone.
 */

import { copyFileSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { init } from '../src/backend/index.ts'
import { loadModel } from '../src/model/index.ts'
import { hasCorpus, readCorpus } from '../src/training/corpus.ts'
import { decoderFigures } from '../src/training/evaluate/decoder.ts'
import { encoderFigures } from '../src/training/evaluate/encoder.ts'
import { type Figure, figuresTable, missed } from '../src/training/evaluate/figures.ts'
import { translatorFigures } from '../src/training/evaluate/translator.ts'
import { findRecipe } from '../src/training/index.ts'
import { readSaved, writeWhole } from '../src/training/saved.ts'
import { card } from './card.ts'

const root = join(import.meta.dirname, '..')
const name = process.argv[2]!
const from = join(root, 'training', 'out', name)
const to = join(root, 'models', name)
const FILES = ['model.safetensors', 'config.json', 'tokenizer.json'] as const

const recipe = await findRecipe(name)
const saved = await readSaved(join(from, 'checkpoint.safetensors'))
const step = Number(saved?.notes.step ?? 0)
if (step < recipe.steps) {
  console.log(`not finished (step ${step} of ${recipe.steps}): models/${name} stays as it is`)
  process.exit(0)
}

const engine = await init()
const model = await loadModel(from)
const figures = await measured()
mkdirSync(to, { recursive: true })
for (const file of FILES) copyFileSync(join(from, file), join(to, file))
const facts = {
  parameters: model.parameterCount,
  bytes: statSync(join(to, 'model.safetensors')).size,
  seconds: Number(saved!.notes.seconds),
  machine: `${cpus().length} × ${cpus()[0]!.model.trim()} (${engine})`,
  corpus: hasCorpus() ? (JSON.parse(readFileSync(join(root, 'training', 'data', 'facts.json'), 'utf8')) as object) : undefined,
}
writeWhole(join(to, 'README.md'), card(recipe, facts, figuresTable(figures)))
console.log(figuresTable(figures))
for (const { what } of missed(figures)) console.log(`below its bar: ${what}`)
process.exit(0)

async function measured(): Promise<Figure[]> {
  const reader = { ...{ config: model.config, network: model.network, tokenizer: model.tokenizer! }, run: model.run.bind(model) }
  if (name === 'encoder') return await encoderFigures(reader, { size: 1000, corpus: readCorpus() })
  if (name === 'decoder') return await decoderFigures(reader, readCorpus())
  return await translatorFigures(reader, 1000)
}

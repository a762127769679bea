/**
 * `node training/publish.ts NAME`: when training/out/NAME is finished, measures the model as it is written there and puts it into
 * models/NAME, with a card, the words that it has seen, and its figures as JSON. What remark.txt in that folder says of this one training
 * goes into the card. A training that is not finished is left alone.
 */

import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { init } from '../src/backend/index.ts'
import { loadModel } from '../src/model/index.ts'
import { readCorpus, readSample } from '../src/training/corpus.ts'
import { type Extent, type Figure, figuresOf, figuresTable, missed } from '../src/training/evaluate/index.ts'
import { findRecipe } from '../src/training/index.ts'
import { readSaved, writeWhole } from '../src/training/saved.ts'
import { card } from './card.ts'
import { seenWords } from './seen.ts'

/** How many sentences the card's figures are taken from, and how many those that the tests take again. */
const FULL = 1000
const SAMPLE = 200

const root = join(import.meta.dirname, '..')
const name = process.argv[2]!
const from = join(root, 'training', 'out', name)
const to = join(root, 'models', name)

const recipe = await findRecipe(name)
const english = name !== 'translator'
const saved = await readSaved(join(from, 'checkpoint.safetensors'))
const step = Number(saved?.notes.step ?? 0)
if (step < recipe.steps) {
  console.log(`not finished (step ${step} of ${recipe.steps}): models/${name} stays as it is`)
  process.exit(0)
}

await init()
const model = await loadModel(from)
const reader = { config: model.config, network: model.network, tokenizer: model.tokenizer!, run: model.run.bind(model) }
const figures = await figuresOf(name, reader, { size: FULL, corpus: english ? readCorpus() : undefined })
const again = await figuresOf(name, reader, await sampled())

mkdirSync(to, { recursive: true })
for (const file of ['model.safetensors', 'tokenizer.json']) copyFileSync(join(from, file), join(to, file))
const config = JSON.parse(readFileSync(join(from, 'config.json'), 'utf8')) as object
writeWhole(join(to, 'config.json'), `${JSON.stringify({ ...config, seen_words: 'seen.json' }, undefined, 2)}\n`)
writeWhole(join(to, 'seen.json'), `${JSON.stringify(seenWords(name))}\n`)
writeWhole(
  join(to, 'figures.json'),
  `${JSON.stringify({ size: FULL, figures, sample: { size: SAMPLE, figures: again } }, undefined, 2)}\n`,
)
const remark = join(from, 'remark.txt')
const facts = {
  parameters: model.parameterCount,
  bytes: statSync(join(to, 'model.safetensors')).size,
  seconds: Number(saved!.notes.seconds),
  remark: existsSync(remark) ? readFileSync(remark, 'utf8').trim() : undefined,
  machine: `${cpus().length} × ${cpus()[0]!.model.trim()}${saved!.notes.engine ? ` (${saved!.notes.engine})` : ''}`,
  corpus: english ? (JSON.parse(readFileSync(join(root, 'training', 'data', 'facts.json'), 'utf8')) as object) : undefined,
}
writeWhole(join(to, 'README.md'), card(recipe, facts, figuresTable(figures)))
console.log(figuresTable(figures))
for (const { what } of missed(figures)) console.log(`below its bar: ${what}`)
process.exit(0)

/** What every checkout has; the n-gram that counted the whole corpus is asked now, because its text is not there later. */
async function sampled(): Promise<Extent> {
  if (!english) return { size: SAMPLE }
  const corpus = readSample()
  if (name !== 'decoder') return { size: SAMPLE, corpus }
  const counted: Figure[] = await figuresOf(name, reader, { size: SAMPLE, corpus: { ...corpus, train: readCorpus().train } })
  return { size: SAMPLE, corpus, baseline: counted.find(({ key }) => key === 'baseline')!.value }
}

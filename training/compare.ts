/**
 * `node training/compare.ts NAME --python PYTHON`: is models/NAME to Hugging Face's `transformers` what it is to Regard? The logits of
 * the same ids must agree, and where the model writes, greedily, so must every token. PYTHON needs torch and transformers.
 */

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { loadModel, type Model } from '../src/model/index.ts'
import { sentencesFor } from '../src/training/evaluate/pronouns.ts'
import { Random } from '../src/training/random.ts'
import { datePair } from '../src/training/recipes/dates.ts'

/** Of the largest difference between two logits, in units of how far logits lie apart. */
const CLOSE = 1e-4
const TEXTS = 20
const TOKENS = 12

interface Theirs {
  readonly version: string
  readonly model: string
  readonly answers: readonly { readonly logits: readonly number[]; readonly ids?: readonly number[] }[]
}

const { values, positionals } = parseArgs({ options: { python: { type: 'string' } }, allowPositionals: true })
const [name] = positionals
if (!name || !values.python)
  throw new Error('compare: name a model and a Python, as in `node training/compare.ts encoder --python python3`')

const folder = join(import.meta.dirname, '..', 'models', name)
const model = await loadModel(folder)
const writes = model.config.kind !== 'encoder'
const rows = textsFor(name).map((text) => [...model.tokenizer!.encode(text).ids])
const own = await Promise.all(rows.map((row) => written(model, row)))
const starts = own.map((ids) => (model.config.decoder ? [model.config.decoder.startId, ...ids.slice(0, -1)] : undefined))
const theirs = ask({ folder, rows, written: starts, tokens: writes ? TOKENS : 0 })

let farthest = 0
for (const [n, row] of rows.entries()) {
  const run = await model.run({ inputIds: [row], ...(starts[n] && { decoderInputIds: [starts[n]] }) })
  farthest = Math.max(farthest, apart(await run.logits!.read(), theirs.answers[n]!.logits))
  run.dispose()
}
const same = own.filter((ids, n) => !writes || String(ids) === String(theirs.answers[n]!.ids)).length
console.log(`${theirs.model} of transformers ${theirs.version}, ${rows.length} texts`)
console.log(
  `logits differ by at most ${farthest.toExponential(1)} of their spread${writes ? `; ${same} of ${rows.length} written alike` : ''}`,
)
process.exit(farthest <= CLOSE && same === rows.length ? 0 : 1)

function textsFor(which: string): string[] {
  if (which === 'translator') return Array.from({ length: TEXTS }, (_, n) => datePair(new Random('compare', n), true).said)
  return sentencesFor('frames', TEXTS, 'compare').map(({ text }) => text)
}

async function written({ config }: Model, row: readonly number[]): Promise<number[]> {
  const ids: number[] = []
  if (config.kind !== 'encoder') for await (const { id } of model.generate(row, { maxNewTokens: TOKENS })) ids.push(id)
  return ids
}

function ask(question: object): Theirs {
  const options = { input: JSON.stringify(question), maxBuffer: 2 ** 30 }
  return JSON.parse(execFileSync(values.python!, [join(import.meta.dirname, 'compare.py')], options).toString()) as Theirs
}

function apart(a: ArrayLike<number>, b: readonly number[]): number {
  if (a.length !== b.length) throw new Error(`compare: ${a.length} logits here, ${b.length} there`)
  const spread =
    b.reduce((most, each) => Math.max(most, each), Number.NEGATIVE_INFINITY) - b.reduce((least, each) => Math.min(least, each))
  let most = 0
  for (let n = 0; n < a.length; n++) most = Math.max(most, Math.abs(a[n]! - b[n]!))
  return most / spread
}

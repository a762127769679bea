/** Does the translator write the date that was said, and does it look at the words that say each part? */

import { Random } from '../random.ts'
import type { Reader, Scores } from '../recipe.ts'
import { datePair } from '../recipes/dates.ts'
import { BEGIN_ID, writtenIds } from '../recipes/translator.ts'
import { largest } from './read.ts'

const LENGTH = 10

/** Held-out dates written greedily, many at a time. → the ISO dates. */
export async function written(reader: Reader, said: readonly string[]): Promise<string[]> {
  const { tokenizer } = reader
  const inputIds = said.map((text) => tokenizer.encode(text).ids)
  const rows = said.map(() => [BEGIN_ID])
  for (let n = 0; n < LENGTH; n++) {
    const run = await reader.run({ inputIds, decoderInputIds: rows })
    const scores = await run.logits!.read()
    const [, length, vocabulary] = run.logits!.shape as [number, number, number]
    run.dispose()
    for (const [batch, row] of rows.entries()) {
      const at = (batch * length + n) * vocabulary
      row.push(largest(scores.subarray(at, at + vocabulary)))
    }
  }
  return rows.map((row) => tokenizer.decode(row.slice(1)).trim())
}

export async function dateScores(reader: Reader, count: number): Promise<Scores> {
  const pairs = Array.from({ length: count }, (_, n) => datePair(new Random('evaluation', 'dates', n), true))
  const made = await written(
    reader,
    pairs.map(({ said }) => said),
  )
  const right = made.filter((iso, n) => iso === pairs[n]!.iso).length
  return { 'held-out dates written exactly': right / count, ...(await crossScores(reader, pairs.slice(0, 200))) }
}

/** Places of what is written whose digit is foreseen at them: "2021-03-09" has its month at 5 and 6. */
const PLACES = { year: [2, 3], month: [5, 6], day: [8, 9] } as const

/** For each part, how often the best cross-attention head looks most at the words that say it while its digits are written. */
async function crossScores(reader: Reader, pairs: readonly ReturnType<typeof datePair>[]): Promise<Scores> {
  const { layers, heads } = { layers: reader.config.decoder!.layers, heads: reader.config.decoder!.heads }
  const hits = {
    day: new Float64Array(layers * heads),
    month: new Float64Array(layers * heads),
    year: new Float64Array(layers * heads),
  }
  for (const { said, iso, parts } of pairs) {
    const { tokenizer } = reader
    const { tokens } = tokenizer.encode(said)
    const run = await reader.run({
      inputIds: [tokens.map(({ id }) => id)],
      decoderInputIds: [[BEGIN_ID, ...writtenIds(reader, iso).slice(0, -1)]],
    })
    for (let n = 0; n < layers * heads; n++) {
      const view = run.attention(Math.floor(n / heads), n % heads, { kind: 'cross' })
      for (const part of ['day', 'month', 'year'] as const) {
        const from = said.indexOf(parts[part])
        for (const place of PLACES[part]) {
          const at = tokens[largest(await view.row(place))]
          if (at && at.start >= from && at.end <= from + parts[part].length) hits[part][n]! += 1 / (2 * pairs.length)
        }
      }
    }
    run.dispose()
  }
  return Object.fromEntries(Object.entries(hits).map(([part, each]) => [`best head looks at the ${part}`, Math.max(...each)]))
}

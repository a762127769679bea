/** Every figure that the decoder's card shows. */

import type { Corpus } from '../corpus.ts'
import type { Reader } from '../recipe.ts'
import { heldOutRows } from '../recipes/decoder.ts'
import type { Figure } from './figures.ts'
import { inductionScores, perplexity } from './induction.ts'
import { NGram } from './ngram.ts'

/** Held-out English, beside a 5-gram of the same training text and tokens; and the head that copies best. */
export async function decoderFigures(reader: Reader, { train }: Corpus): Promise<Figure[]> {
  const { tokenizer, config } = reader
  const rows = heldOutRows(reader, 200)
  const counted = new NGram(
    train.map((line) => [...tokenizer.encode(line).ids, END]),
    { order: 5, vocabulary: config.vocabulary },
  )
  const [own, counting] = [await perplexity(reader, rows), counted.perplexity(rows)]
  const words = Array.from({ length: 2000 }, (_, n) => 300 + n).filter((id) => id < config.vocabulary)
  const best = (await inductionScores(reader, words, 20, 24)).reduce((one, each) => (each.score > one.score ? each : one))
  return [
    { what: 'perplexity of held-out English', value: own, ratio: true },
    { what: 'that of a Witten–Bell 5-gram', value: counting, ratio: true },
    { what: 'the one over the other', value: counting / own, least: 1.1, ratio: true },
    { what: `induction score of layer ${best.layer}, head ${best.head}, random words`, value: best.score, least: 0.5 },
  ]
}

const END = 0

/** Every figure that the decoder's card shows. */

import type { Corpus } from '../corpus.ts'
import type { Reader } from '../recipe.ts'
import { heldOutRows, textsOf } from '../recipes/decoder.ts'
import type { Extent, Figure } from './figures.ts'
import { inductionScores, perplexity } from './induction.ts'
import { NGram } from './ngram.ts'

/** Held-out English, beside a 5-gram of the same training text and tokens; and the head that copies best. */
export async function decoderFigures(reader: Reader, { size, corpus, baseline }: Extent): Promise<Figure[]> {
  return [...(corpus ? await foreseen(reader, corpus, size, baseline) : []), await copied(reader, Math.ceil(size / 10))]
}

async function foreseen(reader: Reader, corpus: Corpus, size: number, baseline: number | undefined): Promise<Figure[]> {
  const rows = heldOutRows(reader, corpus, size)
  const own = await perplexity(reader, rows)
  const counting = baseline ?? counted(reader, corpus, rows).perplexity(rows)
  return [
    { key: 'perplexity', what: 'perplexity of held-out English', value: own, ratio: true },
    { key: 'baseline', what: 'that of a Witten–Bell 5-gram of the same text', value: counting, ratio: true },
    { key: 'gain', what: 'the one over the other', value: counting / own, least: 1.1, ratio: true },
  ]
}

function counted({ tokenizer, config }: Reader, { train }: Corpus, rows: readonly (readonly number[])[]): NGram {
  return new NGram(textsOf(tokenizer, train), { order: 5, vocabulary: config.vocabulary, asked: rows })
}

async function copied(reader: Reader, passages: number): Promise<Figure> {
  const words = Array.from({ length: 2000 }, (_, n) => 300 + n).filter((id) => id < reader.config.vocabulary)
  const best = (await inductionScores(reader, words, passages, 24)).reduce((one, each) => (each.score > one.score ? each : one))
  return {
    key: 'induction',
    what: `induction score of layer ${best.layer}, head ${best.head}, random words`,
    value: best.score,
    least: 0.5,
  }
}

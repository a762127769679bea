/**
 * The embedded decoder: it continues English, and copies what was said before. Copying does not come by itself: it is learned first, on
 * few words and with a softmax over them alone, and the words become more when a head has learned it. English would soon make the model
 * forget it, so copying stays an exercise of its own to the end.
 */

import type { Tokenizer } from '../../model/tokenizer/tokenizer.ts'
import { type Corpus, readCorpus } from '../corpus.ts'
import { inductionScores, perplexity } from '../evaluate/induction.ts'
import { sentence } from '../grammar/generate.ts'
import { senseSentence } from '../grammar/senses.ts'
import { Random } from '../random.ts'
import type { Exercise, Moment, Reader, Recipe, Row, Scores } from '../recipe.ts'

const POSITIONS = 128
const VOCABULARY = 7168
const END = 0
/** All tokens that are words or parts of words. */
const ALL = VOCABULARY - 257
/** Stage → how many words there are to copy; the stage after these is English, and copying of all words still. */
const FEW = [64, 512, ALL] as const
/** In the English stage, one step of so many is one of copying. */
const COPYING = 8
/** Texts of one step: of copying while there is nothing else, of English, and of copying beside English. */
const ROWS = { copying: 64, english: 16, still: 32 } as const
/** A head that looks so much at what followed has learned to copy. */
const LEARNED = 0.5

let corpus: Corpus | undefined
const english = (): Corpus => (corpus ??= readCorpus())

export const decoder: Recipe = {
  name: 'decoder',
  about: 'A causal model that continues English and copies what was said before.',
  seed: 1,
  config: {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    hidden_size: 192,
    num_hidden_layers: 4,
    num_attention_heads: 6,
    num_key_value_heads: 6,
    intermediate_size: 512,
    hidden_act: 'silu',
    max_position_embeddings: POSITIONS,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: true,
    bos_token_id: END,
    eos_token_id: END,
    pad_token_id: END,
  },
  vocabulary: { size: VOCABULARY, special: ['[END]'] },
  texts: () => english().train,
  steps: 4_800,
  rate: 2e-3,
  warmup: 300,
  weightDecay: 0.01,
  clip: 1,
  groups: 1,
  exercise,
  measureEvery: 125,
  measure,
  advances: (scores, stage) => stage < FEW.length && scores[COPIES]! >= LEARNED,
}

const COPIES = 'best induction score'

/** The words that are copied first: those after the 257 tokens of bytes and of the format, which are the most frequent. */
function fewWords(count: number): number[] {
  return Array.from({ length: count }, (_, n) => 257 + n)
}

function exercise(moment: Moment): Exercise {
  const { stage, step } = moment
  if (stage < FEW.length) return copying(moment, FEW[stage]!, ROWS.copying)
  return step % COPYING === 0 ? copying(moment, ALL, ROWS.still) : reading(moment)
}

/** A passage of 8 to 30 random words, again and again, 64 tokens long; only what repeats can be foreseen. */
function copying({ seed, step }: Moment, count: number, length: number): Exercise {
  const random = new Random('copying', seed, step)
  const words = fewWords(count)
  const rows = Array.from({ length }, (): Row => repeated(random, words, 64, 0))
  const first = words[0]!
  return {
    rows: rows.map(({ ids, labels }) => ({ ids, labels: labels.map(([place, id]) => [place, id - first] as const) })),
    among: words,
  }
}

function repeated(random: Random, words: readonly number[], length: number, from: number): Row {
  const passage = Array.from({ length: 8 + random.below(23) }, () => random.pick(words))
  const ids = Array.from({ length }, (_, n) => passage[n % passage.length]!)
  const places = ids.map((_, n) => n).filter((n) => n + 1 >= passage.length && n + 1 < length && n >= from)
  return { ids, labels: places.map((place) => [place, ids[place + 1]!] as const) }
}

/** Windows of English, of the grammar's too, and one row in eight of repeated passages. */
function reading({ tokenizer, seed, step }: Moment): Exercise {
  const random = new Random('reading', seed, step)
  const all = fewWords(ALL)
  const rows = Array.from({ length: ROWS.english }, (_, n): Row => {
    if (n % 8 === 0) return repeated(random, all, POSITIONS, 0)
    const ids: number[] = []
    while (ids.length <= POSITIONS) ids.push(...tokenizer.encode(text(random, n % 8 === 1)).ids, END)
    return foreseen(ids.slice(0, POSITIONS + 1))
  })
  return { rows }
}

/** A sentence of the grammar as a step of the training draws them. */
export function ownSentence(random: Random): string {
  return random.chance(0.7) ? sentence(random, 'train').text : senseSentence(random)
}

/** Sentences that stand side by side in the corpus, or that the grammar makes. */
function text(random: Random, own: boolean): string {
  if (own) return ownSentence(random)
  const { train } = english()
  const at = random.below(train.length - 2)
  return train.slice(at, at + 3).join(' ')
}

function foreseen(ids: readonly number[]): Row {
  return { ids: ids.slice(0, -1), labels: ids.slice(1).map((id, place) => [place, id] as const) }
}

async function measure(reader: Reader, { stage }: Moment): Promise<Scores> {
  const words = fewWords(FEW[stage] ?? ALL)
  const heads = await inductionScores(reader, words, 8, 24)
  const best = Math.max(...heads.map(({ score }) => score))
  if (stage < FEW.length) return { [COPIES]: best }
  return { [COPIES]: best, 'perplexity, held-out English': await perplexity(reader, heldOutRows(reader, english(), 24)) }
}

/** Sentences as the model reads them: three to a text, each text ended. */
export function* textsOf(tokenizer: Tokenizer, sentences: readonly string[]): Generator<number[]> {
  for (let at = 0; at + 3 <= sentences.length; at += 3) yield [...tokenizer.encode(sentences.slice(at, at + 3).join(' ')).ids, END]
}

/** Windows of the held-out texts, one after another. */
export function heldOutRows({ tokenizer }: Pick<Reader, 'tokenizer'>, { heldOut }: Corpus, count: number): number[][] {
  const ids = [...textsOf(tokenizer, heldOut)].flat()
  return Array.from({ length: Math.min(count, Math.floor(ids.length / POSITIONS)) }, (_, n) =>
    ids.slice(n * POSITIONS, (n + 1) * POSITIONS),
  )
}

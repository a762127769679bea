/** The embedded encoder: it restores hidden words of real English, and the nouns that pronouns stand for. */

import { type Corpus, readCorpus, type Use } from '../corpus.ts'
import { pronounScores } from '../evaluate/pronouns.ts'
import { restoredShare } from '../evaluate/restored.ts'
import { sentence } from '../grammar/generate.ts'
import { plain } from '../grammar/plain.ts'
import { type Disguised, disguised, senseSentence } from '../grammar/senses.ts'
import { grammarWords } from '../grammar/words.ts'
import { hidden, type Masking, referring, undisguised } from '../masking.ts'
import { Random } from '../random.ts'
import type { Exercise, Moment, Recipe } from '../recipe.ts'

const SPECIAL = ['[PAD]', '[CLS]', '[SEP]', '[MASK]'] as const
const VOCABULARY = 8192
const POSITIONS = 64

/** Sentences of each sort in one step. */
const MIX = { real: 36, uses: 18, pronouns: 66, plain: 5, senses: 8, disguised: 35 } as const

/**
 * When it has learned to look, looks that heads share begin to cost something: nothing for so many steps of the second course, then for as
 * many more and more. From the beginning on, a higher price (0.02 from step 1,500) made single heads look, but early and at both nouns.
 */
const OVERLAP = { price: 0.005, free: 100 } as const
const SECOND = { from: 10_500, rate: 6e-4, warmup: 50 } as const

let corpus: Corpus | undefined
const english = (): Corpus => (corpus ??= readCorpus())

export const encoder: Recipe = {
  name: 'encoder',
  about: 'A bidirectional encoder of English that says what a pronoun refers to.',
  seed: 1,
  config: {
    model_type: 'modernbert',
    architectures: ['ModernBertForMaskedLM'],
    hidden_size: 192,
    num_hidden_layers: 4,
    num_attention_heads: 6,
    intermediate_size: 384,
    max_position_embeddings: POSITIONS,
    // Every layer sees the whole sentence.
    global_attn_every_n_layers: 1,
    global_rope_theta: 10_000,
    pad_token_id: 0,
    cls_token_id: 1,
    bos_token_id: 1,
    sep_token_id: 2,
    eos_token_id: 2,
    tie_word_embeddings: true,
  },
  vocabulary: {
    size: VOCABULARY,
    special: SPECIAL,
    whole: grammarWords(),
    lowercase: true,
    around: ['[CLS]', '[SEP]'],
  },
  texts: () => english().train,
  steps: 12_500,
  rate: 2e-3,
  warmup: 600,
  second: SECOND,
  weightDecay: 0.01,
  clip: 1,
  groups: 8,
  exercise,
  measureEvery: 500,
  measure: async (reader, { seed }) => ({
    ...(await pronounScores(reader, seed, 200)),
    'hidden words of held-out English': await restoredShare(reader, english().heldOut.slice(0, 200), seed),
  }),
}

/** A sentence of the grammar as a step of the training draws them. */
export function ownSentence(random: Random): string {
  const chosen = random.below(MIX.pronouns + MIX.plain + MIX.senses + MIX.disguised)
  if (chosen < MIX.pronouns) return sentence(random, 'train').text
  return chosen < MIX.pronouns + MIX.plain ? plain(random) : senseSentence(random)
}

function exercise({ tokenizer, seed, step }: Moment): Exercise {
  const random = new Random('encoder', seed, step)
  const real: Masking = { tokenizer, share: 0.2, longest: POSITIONS, vocabulary: VOCABULARY }
  const own: Masking = { ...real, share: 0.12 }
  const { train, uses } = english()
  const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make)
  const price = OVERLAP.price * Math.min(1, Math.max(0, (step - SECOND.from) / OVERLAP.free - 1))
  return {
    ...(price > 0 && { overlap: { price, special: SPECIAL.length } }),
    rows: [
      ...times(MIX.real, () => hidden(random, random.pick(train), real)),
      ...times(MIX.uses, () => undisguised(random, disguiseOf(random.pick(uses)), real)),
      ...times(MIX.pronouns, () => referring(random, sentence(random, 'train'), own)),
      ...times(MIX.plain, () => hidden(random, plain(random), own)),
      ...times(MIX.senses, () => hidden(random, senseSentence(random), { ...own, share: 0.2 })),
      ...times(MIX.disguised, () => undisguised(random, disguised(random), own)),
    ],
  }
}

/** A sentence that could have been said with another word. */
function disguiseOf({ text, word, others }: Use): Disguised {
  const start = new RegExp(`\\b${word}\\b`, 'i').exec(text)!.index
  return { text, shown: { word, start, end: start + word.length }, plain: others }
}

/** The embedded translator: dates in words → 2021-03-09, so that cross-attention can be seen at work. */

import { dateScores } from '../evaluate/dates.ts'
import { Random } from '../random.ts'
import type { Exercise, Moment, Reader, Recipe, Row } from '../recipe.ts'
import { datePair, dateWords } from './dates.ts'

const SPECIAL = ['[PAD]', '[BEGIN]', '[END]'] as const
const [PAD, BEGIN, END] = [0, 1, 2]

export const translator: Recipe = {
  name: 'translator',
  about: 'An encoder–decoder that writes dates in words as ISO 8601: the ninth of March twenty twenty one → 2021-03-09.',
  seed: 1,
  config: {
    model_type: 'marian',
    architectures: ['MarianMTModel'],
    d_model: 96,
    encoder_layers: 2,
    decoder_layers: 2,
    encoder_attention_heads: 4,
    decoder_attention_heads: 4,
    encoder_ffn_dim: 192,
    decoder_ffn_dim: 192,
    activation_function: 'gelu',
    max_position_embeddings: 48,
    scale_embedding: true,
    share_encoder_decoder_embeddings: true,
    tie_word_embeddings: true,
    is_encoder_decoder: true,
    pad_token_id: PAD,
    decoder_start_token_id: BEGIN,
    bos_token_id: BEGIN,
    eos_token_id: END,
    forced_eos_token_id: null,
  },
  // Digits stay alone, so that each is written by itself.
  vocabulary: { size: 400, special: SPECIAL, whole: dateWords(), lowercase: true },
  texts: () => [],
  steps: 1_000,
  rate: 2e-3,
  warmup: 100,
  weightDecay: 0.01,
  clip: 1,
  groups: 1,
  exercise,
  measureEvery: 250,
  measure: async (reader) => await dateScores(reader, 64),
}

/** What is written: the bytes of the date, one token each. */
export function writtenIds({ tokenizer }: Pick<Reader, 'tokenizer'>, iso: string): number[] {
  return [...iso].map((character) => tokenizer.tokenToId(character)!)
}

export const BEGIN_ID = BEGIN

function exercise({ tokenizer, seed, step }: Moment): Exercise {
  const random = new Random('translator', seed, step)
  const rows = Array.from({ length: 96 }, (): Row => {
    const { said, iso } = datePair(random, false)
    const target = [...writtenIds({ tokenizer }, iso), END!]
    return {
      ids: tokenizer.encode(said).ids,
      written: [BEGIN!, ...target.slice(0, -1)],
      labels: target.map((id, place) => [place, id] as const),
    }
  })
  return { rows }
}

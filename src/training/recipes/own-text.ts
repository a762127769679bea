/** A small causal model of texts that somebody brings. */

import { perplexity } from '../evaluate/induction.ts'
import { Random } from '../random.ts'
import type { Exercise, Moment, Reader, Recipe, Row } from '../recipe.ts'

/** What a recipe for one's own text has to say; the rest has defaults. */
export interface OwnText {
  readonly name: string
  /** Paragraphs or lines: one in twenty is kept to measure with, if there are twenty. */
  readonly texts: readonly string[]
  /** Default 1000. */
  readonly steps?: number
  /** Default 1. */
  readonly seed?: number
  /** Of hidden states; a multiple of 32. Default 128. */
  readonly width?: number
  /** Default 4. */
  readonly layers?: number
  /** How many tokens there are. Default 2048. */
  readonly vocabulary?: number
  /** How many tokens are read at a time. Default 64. */
  readonly positions?: number
}

const END = 0

export function ownText(own: OwnText): Recipe {
  const { name, texts, steps = 1000, seed = 1, width = 128, layers = 4, vocabulary = 2048, positions = 64 } = own
  if (width % 32 !== 0) throw new RangeError(`${name}: width must be a multiple of 32, got ${width}`)
  const kept = texts.length >= 20 ? texts.filter((_, n) => n % 20 === 19) : texts
  const learned = texts.length >= 20 ? texts.filter((_, n) => n % 20 !== 19) : texts
  if (learned.join('').trim() === '') throw new RangeError(`${name}: there is no text to learn from`)
  return {
    name,
    about: `A causal model of ${texts.length} texts.`,
    seed,
    config: {
      model_type: 'llama',
      architectures: ['LlamaForCausalLM'],
      hidden_size: width,
      num_hidden_layers: layers,
      num_attention_heads: width / 32,
      num_key_value_heads: width / 32,
      intermediate_size: 3 * width,
      max_position_embeddings: positions,
      tie_word_embeddings: true,
      bos_token_id: END,
      eos_token_id: END,
      pad_token_id: END,
    },
    vocabulary: { size: vocabulary, special: ['[END]'] },
    texts: () => learned,
    steps,
    rate: 2e-3,
    warmup: Math.min(100, Math.ceil(steps / 10)),
    weightDecay: 0.01,
    clip: 1,
    groups: 1,
    exercise: (moment) => windows(moment, learned, positions),
    measureEvery: Math.max(1, Math.floor(steps / 10)),
    measure: async (reader) => ({
      'perplexity, kept texts': await perplexity(reader, rowsOf(reader, kept, positions).slice(0, 32)),
    }),
  }
}

/** Sixteen stretches of text from random places, each text ended by a token of its own. */
function windows({ tokenizer, seed, step }: Moment, texts: readonly string[], positions: number): Exercise {
  const random = new Random('own', seed, step)
  const rows = Array.from({ length: 16 }, (): Row => {
    const ids: number[] = []
    for (let at = random.below(texts.length); ids.length <= positions; at = (at + 1) % texts.length)
      ids.push(...tokenizer.encode(texts[at]!).ids, END)
    const from = random.below(ids.length - positions)
    const window = ids.slice(from, from + positions + 1)
    return { ids: window.slice(0, -1), labels: window.slice(1).map((id, place) => [place, id] as const) }
  })
  return { rows }
}

function rowsOf({ tokenizer }: Pick<Reader, 'tokenizer'>, texts: readonly string[], positions: number): number[][] {
  const ids = texts.flatMap((text) => [...tokenizer.encode(text).ids, END])
  const count = Math.max(1, Math.floor(ids.length / positions))
  return Array.from({ length: count }, (_, n) => ids.slice(n * positions, (n + 1) * positions)).filter((row) => row.length > 1)
}

/** Learns a vocabulary from texts and writes it as the tokenizer.json that Hugging Face's `tokenizers` reads. */

import { CHARACTERS } from '../../model/tokenizer/bytes.ts'
import { countWords, inBytes } from './byte-level.ts'
import { learnMerges } from './merges.ts'

export interface VocabularyOptions {
  /** How many tokens there are in all; fewer where the texts hold no more. */
  readonly size: number
  /** Tokens of the model's format, from id 0 on. */
  readonly special: readonly string[]
  /** Words that are one token each, whatever the texts hold: said in the middle of a sentence. */
  readonly whole?: readonly string[]
  /** Read everything in lower case. Default false. */
  readonly lowercase?: boolean
  /** What stands around a text: [before, after] of `special`. */
  readonly around?: readonly [string, string]
}

/** A tokenizer.json as plain data: byte-level BPE. */
export function learnTokenizer(texts: Iterable<string>, options: VocabularyOptions): object {
  const { size, special, whole = [], lowercase = false, around } = options
  const counts = countWords(lowercase ? map(texts, (text) => text.toLowerCase()) : texts)
  const forced = [...new Set(whole.map((word) => inBytes(` ${word}`)))]
  const fixed = special.length + CHARACTERS.length
  if (size < fixed + forced.length)
    throw new RangeError(
      `learnTokenizer: ${size} tokens are too few for ${special.length} special ones, 256 bytes and ${forced.length} whole words`,
    )
  const pieces = new Set([...special, ...[...CHARACTERS].sort()])
  const merges: string[][] = []
  const wanted = new Set(forced)
  for (const [left, right] of learnMerges(counts, size)) {
    const made = left + right
    wanted.delete(made)
    if (!pieces.has(made) && pieces.size + wanted.size >= size) break
    merges.push([left, right])
    pieces.add(made)
  }
  for (const word of wanted) pieces.add(word)
  const vocabulary = Object.fromEntries([...pieces].map((piece, id) => [piece, id]))
  return file({ vocabulary, merges, special, lowercase, around })
}

function* map<T>(texts: Iterable<T>, change: (text: T) => T): Generator<T> {
  for (const text of texts) yield change(text)
}

function file(parts: {
  vocabulary: Readonly<Record<string, number>>
  merges: readonly (readonly string[])[]
  special: readonly string[]
  lowercase: boolean
  around: readonly [string, string] | undefined
}): object {
  const { vocabulary, merges, special, lowercase, around } = parts
  const named = (token: string): [string, number] => [token, vocabulary[token]!]
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({ id, content, ...flags })),
    normalizer: lowercase ? { type: 'Lowercase' } : null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    post_processor: around
      ? { type: 'RobertaProcessing', sep: named(around[1]), cls: named(around[0]), trim_offsets: true, add_prefix_space: true }
      : { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: true,
      vocab: vocabulary,
      merges,
    },
  }
}

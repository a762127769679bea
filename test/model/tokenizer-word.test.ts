/** What a token is called by its id alone, in each way that vocabularies mark where words begin. */

import { describe, expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/index.ts'
import { pieceOf, wordOf } from '../../src/model/tokenizer/word.ts'

function tokenizer(pieces: readonly string[], model: object, decoder: object | null): Tokenizer {
  const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]))
  return new Tokenizer({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder,
    model: { ...model, vocab },
  })
}

const BPE = {
  type: 'BPE',
  dropout: null,
  unk_token: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  merges: [],
}
const BYTES = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }
const PIECES = { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100 }

const words = (of: Tokenizer, pieces: readonly string[]): string[] => pieces.map((_, id) => wordOf(id, of))

describe('a word of the vocabulary', () => {
  it('has its space before it where it begins a word, and none where it goes on with one: byte-level', () => {
    const pieces = ['Ġcat', 'cat', 'Ċ', 'Ġ', '.']
    expect(words(tokenizer(pieces, BPE, BYTES), pieces)).toEqual([' cat', 'cat', '\n', ' ', '.'])
  })

  it('the same in WordPiece, which marks what goes on', () => {
    const pieces = ['cat', '##s', '.', '[UNK]']
    const decoder = { type: 'WordPiece', prefix: '##', cleanup: true }
    expect(words(tokenizer(pieces, PIECES, decoder), pieces)).toEqual([' cat', 's', '.', ' [UNK]'])
  })

  it('the same where a text that is decoded loses its first space', () => {
    const pieces = ['▁cat', 'cat', '▁']
    const decoder = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }
    expect(words(tokenizer(pieces, BPE, decoder), pieces)).toEqual([' cat', 'cat', ' '])
  })

  it('that would be read as nothing is called as the vocabulary writes it', () => {
    const pieces = ['<pad>', 'a']
    const decoder = { type: 'Replace', pattern: { String: '<pad>' }, content: '' }
    expect(words(tokenizer(pieces, BPE, decoder), pieces)).toEqual(['<pad>', 'a'])
  })

  it('that there is not is called by its number', () => {
    const some = tokenizer(['a'], BPE, BYTES)
    expect([wordOf(7, some), pieceOf(7, some), wordOf(7, undefined), pieceOf(7, undefined)]).toEqual(['#7', '#7', '#7', '#7'])
    expect(pieceOf(0, some)).toBe('a')
  })
})

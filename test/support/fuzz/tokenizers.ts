/** A small tokenizer.json of each kind. */

import { tinyBert } from '../tiny-bert.ts'

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
const token = (id: number, content: string) => ({
  id,
  content,
  special: true,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
})
const numbered = (tokens: readonly string[]) => Object.fromEntries(tokens.map((each, id) => [each, id]))

const byteLevel = {
  version: '1.0',
  added_tokens: [token(30, '<|end|>')],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }] },
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Split', pattern: { Regex: "'s|'t| ?\\p{L}+| ?\\p{N}{1,3}|\\s+(?!\\S)|\\s+" }, behavior: 'Isolated', invert: false },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  },
  post_processor: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: '',
    end_of_word_suffix: '',
    fuse_unk: false,
    byte_fallback: false,
    vocab: { ...numbered([...LETTERS, 'th', 'the', 'Ġ', 'Ġt']), '<|end|>': 30 },
    merges: ['t h', ['th', 'e'], 'Ġ t'],
  },
}

const unigram = {
  version: '1.0',
  added_tokens: [token(0, '<unk>'), token(1, '</s>')],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }, { type: 'StripAccents' }] },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
    special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
  },
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  model: {
    type: 'Unigram',
    unk_id: 0,
    byte_fallback: false,
    vocab: [['<unk>', 0], ['</s>', 0], ['▁', -2], ['▁the', -3], ['cat', -4.5], ...LETTERS.map((each, n) => [each, -5 - n / 7])],
  },
}

const wordLevel = {
  version: '1.0',
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      { type: 'Whitespace' },
      { type: 'Punctuation', behavior: 'Isolated' },
      { type: 'Digits', individual_digits: true },
    ],
  },
  post_processor: null,
  decoder: null,
  model: { type: 'WordLevel', vocab: numbered(['<unk>', 'the', 'cat', 'sat']), unk_token: '<unk>' },
}

export const TOKENIZERS: readonly unknown[] = [tinyBert(1).json['tokenizer.json'], byteLevel, unigram, wordLevel]

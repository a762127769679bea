/** Tokenizers put together from other parts than BERT's usual ones, against the official implementation. */

import fc from 'fast-check'
import { Tokenizer as Official } from 'tokenizers'
import { describe, expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/index.ts'
import { unitsOf } from './expected.ts'

const LETTERS = [...'abcdeéABCDEÉß中한.,!?_1', 'e\u0301'.at(1)!]
const VOCAB = Object.fromEntries(
  [
    '[UNK]',
    '[CLS]',
    '[SEP]',
    'ab',
    'cd',
    '##ab',
    '##cd',
    'abc',
    '##é',
    'bonjour',
    '<s>',
    '</s>',
    ...LETTERS,
    ...LETTERS.map((c) => `##${c}`),
  ].map((piece, id) => [piece, id]),
)

/** The first id after the vocabulary: where added tokens begin. */
const NEXT = Object.keys(VOCAB).length

const MODEL = {
  type: 'WordPiece',
  unk_token: '[UNK]',
  continuing_subword_prefix: '##',
  max_input_chars_per_word: 100,
  vocab: VOCAB,
}
const PLAIN = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: null,
  decoder: null,
  model: MODEL,
}
const token = (id: number, content: string, options = {}) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...options,
})
const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
const sequence = (id: 'A' | 'B') => ({ Sequence: { id, type_id: id === 'A' ? 0 : 1 } })

/** Ids, offsets in UTF-16, and segments: ours must be the official ones. */
async function agree(json: unknown, text: string, pair?: string): Promise<void> {
  const official = await Official.fromString(JSON.stringify(json)).encode(text, pair)
  const ours = new Tokenizer(json).encode(text, pair === undefined ? {} : { pair })
  const offsets = official.getOffsets() as [number, number][]
  const sequences = official.getSequenceIds()
  expect(ours.tokens.map(({ id, start, end }) => [id, start, end])).toEqual(
    official.getIds().map((id, n) => {
      const at = unitsOf(sequences[n] === 1 ? pair! : text)
      return [id, at[offsets[n]![0]], at[offsets[n]![1]]]
    }),
  )
  expect(ours.typeIds).toEqual(official.getTypeIds())
}

const TEXTS = [
  'abcd ABCD éÉ e\u0301 ab.cd!',
  '  ab [MASK]  cd <x>ab<x> x<x>x ab[MASK]cd',
  'Bonjour bonjour BONJOUR bonjourab',
  '中한 a中b ßß _ab_ a_b 1 12',
  '[MASK][MASK] [MASK]. _[MASK]_ 中[MASK]中 é[MASK]',
  '',
  '   ',
  '<x>',
  '<x><xx><x',
]

const FILES: Record<string, unknown> = {
  'no normalizer': PLAIN,
  'no pre-tokenizer': { ...PLAIN, pre_tokenizer: null },
  'cased BERT': {
    ...PLAIN,
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: false },
  },
  'lower case, accents kept': {
    ...PLAIN,
    normalizer: { type: 'BertNormalizer', clean_text: false, handle_chinese_chars: false, strip_accents: false, lowercase: true },
  },
  'accents stripped, case kept': {
    ...PLAIN,
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: true, lowercase: false },
  },
  'a sequence of normalizers': {
    ...PLAIN,
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'Lowercase' }, { type: 'StripAccents' }] },
  },
  'cut at white space alone': { ...PLAIN, pre_tokenizer: { type: 'WhitespaceSplit' } },
  'a sequence of pre-tokenizers': {
    ...PLAIN,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'BertPreTokenizer' }] },
  },
  'another prefix': { ...PLAIN, model: { ...MODEL, continuing_subword_prefix: '' } },
  'short words only': { ...PLAIN, model: { ...MODEL, max_input_chars_per_word: 3 } },
  BertProcessing: { ...PLAIN, post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] } },
  RobertaProcessing: {
    ...PLAIN,
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['</s>', 11],
      cls: ['<s>', 10],
      trim_offsets: false,
      add_prefix_space: false,
    },
  },
  'a template of two specials': {
    ...PLAIN,
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), special('[CLS]'), sequence('A')],
      pair: [sequence('A'), special('both'), sequence('B'), special('[SEP]')],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
        both: { id: 'both', ids: [2, 1], tokens: ['[SEP]', '[CLS]'] },
      },
    },
  },
}

const ADDED = {
  ...PLAIN,
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  added_tokens: [
    token(NEXT + 0, '[MASK]'),
    token(NEXT + 1, '<x>', { lstrip: true, rstrip: true }),
    token(NEXT + 2, '<xx>', { special: false }),
    token(NEXT + 3, 'Bonjour', { normalized: true, special: false }),
    token(NEXT + 4, '_ab_', { single_word: true }),
    token(VOCAB.É!, 'É', { normalized: true, single_word: true, special: false }),
    token(NEXT + 5, '<x><xx>', { rstrip: true }),
  ],
}

describe.each(Object.entries({ ...FILES, 'added tokens of every kind': ADDED }))('%s', (_, json) => {
  it.each(TEXTS)('ids and offsets are the official ones: %j', (text) => agree(json, text))

  it('ids, offsets and segments of pairs are the official ones', () => agree(json, TEXTS[0]!, TEXTS[3]!))

  it('ids and offsets are the official ones on random texts', async () => {
    const part = fc.constantFrom(
      ...LETTERS,
      ' ',
      ' ',
      '[MASK]',
      '<x>',
      '<xx>',
      'Bonjour',
      '_ab_',
      'É',
      '\u0301',
      '\u00a0',
      '👩\u200d👧',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 15 }), (parts) => agree(json, parts.join(''))),
      { numRuns: 150 },
    )
  })
})

describe('A tokenizer', () => {
  const made = new Tokenizer(ADDED)

  it('knows its vocabulary both ways, added tokens included', () => {
    expect(made.tokenToId('##ab')).toBe(5)
    expect(made.tokenToId('[MASK]')).toBe(NEXT)
    expect(made.idToToken(NEXT + 2)).toBe('<xx>')
    expect(made.tokenToId('nothing')).toBeUndefined()
    expect(made.idToToken(NEXT + 6)).toBeUndefined()
    expect(made.vocabulary).toBe(NEXT + 6)
  })

  it('leaves out what stands around the text if asked to', () => {
    const around = new Tokenizer(FILES.BertProcessing)
    expect(around.encode('ab').tokens.map((each) => each.text)).toEqual(['[CLS]', 'ab', '[SEP]'])
    expect(around.encode('ab', { special: false }).tokens.map((each) => each.text)).toEqual(['ab'])
    expect([0, 1, 2].map((id) => around.isSpecial(id))).toEqual([false, true, true])
  })

  it('reads a hundred thousand characters without cutting any off', () => {
    const { tokens } = made.encode('ab '.repeat(33_333))
    expect(tokens.length).toBe(33_333)
    expect(tokens.at(-1)).toEqual({ id: 3, text: 'ab', start: 99_996, end: 99_998, special: false })
  })
})

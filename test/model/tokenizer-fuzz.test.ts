import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/tokenizer/tokenizer.ts'
import { mutatedTokenizer, tryTokenizer } from './fuzz-tokenizer.ts'
import { FILE } from './tokenizer-recipes.ts'

it('a mutated tokenizer.json ends in tokens or in one line that says what is wrong', () => {
  const ends = { used: 0, refused: 0 }
  fc.assert(
    fc.property(fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (numbers) => {
      ends[tryTokenizer(mutatedTokenizer(() => numbers.next().value ?? 0))]++
    }),
    { numRuns: 3000, endOnFailure: true },
  )
  expect(ends.used).toBeGreaterThan(0)
  expect(ends.refused).toBeGreaterThan(0)
}, 240_000)

const WORDS = { type: 'WordLevel', vocab: { a: 0, '[UNK]': 1 }, unk_token: '[UNK]' }
const pre = (pre_tokenizer: unknown) => ({ ...FILE, pre_tokenizer, model: WORDS })
const regex = (Regex: string) => pre({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false })
const bpe = (model: object) => ({ ...FILE, model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [], ...model } })

const BROKEN: [string, unknown, RegExp][] = [
  [
    'a model of another kind',
    { ...FILE, model: { type: 'Neural' } },
    /model "Neural" is not supported; BPE, Unigram, WordLevel, WordPiece are/,
  ],
  ['an unknown normalizer', { ...FILE, normalizer: { type: 'Upper' }, model: WORDS }, /normalizer "Upper" is not supported/],
  ['an unknown pre-tokenizer', pre({ type: 'UnicodeScripts' }), /pre_tokenizer "UnicodeScripts" is not supported/],
  [
    'an unknown post-processor',
    { ...FILE, post_processor: { type: 'constructor' }, model: WORDS },
    /post_processor "constructor" is not/,
  ],
  ['a CTC decoder', { ...FILE, decoder: { type: 'CTC' }, model: WORDS }, /decoder "CTC" is not supported/],
  ['dropout', bpe({ dropout: 0.1 }), /dropout 0.1 is not supported/],
  ['a merge of an unknown piece', bpe({ merges: ['a c'] }), /merges\.0: "c" is not in vocab/],
  ['a merge into an unknown piece', bpe({ merges: [['a', 'b']] }), /merges\.0: "ab" is not in vocab/],
  ['a merge of three', bpe({ merges: ['a b c'] }), /merges\.0: expected two pieces, got "a b c"/],
  ['an id beyond 31 bits', bpe({ vocab: { a: 2 ** 31 } }), /the id of "a" must be a whole number from 0 to 2147483647/],
  [
    'an unk_id beyond the vocabulary',
    { ...FILE, model: { type: 'Unigram', vocab: [['a', 0]], unk_id: 1 } },
    /unk_id 1 is not in vocab/,
  ],
  [
    'a score that is no number',
    { ...FILE, model: { type: 'Unigram', vocab: [['a', '0']] } },
    /vocab\.0: expected a piece and its score/,
  ],
  ['nested repeats', regex('(a+b?)+c'), /"\(a\+b\?\)\+c" cannot be used: it repeats what itself matches in several ways/],
  ['repeated choices', regex('(?:a|ab)*c'), /it repeats what itself matches in several ways/],
  ['repeats in a row', regex('\\w*\\d*!'), /two stretches of any length follow each other, and what comes after may fail/],
  ['choices in a row', regex(`${'a?'.repeat(20)}${'a'.repeat(20)}`), /it can match in too many ways/],
  ['a back reference', regex('(a)\\1'), /"\\1" is not supported/],
  ['an unknown property', regex('\\p{Klingon}'), /the property \\p\{Klingon\} is not supported/],
  ['an open class', regex('[a'), /a class does not end/],
  [
    'a broken charsmap',
    { ...FILE, normalizer: { type: 'Precompiled', precompiled_charsmap: '????' }, model: WORDS },
    /it is not base64/,
  ],
  [
    'a short charsmap',
    { ...FILE, normalizer: { type: 'Precompiled', precompiled_charsmap: '/////w==' }, model: WORDS },
    /its trie would have/,
  ],
  ['another version', { ...FILE, version: '2.0', model: WORDS }, /tokenizer\.json: version: /],
]

it.each(BROKEN)('%s is refused by name', (_, json, message) => {
  expect(() => new Tokenizer(json)).toThrow(message)
})

it('sequences in sequences are refused before they exhaust the stack', () => {
  let step: unknown = { type: 'NFC' }
  for (let depth = 0; depth < 100_000; depth++) step = { type: 'Sequence', normalizers: [step] }
  expect(() => new Tokenizer({ ...FILE, normalizer: step, model: WORDS })).toThrow(/more than 16 deep/)
})

it('normalizers that double the text again and again are stopped', () => {
  const double = { type: 'Replace', pattern: { String: 'a' }, content: 'aa' }
  const bomb = { ...FILE, normalizer: { type: 'Sequence', normalizers: Array.from({ length: 60 }, () => double) }, model: WORDS }
  expect(() => new Tokenizer(bomb).encode('aaaa')).toThrow(/makes the text more than 64 times longer/)
})

it('a pattern that looks through the whole text at every place is stopped', () => {
  expect(() => new Tokenizer(regex('a*b')).encode('a'.repeat(300_000))).toThrow(/takes too long on a text of 300000 characters/)
}, 60_000)

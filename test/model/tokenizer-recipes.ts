/** Files of tokenizers, put together as the models that people use have them, from vocabularies that can be had without those models. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BPE, Tokenizer as Official, Unigram } from 'tokenizers'

export type Json = Record<string, unknown>

export const torture: Record<string, string> = {
  'a sentence': "The animal didn't cross the street because it was too tired. We'LL see; I'D SAY it'S fine, they'Ve gone",
  nothing: '',
  'white space only': ' \t\r\n\u00a0\u2003\u3000\u0085\u2028 ',
  'spaces and line breaks': '  two   three    \n\n a\r\n\r\n b \n   c\t\td\n ',
  accents: 'Ångström naïve façade Zoë Köln résumé e\u0301le\u0300ve',
  'letters whose cases differ in number': 'İstanbul DİYARBAKIR Iİıi Straße STRASSE ﬁne ﬃ Ǆ ǅ ǆ ŉ ſ K ΟΔΥΣΣΕΥΣ Σίσυφος',
  Chinese: '我爱北京天安门 and漢字𠀀𪜀 mixed中文text',
  'Japanese and Korean': 'ひらがな カタカナ がぎぐ が 한국어 각',
  'right to left': 'שָׁלוֹם עולם السَّلامُ عليكم ١٢٣',
  'emoji with joiners': '👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇩🇪 ❤️ 1️⃣ \u{1f9d1}\u200d\u{1f680}',
  'marks in the wrong order': 'a\u0300\u0323 a\u0323\u0300 q\u0307\u0323 \u0344 a\u302e\u0323 \u1e9b\u0323',
  'control characters': 'a\u0000b\u0007c\u200bd\u200ee\ufefff\u00adg\u{e0001}h\ue000i\ufffdj\x7f\x85\x9f',
  'lone surrogates': 'a\ud800b \udc00 c\udfff',
  punctuation: '¿Qué? “quotes” — dash…«guillemets» §5 $3.50 #tag @me a_b c`d ^x|y~z ``x\u0027\u0027',
  'added tokens in the text': 'Hi <s>there</s> x<mask>y <mask> z <|end|><|end|>. Foo foo FOO foobar <s ></s',
  'a long run': `${'a'.repeat(300)}${'👍'.repeat(50)}${' '.repeat(70)}x`,
  numbers: '3.14159 ١٢٣ ⅷ ½ 10⁻³ 1,000,000 1234567 12ab34',
  'compatibility characters': 'ﷺ ㎏ ① ｶﾞ ２ ＡＢＣ ™ … ℌ ﬀ\u0301 \u00bd\u0301 e\u0323\u0301 \r\n\u00a0',
  'unassigned and new characters': '\u{16d68}\u{16d67} \u{105c9} \u{11dd9} \u{11de0}1 \u0378 \u{10ffff} \u{1e6c0} \u0295 \u2b96',
  'words without meaning': 'qzxqzxq ᚠᚢᚦᚨᚱᚲ ꙮ \u{1f600}x ▁a ▁▁ Ġb <0x41> <unk>',
  code: 'for(i=0;i<10;i++){\n    x[i]+=1; // CamelCaseHTTPServer snake_case\n\t}\nhttps://example.org/?q=1#top',
}

/** The ranks of a vocabulary in tiktoken's format, as a byte-level vocabulary and its merges. */
function fromRanks(file: string): { vocab: Record<string, number>; merges: string[] } {
  const path = createRequire(import.meta.url).resolve(`gpt-tokenizer/data/${file}`)
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const ranks = new Map<string, number>()
  for (const line of lines) ranks.set(Buffer.from(line.split(' ')[0]!, 'base64').toString('latin1'), Number(line.split(' ')[1]))
  const vocab: Record<string, number> = {}
  const merges: string[] = []
  for (const [bytes, rank] of ranks) {
    vocab[visible(bytes)] = rank
    if (bytes.length > 1) merges.push(halves(bytes, rank, ranks).map(visible).join(' '))
  }
  return { vocab, merges }
}

/** The two pieces that a token was merged from: what merges of lower rank make of its bytes. */
function halves(bytes: string, rank: number, ranks: ReadonlyMap<string, number>): string[] {
  const parts = [...bytes]
  while (parts.length > 2) {
    let [best, at] = [rank, -1]
    for (let n = 0; n + 1 < parts.length; n++) {
      const joined = ranks.get(parts[n]! + parts[n + 1]!) ?? rank
      if (joined < best) [best, at] = [joined, n]
    }
    if (at < 0) throw new Error(`no merge makes ${JSON.stringify(bytes)}`)
    parts.splice(at, 2, parts[at]! + parts[at + 1]!)
  }
  return parts
}

/** GPT-2's alphabet: printable Latin-1 stands for itself, the other bytes for U+0100 and on. */
const OTHERS = Array.from({ length: 256 }, (_, byte) => byte).filter(
  (byte) => byte < 33 || (byte > 126 && byte < 161) || byte === 173,
)
const ALPHABET = Array.from({ length: 256 }, (_, byte) =>
  String.fromCharCode(OTHERS.includes(byte) ? 256 + OTHERS.indexOf(byte) : byte),
)

function visible(bytes: string): string {
  let made = ''
  for (let n = 0; n < bytes.length; n++) made += ALPHABET[bytes.charCodeAt(n)]
  return made
}

/** What the trainers of the official package make of a small text in many scripts. */
function trained(kind: 'BPE' | 'Unigram', preTokenizer: Json): Json {
  const folder = mkdtempSync(join(tmpdir(), 'regard-tokenizer-'))
  try {
    const text = join(folder, 'text.txt')
    const sentences = Object.values(torture).join('\n').toWellFormed().replaceAll('\0', '')
    writeFileSync(text, `${sentences}\n${readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8')}\n`.repeat(3))
    const empty = new Official(kind === 'BPE' ? BPE.empty() : Unigram.empty())
    const file = join(folder, 'empty.json')
    empty.save(file)
    const made = Official.fromString(JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), pre_tokenizer: preTokenizer }))
    made.train([text])
    made.save(file)
    return JSON.parse(readFileSync(file, 'utf8')).model
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const once = <Made>(make: () => Made): (() => Made) => {
  let made: { it: Made } | undefined
  return () => {
    made ??= { it: make() }
    return made.it
  }
}

const gpt2 = once(() => fromRanks('r50k_base.tiktoken'))
const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }
const trainedBpe = once(() => trained('BPE', METASPACE))
const trainedUnigram = once(() => trained('Unigram', METASPACE))

export const FILE = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [] as unknown[],
  normalizer: null,
  pre_tokenizer: null,
  post_processor: null,
  decoder: null,
}

export const added = (id: number, content: string, options: Json = {}): Json => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...options,
})

const bpeModel = (options: Json = {}): Json => ({
  type: 'BPE',
  dropout: null,
  unk_token: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
  fuse_unk: false,
  byte_fallback: false,
  ignore_merges: false,
  ...gpt2(),
  ...options,
})

const byteLevel = (options: Json = {}): Json => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: true,
  ...options,
})

const split = (pattern: string, options: Json = {}): Json => ({
  type: 'Split',
  pattern: { Regex: pattern },
  behavior: 'Isolated',
  invert: false,
  ...options,
})

const ofTwo = (...list: Json[]): Json => ({ type: 'Sequence', pretokenizers: list })
const normalizers = (...list: Json[]): Json => ({ type: 'Sequence', normalizers: list })
const template = (before: [string, number][], after: [string, number][]): Json => {
  const special = ([id]: [string, number]) => ({ SpecialToken: { id, type_id: 0 } })
  const text = (id: string, type_id: number) => ({ Sequence: { id, type_id } })
  const all = [...before, ...after]
  return {
    type: 'TemplateProcessing',
    single: [...before.map(special), text('A', 0), ...after.map(special)],
    pair: [...before.map(special), text('A', 0), ...after.map(special), text('B', 1), ...after.map(special)],
    special_tokens: Object.fromEntries(all.map(([id, n]) => [id, { id, ids: [n], tokens: [id] }])),
  }
}

/** The patterns of Llama 3, Qwen 2, o200k, DeepSeek V3 and BLOOM. */
export const PATTERNS = {
  llama3:
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  qwen2:
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  o200k:
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  cl100k:
    "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
  deepseek:
    '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+',
  bloom: ' ?[^(\\s|[.,!?…。，、।۔،])]+',
  kimi: '[\\p{Han}]+|[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}&&[^\\p{Han}]]+|\\p{N}{1,3}|\\s+',
  clip: "<\\|startoftext\\|>|<\\|endoftext\\|>|'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
  thousands: '\\p{N}{1,3}(?=(?:\\p{N}{3})*(?!\\p{N}))|^\\s|\\w\\b|[[:punct:]]|\\h{2}$|\\W',
}

const SPECIALS = [added(0, '<s>'), added(0, '</s>'), added(0, '<|end|>')]

/** A vocabulary of SentencePiece's kind with the bytes and <unk> in front. */
const withBytes = once((): { vocab: Record<string, number>; merges: unknown } => {
  const { vocab, merges } = trainedBpe() as { vocab: Record<string, number>; merges: unknown }
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
  const dropped = new Set(['é', '한', '👍', '漢'])
  const kept = (merges as [string, string][]).filter((pair) => !dropped.has(pair[0]) && !dropped.has(pair[1]))
  const known = new Set([...kept.map((pair) => pair.join('')), ...Object.keys(vocab).filter((piece) => [...piece].length === 1)])
  const pieces = Object.keys(vocab).filter((piece) => known.has(piece) && !dropped.has(piece))
  const made = Object.fromEntries(['<unk>', '<s>', '</s>', ...bytes, ...pieces].map((piece, id) => [piece, id]))
  return { vocab: made, merges: kept.filter(([a, b]) => a in made && b in made && a + b in made) }
})

const sentencePiece = (options: Json = {}): Json =>
  bpeModel({ ...withBytes(), unk_token: '<unk>', fuse_unk: true, byte_fallback: true, ...options })
const llama2Decoder = {
  type: 'Sequence',
  decoders: [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    { type: 'Strip', content: ' ', start: 1, stop: 0 },
  ],
}
const spaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' }
const decoders = { byteLevel: byteLevel({ add_prefix_space: true }), metaspace: METASPACE }

/** Without the pieces of some characters, so that there are unknown ones. */
const unigramModel = (options: Json = {}): Json => {
  const { vocab, ...rest } = trainedUnigram() as { vocab: [string, number][] }
  const bytes = Array.from({ length: 256 }, (_, byte) => [`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, -20])
  const kept = vocab.filter(([piece]) => !/[é한👍漢]/u.test(piece))
  return { ...rest, unk_id: 0, vocab: [['<unk>', 0], ...kept, ...(options.byte_fallback ? bytes : [])], ...options }
}

const words = once(() => ['[UNK]', 'a', 'b', 'the', 'The', '.', ',', ' ', '中', 'é', '👍', "'", '3', 'x', '  '])
const wordLevel = (): Json => ({
  type: 'WordLevel',
  vocab: Object.fromEntries(words().map((word, id) => [word, id])),
  unk_token: '[UNK]',
})
const small = {
  a: 0,
  b: 1,
  c: 2,
  ab: 3,
  abc: 4,
  bc: 5,
  '##a': 6,
  '##b': 7,
  '##bb': 8,
  'x</w>': 9,
  x: 10,
  '<u>': 11,
  'a##b': 12,
  aa: 13,
}

/** Named files; each is made when it is asked for. */
export const recipes: Record<string, () => Json> = {
  'GPT-2': () => ({
    ...FILE,
    added_tokens: [added(50256, '<|endoftext|>', { normalized: true }), added(50257, '<|end|>')],
    pre_tokenizer: byteLevel(),
    post_processor: byteLevel({ trim_offsets: false }),
    decoder: decoders.byteLevel,
    model: bpeModel(),
  }),
  'GPT-2 with trimmed offsets, a space in front and no type of model': () => {
    const { type: _, ...model } = bpeModel()
    const level = byteLevel({ add_prefix_space: true })
    return { ...FILE, added_tokens: SPECIALS, pre_tokenizer: level, post_processor: level, decoder: level, model }
  },
  RoBERTa: () => ({
    ...FILE,
    added_tokens: [
      ...SPECIALS,
      added(0, '<mask>', { lstrip: true }),
      added(0, '<s >', { rstrip: true, normalized: true, special: false }),
    ],
    pre_tokenizer: byteLevel(),
    post_processor: {
      type: 'RobertaProcessing',
      sep: ['</s>', 50257],
      cls: ['<s>', 50256],
      trim_offsets: true,
      add_prefix_space: true,
    },
    decoder: decoders.byteLevel,
    model: bpeModel(),
  }),
  'Llama 3': () => ({
    ...FILE,
    added_tokens: SPECIALS,
    pre_tokenizer: ofTwo(split(PATTERNS.llama3), byteLevel({ use_regex: false })),
    post_processor: { type: 'Sequence', processors: [byteLevel({ add_prefix_space: true }), template([['<s>', 50256]], [])] },
    decoder: decoders.byteLevel,
    model: bpeModel({
      ignore_merges: true,
      merges: gpt2()
        .merges.slice(0, 20_000)
        .map((merge) => merge.split(' ')),
    }),
  }),
  'Qwen 2': () => ({
    ...FILE,
    added_tokens: SPECIALS,
    normalizer: { type: 'NFC' },
    pre_tokenizer: ofTwo(split(PATTERNS.qwen2), byteLevel({ use_regex: false })),
    post_processor: byteLevel({ trim_offsets: false }),
    decoder: decoders.byteLevel,
    model: bpeModel({ continuing_subword_prefix: '', end_of_word_suffix: '' }),
  }),
  ...Object.fromEntries(
    (['o200k', 'cl100k', 'deepseek', 'bloom', 'kimi', 'thousands'] as const).map((name) => [
      `the pattern of ${name}`,
      () => ({
        ...FILE,
        pre_tokenizer: ofTwo(split(PATTERNS[name]), byteLevel({ use_regex: false })),
        decoder: decoders.byteLevel,
        model: bpeModel(),
      }),
    ]),
  ),
  Falcon: () => ({
    ...FILE,
    pre_tokenizer: ofTwo(
      { type: 'Punctuation', behavior: 'Contiguous' },
      byteLevel(),
      { type: 'Digits', individual_digits: false },
      split('[0-9][0-9][0-9]'),
    ),
    post_processor: byteLevel(),
    decoder: decoders.byteLevel,
    model: bpeModel(),
  }),
  StarCoder: () => ({
    ...FILE,
    pre_tokenizer: ofTwo({ type: 'Digits', individual_digits: true }, byteLevel()),
    decoder: decoders.byteLevel,
    model: bpeModel(),
  }),
  'GPT-NeoX, whose added tokens are spaces': () => ({
    ...FILE,
    added_tokens: [
      added(50256, '    ', { normalized: true, special: false }),
      added(50257, '  ', { normalized: true, special: false }),
    ],
    normalizer: { type: 'NFC' },
    pre_tokenizer: byteLevel(),
    decoder: decoders.byteLevel,
    model: bpeModel(),
  }),
  'bytes by a normalizer': () => ({
    ...FILE,
    added_tokens: [added(0, 'Foo', { normalized: true, special: true }), added(0, 'é', { normalized: true, special: false })],
    normalizer: normalizers({ type: 'NFKC' }, { type: 'ByteLevel' }),
    decoder: decoders.byteLevel,
    model: bpeModel(),
  }),
  CLIP: () => ({
    ...FILE,
    normalizer: normalizers({ type: 'NFC' }, { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' }, { type: 'Lowercase' }),
    pre_tokenizer: ofTwo(split(PATTERNS.clip, { behavior: 'Removed', invert: true }), byteLevel()),
    post_processor: { type: 'RobertaProcessing', sep: ['e', 1], cls: ['s', 2], trim_offsets: false, add_prefix_space: false },
    decoder: { type: 'Sequence', decoders: [{ type: 'BPEDecoder', suffix: '</w>' }] },
    model: bpeModel({
      end_of_word_suffix: '</w>',
      unk_token: '<u>',
      vocab: { ...gpt2().vocab, 'x</w>': 50256, '<u>': 50257 },
      merges: [],
    }),
  }),
  'Llama 2': () => ({
    ...FILE,
    added_tokens: [added(0, '<unk>'), added(1, '<s>'), added(2, '</s>', { normalized: true })],
    normalizer: normalizers({ type: 'Prepend', prepend: '▁' }, spaces),
    post_processor: template([['<s>', 1]], []),
    decoder: llama2Decoder,
    model: sentencePiece(),
  }),
  Gemma: () => ({
    ...FILE,
    added_tokens: [added(0, '\n\n', { special: false }), added(1, '<s>')],
    normalizer: spaces,
    pre_tokenizer: split(' ', { pattern: { String: ' ' }, behavior: 'MergedWithPrevious' }),
    decoder: { type: 'Sequence', decoders: llama2Decoder.decoders.slice(0, 3) },
    model: sentencePiece(),
  }),
  Mistral: () => ({
    ...FILE,
    added_tokens: [added(1, '<s>'), added(0, '<mask>', { single_word: true })],
    pre_tokenizer: { ...METASPACE, prepend_scheme: 'first', split: false },
    decoder: llama2Decoder,
    model: sentencePiece({ fuse_unk: false }),
  }),
  'SentencePiece BPE without bytes': () => ({
    ...FILE,
    pre_tokenizer: { ...METASPACE, prepend_scheme: 'never' },
    decoder: { ...METASPACE, prepend_scheme: 'never' },
    model: sentencePiece({ byte_fallback: false }),
  }),
  'BPE that drops what it does not know': () => ({ ...FILE, model: sentencePiece({ byte_fallback: false, unk_token: null }) }),
  'BPE whose bytes are not complete': () => {
    const vocab = Object.fromEntries(
      Object.entries(withBytes().vocab).filter(([piece]) => piece !== '<0xE4>' && piece !== '<0x91>'),
    )
    return { ...FILE, decoder: { type: 'ByteFallback' }, model: sentencePiece({ vocab, fuse_unk: true }) }
  },
  'BPE with a prefix and a suffix': () => ({
    ...FILE,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    decoder: { type: 'BPEDecoder', suffix: '</w>' },
    model: bpeModel({
      vocab: small,
      merges: ['#version: 0.2', '##b ##b', 'a ##b'],
      continuing_subword_prefix: '##',
      end_of_word_suffix: '</w>',
      unk_token: '<u>',
    }),
  }),
  T5: () => ({
    ...FILE,
    added_tokens: [added(0, '</s>'), added(0, '<mask>', { lstrip: true, rstrip: true })],
    normalizer: { type: 'Precompiled', precompiled_charsmap: charsmap() },
    pre_tokenizer: ofTwo({ type: 'WhitespaceSplit' }, METASPACE),
    post_processor: template([], [['</s>', 1]]),
    decoder: METASPACE,
    model: unigramModel(),
  }),
  'XLM-R with bytes': () => ({
    ...FILE,
    normalizer: normalizers({ type: 'Nmt' }, { type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }),
    pre_tokenizer: METASPACE,
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, METASPACE] },
    model: unigramModel({ byte_fallback: true }),
  }),
  ALBERT: () => ({
    ...FILE,
    normalizer: normalizers(
      { type: 'Replace', pattern: { String: '``' }, content: '"' },
      { type: 'Strip', strip_left: true, strip_right: true },
      { type: 'NFKD' },
      { type: 'StripAccents' },
      { type: 'Lowercase' },
      { type: 'Precompiled', precompiled_charsmap: charsmap() },
    ),
    pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true, str_rep: '▁' },
    post_processor: { type: 'BertProcessing', sep: ['s', 2], cls: ['c', 3] },
    decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
    model: unigramModel(),
  }),
  'Unigram alone': () => ({ ...FILE, model: unigramModel() }),
  ...Object.fromEntries(
    [
      { type: 'Whitespace' },
      { type: 'WhitespaceSplit' },
      { type: 'Punctuation' },
      ...['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'].flatMap((behavior) => [
        { type: 'Punctuation', behavior },
        split('\\s|[a-e]+', { behavior }),
        split('\\d*', { behavior, invert: true }),
      ]),
      { type: 'CharDelimiterSplit', delimiter: 'e' },
      { type: 'Digits', individual_digits: false },
      { type: 'BertPreTokenizer' },
    ].map((pre_tokenizer, n) => [
      `words cut by ${JSON.stringify(pre_tokenizer)}`,
      () => ({
        ...FILE,
        normalizer: [null, { type: 'Strip', strip_left: true, strip_right: false }, { type: 'NFD' }, { type: 'Nmt' }][n % 4],
        pre_tokenizer,
        decoder: [
          null,
          { type: 'WordPiece', prefix: '##', cleanup: true },
          { type: 'Fuse' },
          { type: 'Strip', content: 't', start: 2, stop: 1 },
        ][n % 4],
        model: wordLevel(),
      }),
    ]),
  ),
}

/** What a charsmap of SentencePiece may hold: characters and short sequences, some of them taken out. */
const CHARSMAP: Record<string, string> = {
  '\u00a0': ' ',
  '\t': ' ',
  '\n': ' ',
  '\r': ' ',
  '\u3000': ' ',
  '\u200b': '',
  '\u0007': '',
  '\u00ad': '',
  ﬀ: 'ff',
  ﬁ: 'fi',
  '½': '1⁄2',
  '…': '...',
  ﷺ: 'صلى الله عليه وسلم',
  'e\u0301': 'é',
  'e\u0300': 'è',
  ｶﾞ: 'ガ',
  ｶ: 'カ',
  '２': '2',
  Ａ: 'A',
  '\ufeff': '',
}

/** A double-array trie (Darts) of the entries, laid out first fit, with the strings behind it. */
export const charsmap = once((): string => {
  const strings: Buffer[] = []
  let length = 0
  const keys = Object.entries(CHARSMAP).map(([key, value]) => {
    const at = length
    const bytes = Buffer.from(`${value}\0`)
    strings.push(bytes)
    length += bytes.length
    return { key: [...Buffer.from(key)], at }
  })
  const units: number[] = [0]
  const used = new Set([0])
  const place = (node: number, depth: number, group: typeof keys): void => {
    const leaf = group.find(({ key }) => key.length === depth)
    const labels = [...new Set(group.flatMap(({ key }) => (key.length > depth ? [key[depth]!] : [])))]
    const wanted = leaf ? [0, ...labels] : labels
    let base = 1
    while (wanted.some((label) => used.has(base ^ label)) || base === node) base++
    const offset = base ^ node
    units[node] = (units[node]! & 0xff) | (offset << 10) | (leaf ? 0x100 : 0)
    for (const label of wanted) used.add(base ^ label)
    if (leaf) units[base] = (leaf.at | 0x80000000) >>> 0
    for (const label of labels) units[base ^ label] = label
    for (const label of labels)
      place(
        base ^ label,
        depth + 1,
        group.filter(({ key }) => key[depth] === label),
      )
  }
  place(0, 0, keys)
  const trie = Buffer.alloc(4 * (Math.max(...used) + 257))
  for (const [n, unit] of units.entries()) trie.writeUInt32LE((unit ?? 0) >>> 0, 4 * n)
  const size = Buffer.alloc(4)
  size.writeUInt32LE(trie.length)
  return Buffer.concat([size, trie, ...strings]).toString('base64')
})

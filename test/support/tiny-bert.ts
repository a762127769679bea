/**
 * A whole model folder of a few kilobytes, for tests that need text → tokens → attention without any file beside the repository:
 * a BERT encoder of 3 layers × 4 heads with random weights (the same for the same seed) and a WordPiece vocabulary of letters and a
 * few words. What it looks at means nothing; that the same numbers come out everywhere is what it is for.
 */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TensorToStore, writeSafetensors } from '../../src/model/index.ts'

export const TINY = { layers: 3, heads: 4, width: 32, inner: 48, positions: 160 } as const
export type TinySize = Readonly<Record<keyof typeof TINY, number>>

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
const WORDS = 'the animal didn t cross street because it was too tired wide trophy suitcase big small dog slept in sun'.split(' ')
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789']
const MARKS = [...'.,;:!?\'"()-']
const VOCABULARY = [...SPECIAL, ...WORDS, ...LETTERS, ...LETTERS.map((letter) => `##${letter}`), ...MARKS]

export interface TinyFiles {
  /** config.json, tokenizer.json and what sentence-transformers adds, by path. */
  readonly json: Readonly<Record<string, unknown>>
  /** model.safetensors */
  readonly weights: Uint8Array<ArrayBuffer>
}

export function tinyBert(seed = 1, size: TinySize = TINY): TinyFiles {
  const json = {
    'config.json': config(size),
    'tokenizer.json': tokenizer(),
    'modules.json': [
      { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
      { idx: 1, name: '1', path: 'pooling', type: 'sentence_transformers.models.Pooling' },
    ],
    'sentence_bert_config.json': { max_seq_length: size.positions },
    'pooling/config.json': { word_embedding_dimension: size.width, pooling_mode_mean_tokens: true },
  }
  return { json, weights: writeSafetensors(weights(seed, size)) }
}

/** Writes the files into `folder`, which is made if need be. */
export async function writeTinyBert(folder: string, seed = 1, size: TinySize = TINY): Promise<void> {
  await mkdir(join(folder, 'pooling'), { recursive: true })
  const { json, weights } = tinyBert(seed, size)
  for (const [path, content] of Object.entries(json)) await writeFile(join(folder, path), JSON.stringify(content))
  await writeFile(join(folder, 'model.safetensors'), weights)
}

function config(size: TinySize): object {
  return {
    model_type: 'bert',
    architectures: ['BertModel'],
    vocab_size: VOCABULARY.length,
    hidden_size: size.width,
    num_hidden_layers: size.layers,
    num_attention_heads: size.heads,
    intermediate_size: size.inner,
    hidden_act: 'gelu',
    max_position_embeddings: size.positions,
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
    pad_token_id: 0,
  }
}

function tokenizer(): object {
  const special = (content: string) => ({ [content]: { id: content, ids: [VOCABULARY.indexOf(content)], tokens: [content] } })
  const flags = { special: true, single_word: false, lstrip: false, rstrip: false, normalized: false }
  const [begin, text, end] = [
    { SpecialToken: { id: '[CLS]', type_id: 0 } },
    { Sequence: { id: 'A', type_id: 0 } },
    { SpecialToken: { id: '[SEP]', type_id: 0 } },
  ]
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({ id, content, ...flags })),
    normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [begin, text, end],
      pair: [begin, text, end, { Sequence: { id: 'B', type_id: 1 } }, { SpecialToken: { id: '[SEP]', type_id: 1 } }],
      special_tokens: { ...special('[CLS]'), ...special('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])),
    },
  }
}

function weights(seed: number, { layers, width, inner, positions }: TinySize): TensorToStore[] {
  const random = normal(seed)
  const made: TensorToStore[] = []
  const add = (name: string, shape: readonly number[], deviation: number, middle = 0): void => {
    const size = shape.reduce((product, d) => product * d, 1)
    made.push({ name, dtype: 'F32', shape, data: Float32Array.from({ length: size }, () => middle + deviation * random()) })
  }
  const linear = (name: string, out: number, into: number, gain: number): void => {
    add(`${name}.weight`, [out, into], gain / Math.sqrt(into))
    add(`${name}.bias`, [out], 0.02)
  }
  const norm = (name: string): void => {
    add(`${name}.weight`, [width], 0.05, 1)
    add(`${name}.bias`, [width], 0.05)
  }
  add('embeddings.word_embeddings.weight', [VOCABULARY.length, width], 0.5)
  add('embeddings.position_embeddings.weight', [positions, width], 0.3)
  add('embeddings.token_type_embeddings.weight', [2, width], 0.1)
  norm('embeddings.LayerNorm')
  for (let layer = 0; layer < layers; layer++) {
    const at = `encoder.layer.${layer}`
    // A gain above 1 in q and k makes rows that differ: some sharp, some flat.
    for (const part of ['query', 'key']) linear(`${at}.attention.self.${part}`, width, width, 1.6)
    linear(`${at}.attention.self.value`, width, width, 1)
    linear(`${at}.attention.output.dense`, width, width, 1)
    norm(`${at}.attention.output.LayerNorm`)
    linear(`${at}.intermediate.dense`, inner, width, 1)
    linear(`${at}.output.dense`, width, inner, 1)
    norm(`${at}.output.LayerNorm`)
  }
  return made
}

/** Standard normal numbers: mulberry32, then Box–Muller. */
function normal(seed: number): () => number {
  let state = seed >>> 0
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}

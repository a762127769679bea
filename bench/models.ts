/** The checkpoints that whole models are measured with: a real one, and two that are made of random numbers, on disk, for both sides to open. */

import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { normal } from './numbers.ts'

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Lies beside the repository, where it lies at all. */
export const MINILM = folder('../../shared/models/all-MiniLM-L6-v2')
export const GPT2 = folder('./build/gpt2-124m')
export const LEARNER = folder('./build/bert-6x384')
/** What `npm start` reads with. */
export const EMBEDDED = folder('../models/encoder')

/** The sizes of the model that learns: all-MiniLM-L6-v2's, with fewer words. */
export const LEARNER_WORDS = 4096
export const GPT2_WORDS = 50257
export const MINILM_WORDS = 30522

/** Makes what can be made. → why there is none, if there is none. */
export function provide(path: string): string | undefined {
  if (existsSync(`${path}/config.json`)) return undefined
  if (path === GPT2) make(path, GPT2_CONFIG, gpt2Tensors())
  else if (path === LEARNER) make(path, LEARNER_CONFIG, bertTensors())
  else return 'skipped: there is no ../shared/models/all-MiniLM-L6-v2 beside the repository'
  return undefined
}

interface Stored {
  readonly name: string
  readonly shape: readonly number[]
  /** Numbers around `mean`, this far on average. */
  readonly mean: number
  readonly spread: number
}

/** As far as GPT-2 and BERT scatter theirs. */
const SPREAD = 0.02

const matrix = (name: string, ...shape: number[]): Stored => ({ name: `${name}.weight`, shape, mean: 0, spread: SPREAD })
const bias = (name: string, width: number): Stored => ({ name: `${name}.bias`, shape: [width], mean: 0, spread: SPREAD })
const norm = (name: string, width: number): Stored[] => [
  { name: `${name}.weight`, shape: [width], mean: 1, spread: SPREAD },
  bias(name, width),
]
const times = <T>(n: number, make: (index: number) => T[]): T[] => Array.from({ length: n }, (_, index) => make(index)).flat()

const GPT2_CONFIG = {
  model_type: 'gpt2',
  architectures: ['GPT2LMHeadModel'],
  vocab_size: GPT2_WORDS,
  n_positions: 1024,
  n_embd: 768,
  n_layer: 12,
  n_head: 12,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: GPT2_WORDS - 1,
  eos_token_id: GPT2_WORDS - 1,
}

function gpt2Tensors(): Stored[] {
  const width = GPT2_CONFIG.n_embd
  const stored = (name: string, into: number, out: number): Stored[] => [matrix(name, into, out), bias(name, out)]
  const layer = (n: number): Stored[] => {
    const at = `transformer.h.${n}`
    return [
      ...norm(`${at}.ln_1`, width),
      ...stored(`${at}.attn.c_attn`, width, 3 * width),
      ...stored(`${at}.attn.c_proj`, width, width),
      ...norm(`${at}.ln_2`, width),
      ...stored(`${at}.mlp.c_fc`, width, 4 * width),
      ...stored(`${at}.mlp.c_proj`, 4 * width, width),
    ]
  }
  return [
    matrix('transformer.wte', GPT2_WORDS, width),
    matrix('transformer.wpe', GPT2_CONFIG.n_positions, width),
    ...times(GPT2_CONFIG.n_layer, layer),
    ...norm('transformer.ln_f', width),
  ]
}

/** No dropout: it would draw other numbers on each side. */
const LEARNER_CONFIG = {
  model_type: 'bert',
  architectures: ['BertForMaskedLM'],
  vocab_size: LEARNER_WORDS,
  hidden_size: 384,
  num_hidden_layers: 6,
  num_attention_heads: 12,
  intermediate_size: 1536,
  hidden_act: 'gelu',
  layer_norm_eps: 1e-12,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  hidden_dropout_prob: 0,
  attention_probs_dropout_prob: 0,
  tie_word_embeddings: true,
  pad_token_id: 0,
}

function bertTensors(): Stored[] {
  const { hidden_size: width, intermediate_size: inner } = LEARNER_CONFIG
  const linear = (name: string, out: number, into: number): Stored[] => [matrix(name, out, into), bias(name, out)]
  const layer = (n: number): Stored[] => {
    const at = `bert.encoder.layer.${n}`
    return [
      ...['query', 'key', 'value'].flatMap((part) => linear(`${at}.attention.self.${part}`, width, width)),
      ...linear(`${at}.attention.output.dense`, width, width),
      ...norm(`${at}.attention.output.LayerNorm`, width),
      ...linear(`${at}.intermediate.dense`, inner, width),
      ...linear(`${at}.output.dense`, width, inner),
      ...norm(`${at}.output.LayerNorm`, width),
    ]
  }
  return [
    matrix('bert.embeddings.word_embeddings', LEARNER_WORDS, width),
    matrix('bert.embeddings.position_embeddings', LEARNER_CONFIG.max_position_embeddings, width),
    matrix('bert.embeddings.token_type_embeddings', LEARNER_CONFIG.type_vocab_size, width),
    ...norm('bert.embeddings.LayerNorm', width),
    ...times(LEARNER_CONFIG.num_hidden_layers, layer),
    ...linear('cls.predictions.transform.dense', width, width),
    ...norm('cls.predictions.transform.LayerNorm', width),
    { name: 'cls.predictions.bias', shape: [LEARNER_WORDS], mean: 0, spread: SPREAD },
  ]
}

/** The file tensor by tensor, each a stream of numbers.ts of its own; config.json last, so that half a model is none. */
function make(path: string, config: object, tensors: readonly Stored[]): void {
  mkdirSync(path, { recursive: true })
  const part = `${path}/model.safetensors.part`
  const file = openSync(part, 'w')
  try {
    for (const bytes of fileParts(tensors)) for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
  } finally {
    closeSync(file)
  }
  renameSync(part, `${path}/model.safetensors`)
  writeFileSync(`${path}/config.json`, `${JSON.stringify(config, null, 2)}\n`)
}

const FIRST_SEED = 1000

function* fileParts(tensors: readonly Stored[]): Generator<Uint8Array> {
  const sizes = tensors.map(({ shape }) => shape.reduce((product, d) => product * d, 1))
  let end = 0
  const entries = tensors.map(({ name, shape }, n) => {
    const from = end
    end += 4 * sizes[n]!
    return [name, { dtype: 'F32', shape, data_offsets: [from, end] }]
  })
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) })
  const header = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  yield length
  yield header
  for (const [n, { mean, spread }] of tensors.entries()) {
    const data = normal(sizes[n]!, FIRST_SEED + n, 0, spread)
    if (mean !== 0) for (let at = 0; at < data.length; at++) data[at]! += mean
    yield new Uint8Array(data.buffer)
  }
}

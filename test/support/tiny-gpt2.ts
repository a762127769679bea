/**
 * A GPT-2 folder with random weights (the same for the same seed), for tests that need a model that writes without any file beside the
 * repository. Its vocabulary is letters and a few words; what it writes means nothing.
 */

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TensorToStore, writeSafetensors } from '../../src/model/index.ts'

const WORDS = 'once upon a time there was the sea and it did not sleep so we went home ##s ##ing ##ed . , ! ?'.split(' ')
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
export const VOCABULARY = [...new Set(['[UNK]', ...WORDS, ...LETTERS, ...LETTERS.map((letter) => `##${letter}`)])]

export interface TinyGpt2 {
  layers?: number
  width?: number
  positions?: number
  /** More words than have a meaning. */
  words?: number
  seed?: number
  prefix?: string
}

/** Writes config.json, tokenizer.json and model.safetensors into `folder`, which is made if need be. → bytes of weights. */
export async function writeTinyGpt2(folder: string, options: TinyGpt2 = {}): Promise<number> {
  const { layers = 2, width = 32, positions = 64, words = VOCABULARY.length, seed = 1, prefix = 'transformer.' } = options
  await mkdir(folder, { recursive: true })
  const next = numbersFrom(seed)
  const tensors: TensorToStore[] = []
  const put = (name: string, shape: number[], fill: () => number): void => {
    const size = shape.reduce((a, b) => a * b)
    tensors.push({ name: prefix + name, dtype: 'F32', shape, data: Float32Array.from({ length: size }, fill) })
  }
  const small = (): number => (next() - 0.5) * 0.4
  const norm = (name: string): void => {
    put(`${name}.weight`, [width], () => 1 + small())
    put(`${name}.bias`, [width], small)
  }
  const linear = (name: string, into: number, out: number): void => {
    put(`${name}.weight`, [into, out], () => small() * Math.sqrt(32 / into))
    put(`${name}.bias`, [out], small)
  }
  put('wte.weight', [words, width], small)
  put('wpe.weight', [positions, width], small)
  for (let layer = 0; layer < layers; layer++) {
    norm(`h.${layer}.ln_1`)
    linear(`h.${layer}.attn.c_attn`, width, 3 * width)
    linear(`h.${layer}.attn.c_proj`, width, width)
    norm(`h.${layer}.ln_2`)
    linear(`h.${layer}.mlp.c_fc`, width, 4 * width)
    linear(`h.${layer}.mlp.c_proj`, 4 * width, width)
  }
  norm('ln_f')
  const config = { model_type: 'gpt2', vocab_size: words, n_positions: positions, n_embd: width, n_layer: layers, n_head: 4 }
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, architectures: ['GPT2LMHeadModel'] }))
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer()))
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors))
  return tensors.reduce((sum, { data }) => sum + (data as Float32Array).byteLength, 0)
}

function tokenizer(): unknown {
  return {
    version: '1.0',
    model: { type: 'WordPiece', vocab: Object.fromEntries(VOCABULARY.map((word, id) => [word, id])), unk_token: '[UNK]' },
    normalizer: { type: 'BertNormalizer' },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  }
}

/** Numbers in [0, 1) by a linear congruence (Numerical Recipes). */
function numbersFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Texts that are longer than the pieces they are read in. */

import { beforeAll, expect, it } from 'vitest'
import { loadModel, type Model } from '../../src/model/index.ts'
import { type TensorToStore, writeSafetensors } from '../../src/model/safetensors-write.ts'
import { startEngine } from '../support/engine.ts'
import { randomPlain } from '../support/layouts.ts'

beforeAll(startEngine)

const WIDTH = 8
const WORDS = 20
const POSITIONS = 2100

/** One layer of GPT-2 whose numbers are random. Of a model so small a piece has 1024 tokens. */
function tinyModel(): Promise<Model> {
  const shapes: Record<string, number[]> = {
    'wte.weight': [WORDS, WIDTH],
    'wpe.weight': [POSITIONS, WIDTH],
    'h.0.ln_1.weight': [WIDTH],
    'h.0.ln_1.bias': [WIDTH],
    'h.0.attn.c_attn.weight': [WIDTH, 3 * WIDTH],
    'h.0.attn.c_attn.bias': [3 * WIDTH],
    'h.0.attn.c_proj.weight': [WIDTH, WIDTH],
    'h.0.attn.c_proj.bias': [WIDTH],
    'h.0.ln_2.weight': [WIDTH],
    'h.0.ln_2.bias': [WIDTH],
    'h.0.mlp.c_fc.weight': [WIDTH, 4 * WIDTH],
    'h.0.mlp.c_fc.bias': [4 * WIDTH],
    'h.0.mlp.c_proj.weight': [4 * WIDTH, WIDTH],
    'h.0.mlp.c_proj.bias': [WIDTH],
    'ln_f.weight': [WIDTH],
    'ln_f.bias': [WIDTH],
  }
  const tensors = Object.entries(shapes).map(
    ([name, shape], n): TensorToStore => ({
      name: `transformer.${name}`,
      shape,
      dtype: 'F32',
      data: randomPlain(shape, n).data.map((x) => x / 3),
    }),
  )
  const config = {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    vocab_size: WORDS,
    n_positions: POSITIONS,
    n_embd: WIDTH,
    n_layer: 1,
    n_head: 2,
  }
  return loadModel(
    new Map([
      ['config.json', new Blob([JSON.stringify(config)])],
      ['model.safetensors', new Blob([writeSafetensors(tensors)])],
    ]),
  )
}

it.each([1023, 1024, 1025, 2050])('a text of %i tokens is continued as the whole of it says', async (length) => {
  using model = await tinyModel()
  const text = Array.from({ length }, (_, n) => (n * n + 3 * n) % WORDS)
  using run = await model.run(text)
  const scores = ((await run.logits!.read()) as Float32Array).slice(-WORDS)
  const total = Math.log(scores.reduce((sum, x) => sum + Math.exp(x), 0))
  for await (const { top } of model.generate(text, { maxNewTokens: 1, top: WORDS, stopIds: [] }))
    for (const { id, logprob } of top!) expect(logprob).toBeCloseTo(scores[id]! - total, 5)
  expect.assertions(WORDS)
})

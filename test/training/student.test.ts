import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { init } from '../../src/backend/index.ts'
import { loadModel, writeSafetensors } from '../../src/model/index.ts'
import type { Config } from '../../src/training/shapes.ts'
import { storedTensors } from '../../src/training/shapes.ts'
import { Student } from '../../src/training/student.ts'

beforeAll(() => init())

const modernbert: Config = {
  model_type: 'modernbert',
  architectures: ['ModernBertForMaskedLM'],
  vocab_size: 20,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 16,
  global_attn_every_n_layers: 1,
  pad_token_id: 0,
}
const llama: Config = {
  model_type: 'llama',
  architectures: ['LlamaForCausalLM'],
  vocab_size: 20,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 16,
  tie_word_embeddings: true,
}
const marian: Config = {
  model_type: 'marian',
  architectures: ['MarianMTModel'],
  vocab_size: 20,
  d_model: 8,
  encoder_layers: 1,
  decoder_layers: 1,
  encoder_attention_heads: 2,
  decoder_attention_heads: 2,
  encoder_ffn_dim: 12,
  decoder_ffn_dim: 12,
  activation_function: 'gelu',
  max_position_embeddings: 16,
  scale_embedding: true,
  pad_token_id: 19,
  decoder_start_token_id: 19,
  eos_token_id: 2,
}

async function save(student: Student, config: Config): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'regard-student-'))
  const tensors = [...(await student.numbers())].map(([name, { shape, data }]) => ({ name, dtype: 'F32' as const, shape, data }))
  writeFileSync(join(folder, 'model.safetensors'), writeSafetensors(tensors))
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  return folder
}

describe.each([modernbert, llama, marian])('a student of $model_type', (config) => {
  it('begins with the same numbers for the same seed', async () => {
    const [one, two, other] = [new Student(config, 1), new Student(config, 1), new Student(config, 2)]
    const [a, b, c] = await Promise.all([one, two, other].map(async (each) => await each.numbers()))
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
    for (const each of [one, two, other]) each.dispose()
  })

  it('is begun again from the numbers it gives out', async () => {
    const first = new Student(config, 1)
    const numbers = new Map([...(await first.numbers())].map(([name, { data }]) => [name, data]))
    const second = new Student(config, 2, numbers)
    expect(await second.numbers()).toEqual(await first.numbers())
    first.dispose()
    second.dispose()
  })

  it('is written as the file that loadModel reads, with every tensor used', async () => {
    const student = new Student(config, 1)
    const folder = await save(student, config)
    const model = await loadModel(folder)
    expect(model.unused).toEqual([])
    expect(model.parameterCount).toBe(storedTensors(config).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0))
    const input = { inputIds: [[3, 4, 5, 6]], ...(config.model_type === 'marian' && { decoderInputIds: [[19, 4]] }) }
    using run = await model.run(input)
    expect(run.logits!.shape.at(-1)).toBe(20)
    model.dispose()
    student.dispose()
    rmSync(folder, { recursive: true })
  })
})

describe('a config', () => {
  it('of a family that cannot be begun is refused by name', () => {
    expect(() => new Student({ model_type: 'gpt2', vocab_size: 10 }, 1)).toThrow('a model of type "gpt2" cannot be begun')
  })

  it('without a number is refused by the name of the field', () => {
    expect(() => new Student({ ...llama, hidden_size: 'wide' }, 1)).toThrow('config: hidden_size must be a number, got "wide"')
  })
})

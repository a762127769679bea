/** What a config.json asks for is done, or refused by its name; older forms of config and names mean the same. */

import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import {
  bytesSource,
  loadModel,
  type Model,
  openSafetensors,
  readStored,
  type TensorToStore,
  writeSafetensors,
} from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { CONFORMANCE } from './expected.ts'

beforeAll(startEngine)

type Config = Record<string, unknown>

const configOf = async (name: string): Promise<Config> => JSON.parse(await readFile(`${CONFORMANCE}${name}/config.json`, 'utf8'))
const weightsOf = async (name: string): Promise<Blob> => new Blob([await readFile(`${CONFORMANCE}${name}/model.safetensors`)])

async function tensorsOf(name: string): Promise<TensorToStore[]> {
  const file = await openSafetensors(bytesSource(new Uint8Array(await (await weightsOf(name)).arrayBuffer())))
  const all = [...file.tensors.values()]
  return Promise.all(all.map(async ({ name, dtype, shape }) => ({ name, dtype, shape, data: await readStored(file, name) })))
}

const load = (config: Config, weights: Blob): Promise<Model> =>
  loadModel(
    new Map([
      ['config.json', new Blob([JSON.stringify(config)])],
      ['model.safetensors', weights],
    ]),
  )

async function logitsOf(model: Model): Promise<ArrayLike<number>> {
  using run = await model.run([3, 14, 15, 92, 65, 35])
  return run.logits!.read()
}

const ALL = [
  ...['bert-mlm', 'roberta-mlm', 'distilbert-mlm', 'modernbert-mlm', 'gpt2', 'gpt-neox', 'bloom', 'opt', 'llama', 'llama3-rope'],
  ...['mistral-window', 'qwen2', 'qwen3', 'gemma2', 'gemma3', 'gpt-oss', 't5', 'bart', 'marian'],
]

describeShared('Any config.json', 'conformance/models/', () => {
  it.each(ALL)('%s with any one field replaced by anything loads or is refused in one line', async (name) => {
    const [config, weights] = [await configOf(name), await weightsOf(name)]
    const numbers = fc.constantFrom(0, -1, 1, 2, 3, 0.5, 1e9, 2 ** 53, null, '', [], {}, true, false)
    const change = fc.tuple(fc.constantFrom(...Object.keys(config)), fc.oneof(numbers, fc.jsonValue({ maxDepth: 2 })))
    await fc.assert(
      fc.asyncProperty(change, async ([field, value]) => {
        const result = await load({ ...config, [field]: value }, weights).catch((error: Error) => error)
        if (result instanceof Error) expect(result.message).toMatch(/^[^\n]{1,500}$/)
        else result.dispose()
      }),
      { numRuns: 60 },
    )
  })

  it.each<[string, Config, string | RegExp]>([
    [
      'llama',
      { rope_parameters: { rope_type: 'spiral', factor: 2 } },
      'rope_parameters: rope_type "spiral" is not supported; default, linear, dynamic, llama3, longrope, yarn are',
    ],
    ['llama', { rope_parameters: { rope_type: 'dynamic' } }, /rope_parameters\.factor: /],
    [
      'llama',
      { rope_parameters: { rope_type: 'longrope', short_factor: [1], long_factor: [1, 2], original_max_position_embeddings: 8 } },
      /rope_parameters\.(short|long)_factor has \d numbers, and there are \d+ pairs of channels to rotate/,
    ],
    ['llama', { rope_parameters: { rope_type: 'llama3', factor: 2 } }, /rope_parameters\.low_freq_factor: /],
    ['llama', { hidden_act: 'laplace' }, /hidden_act: "laplace" is not supported; gelu, /],
    ['llama', { quantization_config: { quant_method: 'gptq' } }, /quantization_config: /],
    ['llama', { num_key_value_heads: 3 }, 'num_attention_heads 4 cannot share num_key_value_heads 3 evenly'],
    ['gpt2', { add_cross_attention: true }, /add_cross_attention: /],
    ['bloom', { apply_residual_connection_post_layernorm: true }, /apply_residual_connection_post_layernorm: /],
    ['opt', { layer_norm_elementwise_affine: false }, /layer_norm_elementwise_affine: /],
    ['qwen2', { layer_types: ['full_attention', 'linear_attention'] }, /layer_types\.1: /],
    ['qwen2', { layer_types: ['full_attention'] }, 'layer_types tells of 1 layers, num_hidden_layers of 2'],
    ['gemma2', { use_bidirectional_attention: true }, /use_bidirectional_attention: /],
    ['gemma2', { sliding_window: null }, 'sliding_window is missing, and layer_types asks for one'],
    ['gpt-oss', { num_experts_per_tok: 5 }, 'num_experts_per_tok 5 exceeds num_local_experts 4'],
    ['t5', { feed_forward_proj: 'gated-selu' }, 'feed_forward_proj: "selu" is not supported'],
    ['t5', { relative_attention_max_distance: 3 }, 'relative_attention_num_buckets must be even and below twice'],
    ['bart', { normalize_before: true }, /normalize_before: /],
    ['marian', { share_encoder_decoder_embeddings: false }, /share_encoder_decoder_embeddings: /],
    ['roberta-mlm', { pad_token_id: 69 }, 'max_position_embeddings 70 leaves no position after pad_token_id 69'],
    ['llama', { num_hidden_layers: 1 }, 'holds 2 layers, config.json says num_hidden_layers is 1'],
    ['llama', { tie_word_embeddings: false, vocab_size: 97 }, 'config.json asks for [97,32] (vocab_size × hidden_size)'],
  ])('%s with %j is refused by name', async (name, change, message) => {
    await expect(load({ ...(await configOf(name)), ...change }, await weightsOf(name))).rejects.toThrow(message)
  })

  it.each<[string, string, string[], Config]>([
    [
      'llama3-rope',
      'rope_scaling and rope_theta beside it',
      ['rope_parameters'],
      {
        rope_theta: 500000,
        rope_scaling: { type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 16 },
      },
    ],
    ['gpt-neox', 'rotary_pct and rotary_emb_base', ['rope_parameters'], { rotary_pct: 0.5, rotary_emb_base: 10000 }],
    [
      'gemma3',
      'rope_theta, rope_local_base_freq and sliding_window_pattern',
      ['rope_parameters', 'layer_types'],
      {
        rope_theta: 1e6,
        rope_local_base_freq: 10000,
        sliding_window_pattern: 6,
      },
    ],
    ['gemma2', 'every other layer local', ['layer_types', 'hidden_activation'], { hidden_act: 'gelu_pytorch_tanh' }],
    [
      'modernbert-mlm',
      'global_rope_theta and local_rope_theta',
      ['rope_parameters', 'layer_types'],
      {
        global_rope_theta: 160000,
        local_rope_theta: 10000,
      },
    ],
    ['bloom', 'n_embed and num_attention_heads', ['hidden_size', 'n_head'], { n_embed: 32, num_attention_heads: 4 }],
  ])('%s: %s mean what the present fields do', async (name, _, missing, older) => {
    const weights = await weightsOf(name)
    const config = await configOf(name)
    const kept = Object.fromEntries(Object.entries(config).filter(([field]) => !missing.includes(field)))
    using now = await load(config, weights)
    using then = await load({ ...kept, ...older }, weights)
    expect(await logitsOf(then)).toEqual(await logitsOf(now))
  })

  it.each<[name: string, prefix: string, add: boolean]>([
    ['gpt2', 'transformer.', false],
    ['bloom', 'transformer.', false],
    ['bert-base', 'bert.', true],
    ['llama3-rope', 'model.', false],
    ['opt', 'model.', false],
    ['bart', 'model.', false],
  ])('%s reads the same with and without "%s" before its names', async (name, prefix, add) => {
    const config = await configOf(name)
    const renamed = (await tensorsOf(name)).map((each) => ({
      ...each,
      name: add ? prefix + each.name : each.name.replace(new RegExp(`^${prefix}`), ''),
    }))
    using one = await load(config, await weightsOf(name))
    using two = await load(config, new Blob([writeSafetensors(renamed)]))
    const last = async (model: Model) => {
      using run = await model.run([3, 14, 15, 92])
      return run.hidden(-1).read()
    }
    expect(await last(two)).toEqual(await last(one))
  })

  it('a body saved without its untied head has no logits; a model that names its head must have it', async () => {
    const config = await configOf('llama')
    const body = new Blob([writeSafetensors((await tensorsOf('llama')).filter(({ name }) => name !== 'lm_head.weight'))])
    await expect(load(config, body)).rejects.toThrow('has no tensor "lm_head.weight"')
    using model = await load({ ...config, architectures: ['LlamaModel'] }, body)
    using run = await model.run([1, 2, 3])
    expect(run.logits).toBeUndefined()
    expect(() => model.generate([1, 2, 3])).toThrow('generate: LlamaModel has no head that scores words')
  })

  it('the loss without labels is that of the next words; labels of −100 do not count; a guesser of words needs labels', async () => {
    using model = await loadModel(`${CONFORMANCE}gpt2`)
    using run = await model.run({
      inputIds: [
        [1, 2, 3, 4],
        [5, 6],
      ],
    })
    expect(
      await run.loss([
        [2, 3, 4, -100],
        [6, -100, -100, -100],
      ]),
    ).toBe(await run.loss())
    using guesser = await loadModel(`${CONFORMANCE}bert-mlm`)
    using read = await guesser.run([1, 2])
    await expect(read.loss()).rejects.toThrow('loss: bert does not foresee the next word; give the labels')
    const logits = await read.logits!.read()
    const sum = Array.from({ length: 96 }, (_, n) => Math.exp(logits[96 + n]!)).reduce((a, b) => a + b)
    expect(await read.loss([[-100, 7]])).toBeCloseTo(Math.log(sum) - logits[96 + 7]!, 5)
    await expect(run.loss([[1], [2]])).rejects.toThrow('one label per row of logits is needed, got 2 for [2,4,96]')
  })

  it('an encoder–decoder that is given nothing to write begins with its start id', async () => {
    using model = await loadModel(`${CONFORMANCE}bart`)
    using run = await model.run([5, 6, 7])
    expect(run.tokensOf(0, { kind: 'decoder' }).map(({ id }) => id)).toEqual([2])
    expect(run.logits!.shape).toEqual([1, 1, 96])
    expect(() => run.attention(0, 0, { kind: 'sideways' as never })).toThrow(
      'attention: bart has no kind "sideways"; it has encoder, decoder, cross',
    )
    using reader = await loadModel(`${CONFORMANCE}bert-mlm`)
    await expect(reader.run({ inputIds: [[1]], decoderInputIds: [[2]] })).rejects.toThrow(
      'run: bert is no encoder–decoder, so it takes no decoderInputIds',
    )
  })
})

it('CONTRIBUTING shows mistral.ts as it is', async () => {
  const root = new URL('../../', import.meta.url)
  const [guide, file] = await Promise.all(
    ['CONTRIBUTING.md', 'src/model/families/mistral.ts'].map((path) => readFile(new URL(path, root), 'utf8')),
  )
  expect(guide).toContain(`\`\`\`ts\n${file}\`\`\``)
})

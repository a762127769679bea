/** What is wrong with a model or with what it is asked to read is said in one line, before anything is half done. */

import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
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
import { CONFORMANCE, furthest } from './expected.ts'

beforeAll(startEngine)

const LAYER = 'bert.encoder.layer.0'
const INDEX = 'model.safetensors.index.json'

type Files = Map<string, Blob>
type Config = Record<string, unknown>

describeShared('A small BERT, broken in one place', 'conformance/models/bert-mlm/', () => {
  let config: Config
  let tensors: TensorToStore[]

  beforeAll(async () => {
    config = JSON.parse(await readFile(`${CONFORMANCE}bert-mlm/config.json`, 'utf8'))
    tensors = await tensorsOf(new Uint8Array(await readFile(`${CONFORMANCE}bert-mlm/model.safetensors`)))
  })

  async function tensorsOf(bytes: Uint8Array<ArrayBuffer>): Promise<TensorToStore[]> {
    const file = await openSafetensors(bytesSource(bytes))
    return Promise.all(
      [...file.tensors.values()].map(async ({ name, dtype, shape }) => ({
        name,
        dtype,
        shape,
        data: await readStored(file, name),
      })),
    )
  }

  const json = (value: unknown): Blob => new Blob([JSON.stringify(value)])
  const weights = (list: readonly TensorToStore[]): Blob => new Blob([writeSafetensors(list)])
  const good = (): Files =>
    new Map([
      ['config.json', json(config)],
      ['model.safetensors', weights(tensors)],
    ])
  const withConfig = (changes: Config): Files => good().set('config.json', json({ ...config, ...changes }))
  const withTokenizer = (value: unknown): Files => good().set('tokenizer.json', json(value))
  const without = (name: string): Files => {
    const files = good()
    files.delete(name)
    return files
  }
  const renamed = (change: (name: string) => string): Files =>
    good().set('model.safetensors', weights(tensors.map((each) => ({ ...each, name: change(each.name) }))))
  const sharded = (map: Record<string, string>): Files => without('model.safetensors').set(INDEX, json({ weight_map: map }))
  const pooled = (modules: unknown, pooling: unknown = {}): Files =>
    good().set('modules.json', json(modules)).set('1_Pooling/config.json', json(pooling))
  const steps = (...types: string[]) =>
    types.map((type, n) => ({ path: n === 0 ? '' : `${n}_${type}`, type: `sentence_transformers.models.${type}` }))

  const VOCAB = { '[UNK]': 0, '[CLS]': 1, '[SEP]': 2, a: 3, b: 4 }
  const TOKENIZER = {
    model: { type: 'WordPiece', vocab: VOCAB, unk_token: '[UNK]' },
    normalizer: { type: 'BertNormalizer' },
    pre_tokenizer: { type: 'BertPreTokenizer' },
  }

  const cases: [what: string, files: () => Files, message: string | RegExp][] = [
    [
      'no config',
      () => without('config.json'),
      "config.json: there is no such file; a model's folder holds config.json and model.safetensors",
    ],
    ['a config that is not JSON', () => good().set('config.json', new Blob(['{'])), /^config\.json: is not JSON \(.*\)$/],
    ['a config that is a list', () => good().set('config.json', json([])), /^config\.json: .*expected object/],
    [
      'an unknown architecture',
      () => withConfig({ model_type: 'mamba' }),
      /^config\.json: model_type "mamba" is not supported; Regard reads .*bert/,
    ],
    [
      'no architecture',
      () => withConfig({ model_type: undefined, architectures: undefined }),
      /^config\.json: it names no model_type; Regard reads .*bert/,
    ],
    ['a missing field', () => withConfig({ hidden_size: undefined }), /^config\.json: hidden_size: .*received undefined$/],
    [
      'a field that is text',
      () => withConfig({ num_hidden_layers: '2' }),
      /^config\.json: num_hidden_layers: .*expected number, received string$/,
    ],
    ['a size that is no integer', () => withConfig({ hidden_size: 32.5 }), /^config\.json: hidden_size: /],
    [
      'heads that do not divide the width',
      () => withConfig({ num_attention_heads: 5 }),
      'config.json: hidden_size 32 cannot be split into num_attention_heads 5',
    ],
    [
      'an activation that is not here',
      () => withConfig({ hidden_act: 'quick_gelu' }),
      /^config\.json: hidden_act: "quick_gelu" is not supported; gelu, /,
    ],
    [
      'relative positions',
      () => withConfig({ position_embedding_type: 'relative_key' }),
      /^config\.json: position_embedding_type: .*"absolute"/,
    ],
    ['a decoder', () => withConfig({ is_decoder: true }), /^config\.json: is_decoder: /],
    [
      'padding beyond the vocabulary',
      () => withConfig({ pad_token_id: 96 }),
      'config.json: pad_token_id 96 lies beyond vocab_size 96',
    ],
    [
      'a wider config than weights',
      () => withConfig({ hidden_size: 64 }),
      /^model\.safetensors: tensor "cls\.predictions\.transform\.dense\.weight" is \[32,32\], config\.json asks for \[64,64\] \(hidden_size × hidden_size\)$|^model\.safetensors: tensor "bert\.embeddings\.word_embeddings\.weight" is \[96,32\], config\.json asks for \[96,64\] \(vocab_size × hidden_size\)$/,
    ],
    ['another vocabulary', () => withConfig({ vocab_size: 97 }), /config\.json asks for \[97,32\] \(vocab_size × hidden_size\)$/],
    [
      'more layers than weights',
      () => withConfig({ num_hidden_layers: 3 }),
      'model.safetensors: holds 2 layers, config.json says num_hidden_layers is 3',
    ],
    [
      'fewer layers than weights',
      () => withConfig({ num_hidden_layers: 1 }),
      'model.safetensors: holds 2 layers, config.json says num_hidden_layers is 1',
    ],
    [
      'a billion layers',
      () => withConfig({ num_hidden_layers: 1e9 }),
      'model.safetensors: holds 2 layers, config.json says num_hidden_layers is 1000000000',
    ],
    [
      'no weights',
      () => without('model.safetensors'),
      'model.safetensors: there is no such file; the weights are expected there, or in shards that model.safetensors.index.json lists',
    ],
    [
      'what git-lfs leaves of weights that were not fetched',
      () => good().set('model.safetensors', new Blob(['version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n'])),
      'model.safetensors: is what git-lfs leaves for a file that it has not fetched; run `git lfs pull`',
    ],
    [
      'weights in another format',
      () => without('model.safetensors').set('pytorch_model.bin', new Blob(['x'])),
      'model.safetensors: there is no such file; pytorch_model.bin cannot be read, save the model as safetensors: save_pretrained of transformers does',
    ],
    [
      'weights cut off',
      () => good().set('model.safetensors', weights(tensors).slice(0, 50_000)),
      /^model\.safetensors: its header describes 102808 bytes, the file has 50000; is it cut off\? \(MetadataIncompleteBuffer\)$/,
    ],
    [
      'weights that are empty',
      () => good().set('model.safetensors', new Blob([])),
      'model.safetensors: has 0 bytes, too few for a header (HeaderTooSmall)',
    ],
    [
      'a tensor missing',
      () => renamed((name) => name.replace(`${LAYER}.attention.self.key.bias`, 'else')),
      `model.safetensors: has no tensor "${LAYER}.attention.self.key.bias"`,
    ],
    [
      'a norm missing',
      () => renamed((name) => name.replace(`${LAYER}.output.LayerNorm.weight`, 'else')),
      `model.safetensors: has no tensor "${LAYER}.output.LayerNorm.weight" or "${LAYER}.output.LayerNorm.gamma"`,
    ],
    [
      'a tensor in 8 bits',
      () =>
        good().set(
          'model.safetensors',
          weights(
            tensors.map((each) =>
              each.name === 'cls.predictions.bias' ? { ...each, dtype: 'F8_E4M3' as const, data: new Uint8Array(96) } : each,
            ),
          ),
        ),
      /^model\.safetensors: tensor "cls\.predictions\.bias" is stored as F8_E4M3, which cannot be loaded; /,
    ],
    [
      'an index that is not one',
      () => without('model.safetensors').set(INDEX, json({ weights: {} })),
      /^model\.safetensors\.index\.json: weight_map: /,
    ],
    [
      'an index that leads outside',
      () => sharded({ a: '../../etc/passwd' }),
      'loadModel: the model names a file "../../etc/passwd", which is not a plain path inside its folder',
    ],
    [
      'a shard missing',
      () => sharded({ a: 'one.safetensors' }),
      'one.safetensors: there is no such file; model.safetensors.index.json names it, fetch it too',
    ],
    [
      'a shard without what the index says',
      () => sharded({ a: 'one.safetensors' }).set('one.safetensors', weights([])),
      'one.safetensors: has no tensor "a"; model.safetensors.index.json says it does',
    ],
    ['a tokenizer that is not one', () => withTokenizer({}), /^tokenizer\.json: model: /],
    [
      'a tokenizer of another kind',
      () => withTokenizer({ model: { type: 'Magic' } }),
      /^tokenizer\.json: model "Magic" is not supported; .*WordPiece/,
    ],
    [
      'a tokenizer without its unknown token',
      () => withTokenizer({ model: { ...TOKENIZER.model, unk_token: '[X]' } }),
      'tokenizer.json: model: unk_token "[X]" is not in vocab',
    ],
    [
      'an id that is no id',
      () => withTokenizer({ model: { ...TOKENIZER.model, vocab: { a: -1 } } }),
      /^tokenizer\.json: model: vocab: the id of "a" must be a whole number/,
    ],
    [
      'a normalizer of another kind',
      () => withTokenizer({ ...TOKENIZER, normalizer: { type: 'constructor' } }),
      /^tokenizer\.json: normalizer "constructor" is not supported; BertNormalizer/,
    ],
    [
      'a template with an unknown token',
      () =>
        withTokenizer({
          ...TOKENIZER,
          post_processor: {
            type: 'TemplateProcessing',
            single: [{ SpecialToken: { id: 'toString', type_id: 0 } }],
            pair: [],
            special_tokens: {},
          },
        }),
      'tokenizer.json: post_processor: the template uses "toString", special_tokens does not have it',
    ],
    [
      'a sentence encoder with a step that is not here',
      () => pooled(steps('Transformer', 'Dense')),
      /^modules\.json: the step "sentence_transformers\.models\.Dense" is not supported; /,
    ],
    [
      'a pooling that is not here',
      () => pooled(steps('Transformer', 'Pooling'), { pooling_mode_lasttoken: true }),
      /^1_Pooling\/config\.json: pooling_mode_lasttoken is not supported; /,
    ],
    ['no pooling mode', () => pooled(steps('Transformer', 'Pooling')), /^1_Pooling\/config\.json: no pooling mode is on; /],
    ['a pooling folder outside', () => pooled([{ path: '..', type: 'x.Pooling' }]), /which is not a plain path inside its folder$/],
  ]

  it.each(cases)('%s: one clear line, and nothing is left in memory', async (_, files, message) => {
    const before = memoryFor('float32', 'test').live.buffers
    const error: unknown = await loadModel(files()).catch((thrown) => thrown)
    if (!(error instanceof Error)) throw new Error('it was loaded')
    if (typeof message === 'string') expect(error.message).toBe(message)
    else expect(error.message).toMatch(message)
    expect(error.message).not.toContain('\n')
    expect(error.message.length).toBeLessThan(500)
    expect(memoryFor('float32', 'test').live.buffers).toBe(before)
  })

  it('a config with any one field replaced by anything loads or is refused in one line', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(config)), fc.jsonValue({ maxDepth: 2 }), async (field, value) => {
        const result = await loadModel(withConfig({ [field]: value })).catch((error: Error) => error)
        if (result instanceof Error) expect(result.message).toMatch(/^[^\n]{1,500}$/)
        else result.dispose()
      }),
      { numRuns: 500 },
    )
  })

  it('a tokenizer with any one part replaced by anything is read or refused in one line', async () => {
    const template = { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] }
    const added = [{ id: 1, content: '[CLS]', special: true, normalized: false }]
    const whole = JSON.stringify({ ...TOKENIZER, post_processor: template, added_tokens: added })
    const values = [...whole.matchAll(/(?<=[:[,])("[^"]*"|\d+|true|false|\{[^{}]*\}|\[[^[\]]*\])(?=[,}\]])/g)]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...values), fc.json({ maxDepth: 2 }), async ({ index, 0: old }, value) => {
        const text = whole.slice(0, index) + value + whole.slice(index + old.length)
        const result = await loadModel(good().set('tokenizer.json', new Blob([text]))).catch((error: Error) => error)
        if (result instanceof Error) expect(result.message).toMatch(/^[^\n]{1,500}$/)
        else {
          result.tokenizer!.encode('a [CLS] é b')
          result.dispose()
        }
      }),
      { numRuns: 500 },
    )
  })

  async function stateOf(files: Files): Promise<ArrayLike<number>> {
    using model = await loadModel(files)
    using run = await model.run([1, 2, 3, 4])
    return await run.logits!.read()
  }

  it('shards, prefixes and old names change nothing', async () => {
    const expected = await stateOf(good())
    const half = tensors.length / 2
    const files = sharded(
      Object.fromEntries(tensors.map(({ name }, n) => [name, n < half ? 'one.safetensors' : 'two.safetensors'])),
    )
      .set('one.safetensors', weights(tensors.filter((_, n) => n < half)))
      .set('two.safetensors', weights(tensors.filter((_, n) => n >= half)))
    expect(await stateOf(files)).toEqual(expected)
    expect(
      await stateOf(
        renamed((name) => name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta')),
      ),
    ).toEqual(expected)
    expect(await stateOf(renamed((name) => name.replace(/^bert\./, '')))).toEqual(expected)
  })

  it('weights in 16 bits are computed with as the numbers they are', async () => {
    const floats = (each: TensorToStore): Float32Array => new Float32Array((each.data as Uint8Array).slice().buffer)
    const halves = tensors.map((each) => ({ ...each, dtype: 'F16' as const, data: new Float16Array(floats(each)) }))
    const brains = tensors.map((each) => ({
      ...each,
      dtype: 'BF16' as const,
      data: Uint16Array.from(new Uint32Array(floats(each).buffer), (bits) => bits >>> 16),
    }))
    for (const [stored, widened] of [
      [halves, halves.map((each) => ({ ...each, dtype: 'F32' as const, data: Float32Array.from(each.data) }))],
      [
        brains,
        brains.map((each) => ({ ...each, dtype: 'F32' as const, data: Uint32Array.from(each.data, (bits) => bits * 65_536) })),
      ],
    ] as const)
      expect(await stateOf(good().set('model.safetensors', weights(stored)))).toEqual(
        await stateOf(good().set('model.safetensors', weights(widened))),
      )
  })

  it('a decoder of its own is used if the config unties it', async () => {
    const table = tensors.find((each) => each.name === 'bert.embeddings.word_embeddings.weight')!
    const own = { ...table, name: 'cls.predictions.decoder.weight', data: new Float32Array(96 * 32) }
    using model = await loadModel(withConfig({ tie_word_embeddings: false }).set('model.safetensors', weights([...tensors, own])))
    using run = await model.run([1, 2, 3])
    const bias = new Float32Array((tensors.find((each) => each.name === 'cls.predictions.bias')!.data as Uint8Array).slice().buffer)
    expect([...(await run.logits!.read())]).toEqual([...bias, ...bias, ...bias])
  })

  it('progress goes from nothing to all of the bytes', async () => {
    const heard: [number, number][] = []
    using model = await loadModel(good(), { onProgress: ({ bytes: loaded, total }) => heard.push([loaded, total]) })
    const total = tensors.reduce((sum, each) => sum + each.data.byteLength, 0)
    expect(heard[0]).toEqual([0, total])
    expect(heard.at(-1)).toEqual([total, total])
    expect(heard.every(([loaded], n) => n === 0 || loaded > heard[n - 1]![0])).toBe(true)
    expect(model.unused).toEqual([])
    expect(model.parameterCount * 4).toBe(total)
  })

  describe('asked to read what it cannot', () => {
    let model: Model
    beforeAll(async () => {
      const template = {
        type: 'TemplateProcessing',
        single: ['[CLS]', 'A', '[SEP]'].map((id) =>
          id === 'A' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } },
        ),
        pair: [],
        special_tokens: {
          '[CLS]': { id: '[CLS]', ids: [1], tokens: ['[CLS]'] },
          '[SEP]': { id: '[SEP]', ids: [2], tokens: ['[SEP]'] },
        },
      }
      model = await loadModel(withTokenizer({ ...TOKENIZER, post_processor: template }))
      return () => model.dispose()
    })

    const wrong: [unknown, string][] = [
      ['', 'run: the text is empty; give at least one word'],
      [' \n\t', 'run: the text is empty; give at least one word'],
      ['\u200b\u0007', 'run: nothing of the text "\u200b\\u0007" is left to read'],
      ['a '.repeat(63), 'run: the text has 65 tokens, the model reads at most 64; shorten it'],
      [[], 'run: the input is empty; give a text or at least one id'],
      [[1, 96], 'run: inputIds[0][1] is 96, the model has ids 0 to 95'],
      [[1, -1], 'run: inputIds[0][1] is -1, the model has ids 0 to 95'],
      [[1, 1.5], 'run: inputIds[0][1] is 1.5, the model has ids 0 to 95'],
      [[1, Number.NaN], 'run: inputIds[0][1] is NaN, the model has ids 0 to 95'],
      [new Int32Array(65), 'run: inputIds[0] has 65 tokens, the model reads at most 64; shorten it'],
      [undefined, 'run: expected a text, a list of ids, a list of texts, { text, target } or { inputIds }'],
      [{ input_ids: [[1]] }, 'run: expected a text, a list of ids, a list of texts, { text, target } or { inputIds }'],
      [{ inputIds: [] }, 'run: inputIds is empty; give at least one row'],
      [{ inputIds: [[1], []] }, 'run: inputIds[1] is empty; give at least one id'],
      [{ inputIds: [[1, 2]], attentionMask: [[1]] }, 'run: attentionMask and inputIds differ in length, got rows of [1] and [2]'],
      [
        {
          inputIds: [[1, 2]],
          attentionMask: [
            [1, 1],
            [1, 1],
          ],
        },
        'run: attentionMask and inputIds differ in length, got rows of [2,2] and [2]',
      ],
      [{ inputIds: [[1, 2]], attentionMask: [[1, 2]] }, 'run: attentionMask[0] holds 2; it must hold 0 and 1 alone'],
      [{ inputIds: [[1, 2]], attentionMask: [[0, 0]] }, 'run: attentionMask[0] hides every token; at least one must be 1'],
      [{ inputIds: [[1, 2]], tokenTypeIds: [[0, 2]] }, 'run: tokenTypeIds[0][1] is 2, the model has token types 0 to 1'],
    ]
    it.each(wrong.map(([input, message]) => ({ input, message })))('$message', async ({ input, message }) => {
      await expect(model.run(input as never)).rejects.toMatchObject({ message })
    })

    it('a run says which layers, heads and places it has', async () => {
      using run = await model.run('a b')
      expect(() => run.attention(2, 0)).toThrow('attention: layer 2 does not exist; the model has 0 to 1')
      expect(() => run.attention(0, 4)).toThrow("attention: head 4 does not exist; the model has 0 to 3, and 'mean'")
      expect(() => run.attention(0, 0, { batch: 1 })).toThrow('attention: text 1 does not exist; this run has 0 to 0')
      expect(() => run.hidden(3)).toThrow('hidden: layer 3 does not exist; 0 (the embeddings) to 2, or −1 for the last')
      await expect(run.attention(0, 0).row(4)).rejects.toThrow('attention view: rows 4 to 5 do not lie within 0 to 4')
      await expect(run.attention(0, 0).cell(0, -1)).rejects.toThrow('attention view: columns -1 to 0 do not lie within 0 to 4')
    })

    it('text needs a tokenizer', async () => {
      using bare = await loadModel(good())
      await expect(bare.run('a')).rejects.toThrow('run: this model has no tokenizer.json, so it reads ids only: run([101, …])')
      using run = await bare.run([5, 6])
      expect(run.tokens.map((token) => token.text)).toEqual(['#5', '#6'])
    })

    it('what was disposed says so', async () => {
      const run = await model.run('a')
      const view = run.attention(0, 0)
      run.dispose()
      run.dispose()
      expect(() => run.hidden(0)).toThrow('hidden: the run was used after dispose()')
      expect(() => run.logits).toThrow('logits: the run was used after dispose()')
      await expect(view.all()).rejects.toThrow('used after dispose()')
    })
  })

  describe('padding', () => {
    let model: Model
    beforeAll(async () => {
      model = await loadModel(good(), { dtype: 'float64' })
      return () => model.dispose()
    })

    it('shorter rows of a batch are padded, and read as if they were alone', async () => {
      using alone = await model.run([5, 6, 7])
      using together = await model.run({
        inputIds: [
          [9, 8, 7, 6, 5],
          [5, 6, 7],
        ],
      })
      const states = await together.hidden(-1).read()
      expect(furthest(states.slice(5 * 32, 8 * 32) as Float64Array, await alone.hidden(-1).read())).toBeLessThan(1e-12)
    })

    it('what a mask hides in the middle or on the left leaks nothing, wherever it stands', async () => {
      const read = async (hidden: number) => {
        using run = await model.run({ inputIds: [[hidden, 5, hidden, 6, 7]], attentionMask: [[0, 1, 0, 1, 1]] })
        const view = run.attention(1, 'mean')
        return { states: await run.hidden(-1).read(), row: await view.row(3) }
      }
      const [one, other] = [await read(11), await read(90)]
      const real = (n: number): boolean => [1, 3, 4].includes(Math.floor(n / 32))
      expect(furthest(one.states, other.states, real)).toBe(0)
      expect([one.row[0], one.row[2]]).toEqual([0, 0])
      expect(one.row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6)
    })
  })
})

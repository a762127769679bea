import { readFile } from 'node:fs/promises'
import { beforeAll, expect, it } from 'vitest'
import { loadModel } from '../../src/model/index.ts'
import { expectClose } from '../support/close.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { CONFORMANCE } from './expected.ts'

beforeAll(startEngine)

const WIDTH = 32
const IDS = [
  [3, 1, 4, 1, 5],
  [9, 2, 6],
]
const MEAN = { pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }

describeShared('A sentence encoder', 'conformance/models/bert-base/', () => {
  async function open(pooling: object, more: Record<string, object> = {}, normalise = false) {
    const types = ['Transformer', 'Pooling', ...(normalise ? ['Normalize'] : [])]
    const modules = types.map((type, n) => ({ path: n === 0 ? '' : `${n}_${type}`, type: `sentence_transformers.models.${type}` }))
    const json = { 'modules.json': modules, '1_Pooling/config.json': pooling, ...more }
    const files = new Map(Object.entries(json).map(([name, value]): [string, Blob] => [name, new Blob([JSON.stringify(value)])]))
    for (const name of ['config.json', 'model.safetensors'])
      files.set(name, new Blob([await readFile(`${CONFORMANCE}bert-base/${name}`)]))
    return loadModel(files)
  }

  /** The vectors, and the last states of the real tokens of each text. */
  async function read(pooling: object, normalise = false) {
    using model = await open(pooling, {}, normalise)
    using run = await model.run({ inputIds: IDS })
    const states = await run.hidden(-1).read()
    const rows = IDS.map((ids, b) => ids.map((_, n) => Array.from(states.slice((b * 5 + n) * WIDTH, (b * 5 + n + 1) * WIDTH))))
    return { shape: run.embedding()!.shape, vectors: await run.embedding()!.read(), rows }
  }

  const first = (rows: number[][]): number[] => rows[0]!
  const total = (rows: number[][]): number[] => rows[0]!.map((_, n) => rows.reduce((sum, row) => sum + row[n]!, 0))
  const mean = (rows: number[][]): number[] => total(rows).map((x) => x / rows.length)
  const byRoot = (rows: number[][]): number[] => total(rows).map((x) => x / Math.sqrt(rows.length))

  it('takes the first token, the mean of the real ones, or their sum over the root of how many they are', async () => {
    for (const [mode, pool] of [
      ['cls_token', first],
      ['mean_tokens', mean],
      ['mean_sqrt_len_tokens', byRoot],
    ] as const) {
      const { vectors, rows } = await read({ [`pooling_mode_${mode}`]: true, word_embedding_dimension: WIDTH })
      expectClose(vectors, rows.flatMap(pool), { atol: 1e-6, rtol: 1e-5 }, mode)
    }
  })

  it('joins several poolings, the first token before the mean', async () => {
    const { shape, vectors, rows } = await read({ pooling_mode_mean_tokens: true, pooling_mode_cls_token: true })
    expect(shape).toEqual([2, 2 * WIDTH])
    expectClose(
      vectors,
      rows.flatMap((each) => [...first(each), ...mean(each)]),
      { atol: 1e-6, rtol: 1e-5 },
    )
  })

  it('scales to length 1 if a step says so', async () => {
    const { vectors, rows } = await read(MEAN, true)
    const unit = (x: number[]): number[] => x.map((each) => each / Math.hypot(...x))
    expectClose(
      vectors,
      rows.flatMap((each) => unit(mean(each))),
      { atol: 1e-6, rtol: 1e-5 },
    )
  })

  it('refuses texts longer than it was made for, and only for its vector', async () => {
    using model = await open(MEAN, { 'sentence_bert_config.json': { max_seq_length: 4 } })
    using run = await model.run({ inputIds: IDS })
    expect(() => run.embedding()).toThrow(
      'embedding: the text has 5 tokens, this sentence encoder was made for at most 4; shorten it',
    )
    expect(run.hidden(-1).shape).toEqual([2, 5, WIDTH])
  })

  it('lower-cases only by its tokenizer', async () => {
    const limits = { 'sentence_bert_config.json': { do_lower_case: true } }
    const tokenizer = (lowercase: boolean) => ({
      model: { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0, abc: 1, ABC: 2 } },
      normalizer: { type: 'BertNormalizer', lowercase },
    })
    using model = await open(MEAN, { ...limits, 'tokenizer.json': tokenizer(true) })
    expect(model.tokenizer!.encode('ABC').ids).toEqual([1])
    await expect(open(MEAN, { ...limits, 'tokenizer.json': tokenizer(false) })).rejects.toThrow(
      'sentence_bert_config.json: do_lower_case is not supported with a tokenizer that keeps upper case',
    )
  })

  it('is not what a model without modules.json is', async () => {
    using model = await loadModel(`${CONFORMANCE}bert-base`)
    using run = await model.run([1, 2])
    expect(run.embedding()).toBeUndefined()
    expect(run.logits).toBeUndefined()
    expect(run.pooled!.shape).toEqual([1, WIDTH])
  })
})

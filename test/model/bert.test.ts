import { beforeAll, expect, it } from 'vitest'
import { engineInfo } from '../../src/index.ts'
import { type BatchInput, loadModel, type Model, type Run } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { CONFORMANCE, type Expected, furthest, MINILM, readExpected, rowsOf, unitsOf } from './expected.ts'

/** conformance/README.md: float32 goldens of a whole model. */
const STATES = 2e-4
const WEIGHTS = 2e-5

function batchOf(expected: Expected, prefix = ''): Required<Pick<BatchInput, 'inputIds' | 'attentionMask' | 'tokenTypeIds'>> {
  const rows = (name: string): number[][] => rowsOf(expected.get(prefix + name)!)
  return { inputIds: rows('input_ids'), attentionMask: rows('attention_mask'), tokenTypeIds: rows('token_type_ids') }
}

/** Is entry n of a [B,L,width] tensor in the row of a real token? */
const inRealRow = (mask: BatchInput['attentionMask'], width: number) => {
  const flat = mask!.flatMap((row) => Array.from(row))
  return (n: number): boolean => flat[Math.floor(n / width)] === 1
}

/** The largest error of any weight of any head of any layer, over rows of real tokens. */
async function worstWeight(
  run: Run,
  model: Model,
  expected: Expected,
  mask: BatchInput['attentionMask'],
  nameOf: (layer: number) => string,
) {
  const { layers, heads } = model.config
  const length = mask![0]!.length
  let worst = 0
  for (let layer = 0; layer < layers; layer++) {
    const { shape, data } = expected.get(nameOf(layer))!
    expect(shape).toEqual([run.batch, heads, length, length])
    for (let batch = 0; batch < run.batch; batch++)
      for (let head = 0; head < heads; head++) {
        const made = await run.attention(layer, head, { batch }).all()
        const from = (batch * heads + head) * length * length
        const golden = Array.from({ length: length * length }, (_, n) => data[from + n]!)
        worst = Math.max(
          worst,
          furthest(made, golden, (n) => mask![batch]![Math.floor(n / length)] === 1),
        )
      }
  }
  return worst
}

async function worstState(
  run: Run,
  model: Model,
  expected: Expected,
  mask: BatchInput['attentionMask'],
  nameOf: (layer: number) => string,
) {
  let worst = 0
  for (let layer = 0; layer <= model.config.layers; layer++) {
    const { shape, data } = expected.get(nameOf(layer))!
    expect(run.hidden(layer).shape).toEqual(shape)
    worst = Math.max(worst, furthest(await run.hidden(layer).read(), data, inRealRow(mask, model.config.width)))
  }
  return worst
}

beforeAll(startEngine)

for (const dtype of ['float32', 'float64'] as const)
  describeShared(`BERT in ${dtype}`, 'models/', () => {
    const where = () => (dtype === 'float64' ? 'float64 on the reference' : `float32 on ${engineInfo()}`)

    for (const name of ['bert-base', 'bert-mlm'])
      it(`${name}: every hidden state, attention matrix and logit is the original's`, async () => {
        const expected = await readExpected(`${CONFORMANCE}${name}/expected.safetensors`)
        using model = await loadModel(CONFORMANCE + name, { dtype })
        const batch = batchOf(expected)
        using run = await model.run(batch)
        const states = await worstState(run, model, expected, batch.attentionMask, (layer) => `hidden_states.${layer}`)
        const weights = await worstWeight(run, model, expected, batch.attentionMask, (layer) => `attentions.${layer}`)
        console.log(`conformance ${name} ${where()}: hidden ${states.toExponential(1)}, weights ${weights.toExponential(1)}`)
        expect(states).toBeLessThan(STATES)
        expect(weights).toBeLessThan(WEIGHTS)
        const logits = expected.get('logits')
        expect(run.logits === undefined).toBe(logits === undefined)
        if (logits) {
          expect(run.logits!.shape).toEqual(logits.shape)
          expect(
            furthest(await run.logits!.read(), logits.data, inRealRow(batch.attentionMask, model.config.vocabulary)),
          ).toBeLessThan(STATES)
        }
        const last = expected.get('last_hidden_state')
        if (last)
          expect(furthest(await run.hidden(-1).read(), last.data, inRealRow(batch.attentionMask, model.config.width))).toBeLessThan(
            STATES,
          )
      })

    it('all-MiniLM-L6-v2: states, weights, pooler and sentence vectors of six sentences are the original’s', async () => {
      const expected = await readExpected(`${MINILM}/expected.safetensors`)
      using model = await loadModel(MINILM, { dtype })
      const batch = batchOf(expected, 'batch.')
      using run = await model.run(batch)
      const states = await worstState(run, model, expected, batch.attentionMask, (layer) => `batch.hidden.${layer}`)
      const weights = await worstWeight(run, model, expected, batch.attentionMask, (layer) => `batch.attention.${layer}`)
      const pooled = furthest(await run.pooled!.read(), expected.get('batch.pooler')!.data)
      const embedding = furthest(await run.embedding()!.read(), expected.get('embedding')!.data)
      console.log(
        `conformance all-MiniLM-L6-v2 ${where()}: hidden ${states.toExponential(1)}, weights ${weights.toExponential(1)}, ` +
          `pooler ${pooled.toExponential(1)}, embedding ${embedding.toExponential(1)}`,
      )
      expect(states).toBeLessThan(STATES)
      expect(weights).toBeLessThan(WEIGHTS)
      expect(pooled).toBeLessThan(STATES)
      expect(embedding).toBeLessThan(STATES)
      expect(run.embedding()!.shape).toEqual([6, 384])
    })
  })

describeShared('A sentence through all-MiniLM-L6-v2', 'models/all-MiniLM-L6-v2/', () => {
  const sentence = "The animal didn't cross the street because it was too tired."
  let model: Model
  let expected: Expected
  beforeAll(async () => {
    model = await loadModel(MINILM)
    expected = await readExpected(`${MINILM}/expected.safetensors`)
    return () => model.dispose()
  })

  it('"it" gives "animal" 0.677 in layer 3 head 1 and 0.673 in layer 5 head 11, "street" 0.050 and 0.021', async () => {
    using run = await model.run(sentence)
    const at = (word: string): number => run.tokens.findIndex((token) => token.text === word)
    const look = async (layer: number, head: number, word: string) =>
      (await run.attention(layer, head).cell(at('it'), at(word))).toFixed(3)
    expect(await look(3, 1, 'animal')).toBe('0.677')
    expect(await look(5, 11, 'animal')).toBe('0.673')
    expect(await look(3, 1, 'street')).toBe('0.050')
    expect(await look(5, 11, 'street')).toBe('0.021')
  })

  it('every token says which part of the text it stands for', async () => {
    using run = await model.run(sentence)
    const parts = run.tokens.map(({ start, end }) => sentence.slice(start, end))
    expect(parts.join('|')).toBe("|The|animal|didn|'|t|cross|the|street|because|it|was|too|tired|.|")
    expect(run.tokens.map((token) => token.special)).toEqual(run.tokens.map((_, n) => n === 0 || n === parts.length - 1))
  })

  it('ids and offsets of six sentences are the original’s', () => {
    const texts = JSON.parse(expected.metadata.get('sentences')!) as string[]
    const { data, shape } = expected.get('batch.offsets')!
    const ids = rowsOf(expected.get('batch.input_ids')!)
    const real = rowsOf(expected.get('batch.attention_mask')!)
    for (const [b, text] of texts.entries()) {
      const at = unitsOf(text)
      const count = real[b]!.reduce((sum, one) => sum + one, 0)
      const golden = Array.from({ length: count }, (_, n) => {
        const from = (b * shape[1]! + n) * 2
        return [ids[b]![n], at[data[from]!], at[data[from + 1]!]]
      })
      expect(model.tokenizer!.encode(text).tokens.map(({ id, start, end }) => [id, start, end])).toEqual(golden)
    }
  })

  it('a text alone and the same text in a padded batch give the same states', async () => {
    using alone = await model.run(sentence)
    using together = await model.run([
      sentence,
      'A much longer text, so that the first one is padded: it goes on and on and on, and then some more.',
    ])
    const size = alone.hidden(-1).size
    const first = (await together.hidden(-1).read()).slice(0, size) as Float32Array
    expect(furthest(first, await alone.hidden(-1).read())).toBeLessThan(1e-5)
    expect(
      together
        .tokensOf(0)
        .map((token) => token.text)
        .slice(-2),
    ).toEqual(['[PAD]', '[PAD]'])
  })

  it('a row of every head sums to 1, and the mean view is the mean of the heads', async () => {
    using run = await model.run(sentence)
    const { heads } = model.config
    const n = run.tokens.length
    const sum = new Float64Array(n * n)
    for (let head = 0; head < heads; head++) {
      const weights = await run.attention(2, head).all()
      for (let i = 0; i < n; i++) expect(weights.subarray(i * n, i * n + n).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5)
      for (const [at, weight] of weights.entries()) sum[at]! += weight / heads
    }
    expect(furthest(await run.attention(2, 'mean').all(), sum)).toBeLessThan(1e-7)
  })

  it('rows, tiles and cells are parts of the whole', async () => {
    using run = await model.run(sentence)
    const view = run.attention(4, 7)
    const whole = await view.all()
    const n = view.cols
    expect(furthest(await view.row(5), whole.slice(5 * n, 6 * n))).toBeLessThan(1e-6)
    const tile = [3, 4, 5].flatMap((i) => [...whole.subarray(i * n + 2, i * n + 9)])
    expect(furthest(await view.tile(3, 6, 2, 9), tile)).toBeLessThan(1e-6)
    expect(await view.cell(9, 4)).toBeCloseTo(whole[9 * n + 4]!, 6)
  })
})

/** Writing on: what the originals write, whatever is kept between tokens, however the batch is padded. */

import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { type GeneratedToken, type GenerateOptions, loadModel, type Model, type ModelInput } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { type Case, CONFORMANCE, expectedOf, furthest, goldenCases, rowsOf } from './expected.ts'

beforeAll(startEngine)

const DECODERS = [
  ...['gpt2', 'gpt-neox', 'bloom', 'opt', 'llama', 'llama3-rope', 'mistral-window'],
  ...['qwen2', 'qwen3', 'gemma2', 'gemma3', 'gpt-oss'],
]
/** Beyond how many tokens they turn every key anew, and by what name. */
const STRETCHED = [
  ['llama-dynamic', 6, 'dynamic'],
  ['llama-longrope', 8, 'longrope'],
] as const
const BOTH = ['t5', 't5-gated', 'bart', 'marian']

async function tokensOf(model: Model, input: ModelInput, options: GenerateOptions): Promise<GeneratedToken[]> {
  const list: GeneratedToken[] = []
  for await (const token of model.generate(input, options)) list.push(token)
  return list
}

const idsOf = async (model: Model, input: ModelInput, options: GenerateOptions): Promise<number[]> =>
  (await tokensOf(model, input, options)).map(({ id }) => id)

for (const dtype of ['float32', 'float64'] as const) {
  const compare = async (one: Case): Promise<void> => {
    const expected = await expectedOf(one)
    using model = await loadModel(one[1], { dtype })
    const [greedy] = rowsOf(expected.get('greedy')!)
    const [prompt] = rowsOf(expected.get('input_ids')!)
    const given = model.config.kind === 'decoder' ? prompt!.length : 1
    const written = await idsOf(model, prompt!, { maxNewTokens: greedy!.length - given, stopIds: [] })
    expect(written).toEqual(greedy!.slice(given))
  }

  describe(`Greedy continuation of variants in ${dtype}`, () => {
    const written = goldenCases.filter(([name]) => !STRETCHED.some(([stretched]) => stretched === name))
    it.each(written)('%s writes what the original writes', (...one) => compare(one))
  })
  describeShared(`Greedy continuation in ${dtype}`, 'conformance/models/', () => {
    it.each([...DECODERS, ...BOTH])('%s writes what the original writes', (name) => compare([name, CONFORMANCE + name]))
  })
}

describe('A model whose keys turn anew beyond a length', () => {
  it.each(STRETCHED)('%s writes up to %i tokens what whole texts say, and no further', async (name, beyond, by) => {
    using model = await loadModel(goldenCases.find(([each]) => each === name)![1])
    expect(model.config.positions).toBeGreaterThan(beyond)
    const text = [5, 9, 17]
    const written = await tokensOf(model, text, { stopIds: [] })
    expect(written.length).toBe(beyond - text.length)
    expect(written.at(-1)!.end).toBe('length')
    for (const { id } of written) {
      using run = await model.run(text)
      const scores = [...((await run.logits!.read()) as Float32Array).slice(-model.config.vocabulary)]
      expect(id).toBe(scores.indexOf(Math.max(...scores)))
      text.push(id)
    }
    expect(() => model.generate([...text, 5])).toThrow(
      `generate: the text has ${beyond + 1} tokens, and beyond ${beyond} ${by} turns every key of it anew: it can be read and not written on`,
    )
  })
})

describeShared('What is kept between tokens', 'conformance/models/', () => {
  /** −log p of every id that was written, from one run over the whole text. */
  async function wholeRun(model: Model, prompt: readonly number[], written: readonly number[]): Promise<number[]> {
    const { decoder, vocabulary } = model.config
    const before = decoder ? [decoder.startId] : prompt
    const all = [...before, ...written.slice(0, -1)]
    using run = await model.run(decoder ? { inputIds: [prompt], decoderInputIds: [all] } : all)
    const logits = await run.logits!.read()
    return written.map((id, n) => {
      const at = (before.length - 1 + n) * vocabulary
      const row = Array.from({ length: vocabulary }, (_, word) => logits[at + word]!)
      const most = Math.max(...row)
      return row[id]! - most - Math.log(row.reduce((sum, x) => sum + Math.exp(x - most), 0))
    })
  }

  it.each([...DECODERS, ...BOTH])('%s: cached scores equal those of the whole text', async (name) => {
    using model = await loadModel(CONFORMANCE + name)
    const prompt = [5, 9, 17, 33, 6, 41, 12]
    const tokens = await tokensOf(model, prompt, { maxNewTokens: 24, seed: 3, stopIds: [] })
    const whole = await wholeRun(
      model,
      prompt,
      tokens.map(({ id }) => id),
    )
    expect(tokens.length).toBe(24)
    expect(
      furthest(
        tokens.map(({ logprob }) => logprob),
        whole,
      ),
    ).toBeLessThan(1e-5)
  })

  it.each([...DECODERS, ...BOTH])(
    '%s: texts of different lengths are written as each alone, wherever the padding is',
    async (name) => {
      using model = await loadModel(CONFORMANCE + name)
      const texts = [
        [5, 9, 17, 33, 6, 41, 12],
        [8, 20],
        [60, 7, 7, 31],
      ]
      const options = { maxNewTokens: 9, stopIds: [] }
      const alone = await Promise.all(texts.map((text) => idsOf(model, text, options)))
      const rows = (tokens: readonly GeneratedToken[]) =>
        texts.map((_, b) => tokens.flatMap(({ id, batch }) => (batch === b ? id : [])))
      expect(rows(await tokensOf(model, { inputIds: texts }, options))).toEqual(alone)
      if (model.config.kind !== 'decoder') return
      const left = texts.map((text) => [...new Array<number>(7 - text.length).fill(0), ...text])
      const mask = texts.map((text) => [...new Array<number>(7 - text.length).fill(0), ...text.map(() => 1)])
      expect(rows(await tokensOf(model, { inputIds: left, attentionMask: mask }, options))).toEqual(alone)
    },
  )

  it.each(['gpt2', 'mistral-window', 'bloom', 't5', 'bart'])(
    '%s: all of it is given back, also when the loop is left early',
    async (name) => {
      using model = await loadModel(CONFORMANCE + name)
      const input = { inputIds: [[5, 9, 17], [8]] }
      await tokensOf(model, input, { maxNewTokens: 2 })
      const live = () => ({ ...memoryFor('float32', 'test').live })
      const before = live()
      await tokensOf(model, input, { maxNewTokens: 5 })
      expect(live()).toEqual(before)
      for await (const _ of model.generate([5, 9], { maxNewTokens: 50, stopIds: [] })) break
      expect(live()).toEqual(before)
    },
  )
})

describeShared('Choosing the next token', 'conformance/models/gpt2/', () => {
  let model: Model
  beforeAll(async () => {
    model = await loadModel(`${CONFORMANCE}gpt2`)
    return () => model.dispose()
  })
  const prompt = [5, 9, 17, 33]
  const ids = (options: GenerateOptions) => idsOf(model, prompt, { maxNewTokens: 30, ...options })

  it('the same seed gives the same text, another seed another', async () => {
    expect(await ids({ seed: 7 })).toEqual(await ids({ seed: 7 }))
    expect(await ids({ seed: 7 })).not.toEqual(await ids({ seed: 8 }))
  })

  it('a text of a batch is drawn as its seed and its row say, whatever stands beside it', async () => {
    const first = async (inputIds: number[][]) =>
      (await tokensOf(model, { inputIds }, { seed: 5, maxNewTokens: 8 })).flatMap(({ id, batch }) => (batch === 0 ? id : []))
    expect(await first([prompt, [1, 2]])).toEqual(await first([prompt, [60, 61, 62, 63, 64, 65]]))
  })

  it('topK 1, a tiny topP and a minP of 1 are greedy; temperature 0 is, whatever the seed', async () => {
    const greedy = await ids({})
    for (const options of [{ topK: 1 }, { topP: 1e-9 }, { minP: 1 }, { temperature: 0, seed: 9 }])
      expect(await ids(options)).toEqual(greedy)
  })

  it('a repetition penalty without measure never says a token twice', async () => {
    const written = await ids({ repetitionPenalty: 1e30 })
    expect(new Set([...prompt, ...written]).size).toBe(prompt.length + written.length)
  })

  it('top tells the likeliest tokens in order; greedy takes the first; all of them together have probability 1', async () => {
    for (const token of await tokensOf(model, prompt, { maxNewTokens: 5, top: model.config.vocabulary })) {
      const top = token.top!
      expect(top.length).toBe(model.config.vocabulary)
      expect([token.id, token.logprob]).toEqual([top[0]!.id, top[0]!.logprob])
      for (const [n, { logprob }] of top.entries()) if (n > 0) expect(logprob).toBeLessThanOrEqual(top[n - 1]!.logprob)
      expect(top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 6)
    }
  })

  it('ends at a stop id, at maxNewTokens, and where the positions run out', async () => {
    const written = await ids({})
    const stop = written[4]!
    const stopped = await tokensOf(model, prompt, { maxNewTokens: 30, stopIds: [stop] })
    expect(stopped.map(({ id }) => id)).toEqual(written.slice(0, written.indexOf(stop) + 1))
    expect(stopped.map(({ end }) => end).slice(-1)).toEqual(['stop'])
    expect((await tokensOf(model, prompt, { maxNewTokens: 3 })).map(({ end }) => end)).toEqual([undefined, undefined, 'length'])
    expect((await ids({ maxNewTokens: 1000 })).length).toBe(model.config.positions - prompt.length)
  })

  it('each text of a batch goes on to its own end', async () => {
    const texts = [[1, 2, 3, 4, 5, 6], [7], [8, 9, 10]]
    const tokens = await tokensOf(model, { inputIds: texts }, { maxNewTokens: 1000, seed: 1, stopIds: [50] })
    for (const [b, text] of texts.entries()) {
      const own = tokens.filter(({ batch }) => batch === b)
      const stopped = own.findIndex(({ id }) => id === 50)
      expect(own.length).toBe(stopped < 0 ? model.config.positions - text.length : stopped + 1)
      expect(own.map(({ end }) => end !== undefined)).toEqual(own.map((_, n) => n === own.length - 1))
    }
  })

  it('a signal stops it at once, before the first token and between tokens', async () => {
    const stop = new AbortController()
    let count = 0
    const writing = async () => {
      for await (const _ of model.generate(prompt, { signal: stop.signal, maxNewTokens: 50 })) if (++count === 3) stop.abort()
    }
    await expect(writing()).rejects.toThrow(/abort/i)
    expect(count).toBe(3)
    await expect(idsOf(model, prompt, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
    const timed = idsOf(model, prompt, { signal: AbortSignal.timeout(1), maxNewTokens: 60 })
    await expect(timed).rejects.toThrow(/abort|timeout/i)
  })

  it.each([
    [{ temperature: -1 }, 'generate: temperature must be a finite number ≥ 0, got -1'],
    [{ topP: 0 }, 'generate: topP must be a number above 0, at most 1, got 0'],
    [{ maxNewTokens: 0 }, 'generate: maxNewTokens must be an integer ≥ 1, got 0'],
    [{ seed: 1.5 }, 'generate: seed must be an integer from 0 to 4294967295, got 1.5'],
    [{ stopWords: ['x'] }, 'generate: stopWords need a tokenizer.json, and this model has none; give stopIds'],
    [{ beams: 4 } as GenerateOptions, /^generate: there is no option 'beams'; the options are maxNewTokens, /],
  ])('%j is refused', (options, message) => {
    expect(() => model.generate(prompt, options)).toThrow(message)
  })

  it('a text that fills all positions is refused', () => {
    expect(() => model.generate(new Array<number>(64).fill(3))).toThrow('the text has 64 tokens and the model 64 positions')
  })
})

describe('A model that only reads', () => {
  describeShared('BERT', 'conformance/models/bert-mlm/', () => {
    it('is refused by name', async () => {
      using model = await loadModel(`${CONFORMANCE}bert-mlm`)
      expect(() => model.generate([1, 2])).toThrow(
        'generate: BertForMaskedLM reads and cannot write; it takes a decoder such as GPT-2',
      )
    })
  })
})

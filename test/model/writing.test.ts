/** Writing by hand: what is proposed is what `generate` would write, and every row is that of one run over the whole text. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { memoryFor } from '../../src/backend/index.ts'
import { choose, odds } from '../../src/model/generate/choose.ts'
import { type DrawOptions, type GenerateOptions, loadModel, type Model, type Writing } from '../../src/model/index.ts'
import { startEngine } from '../support/engine.ts'
import { describeShared } from '../support/shared.ts'
import { writeTinyBert } from '../support/tiny-bert.ts'
import { writeTinyGpt2 } from '../support/tiny-gpt2.ts'
import { CONFORMANCE, furthest } from './expected.ts'

beforeAll(startEngine)

async function generated(model: Model, input: string | number[], options: GenerateOptions): Promise<number[]> {
  const ids: number[] = []
  for await (const { id } of model.generate(input, options)) ids.push(id)
  return ids
}

/** Takes what is proposed, `count` times or until the text ends. */
async function taken(writing: Writing, options: DrawOptions, count: number): Promise<number[]> {
  const ids: number[] = []
  while (ids.length < count && writing.end === undefined) {
    const { id } = await writing.propose(options)
    await writing.append(id)
    ids.push(id)
  }
  return ids
}

describe('Writing on by hand', () => {
  let model: Model
  let folder: string
  const TEXT = 'once upon a time'
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'regard-writing-'))
    await writeTinyGpt2(join(folder, 'gpt2'))
    model = await loadModel(join(folder, 'gpt2'))
    return async () => {
      model.dispose()
      await rm(folder, { recursive: true })
    }
  })

  it.each([
    ['greedy', {}],
    ['drawn', { seed: 5, temperature: 1.5 }],
    ['among few', { seed: 2, topK: 7, topP: 0.8, minP: 0.01, repetitionPenalty: 1.3 }],
  ] as const)('%s: what is proposed, step by step, is what generate writes', async (_, options) => {
    using writing = await model.write(TEXT)
    expect(await taken(writing, options, 20)).toEqual(await generated(model, TEXT, { ...options, maxNewTokens: 20 }))
  })

  it('the rows of what was written are those of one run over all of it', async () => {
    using writing = await model.write(TEXT)
    await taken(writing, { seed: 1 }, 9)
    using run = await model.run(writing.tokens.map(({ id }) => id))
    for (const head of [0, 3, 'mean'] as const) {
      const [own, whole] = [await writing.attention(1, head).all(), await run.attention(1, head).all()]
      expect(own.length).toBe(13 * 13)
      expect(furthest(own, whole)).toBeLessThan(2e-6)
    }
  })

  it('a row stays what it was, whatever is written after it', async () => {
    using writing = await model.write(TEXT)
    await writing.append(7)
    const before = await writing.attention(0, 2).row(4)
    await writing.append([3, 9, 11])
    const after = await writing.attention(0, 2).row(4)
    expect(Array.from(after.subarray(0, 5))).toEqual(Array.from(before))
    expect(Array.from(after.subarray(5))).toEqual([0, 0, 0])
  })

  it('going back and on again is as if nothing had been: to the bit', async () => {
    using writing = await model.write(TEXT)
    await writing.append([4, 8])
    const first = await writing.propose({ top: 5 })
    await writing.append([15, 16, 23])
    writing.back(3)
    expect(writing.tokens.length).toBe(6)
    expect(await writing.propose({ top: 5 })).toEqual(first)
    const row = await writing.attention(1, 1).row(5)
    await writing.append([42])
    writing.back()
    expect(await writing.attention(1, 1).row(5)).toEqual(row)
  })

  it('going back into the middle of what was written at once is as if the rest had not been', async () => {
    using writing = await model.write(TEXT)
    await writing.append([4, 8, 15, 16])
    writing.back(2)
    await writing.append([9, 2])
    using fresh = await model.write(TEXT)
    await fresh.append([4, 8, 9, 2])
    expect(furthest(writing.logprobs, fresh.logprobs)).toBeLessThan(2e-6)
    expect(furthest(await writing.attention(1, 0).all(), await fresh.attention(1, 0).all())).toBeLessThan(2e-6)
    const [again, once] = [await writing.propose({ top: 9 }, 6), await fresh.propose({ top: 9 }, 6)]
    expect(again.candidates.map(({ id }) => id)).toEqual(once.candidates.map(({ id }) => id))
  })

  it('what could have come after an earlier token is still known', async () => {
    using writing = await model.write(TEXT)
    const at = [await writing.propose({ top: 4 })]
    await writing.append(9)
    at.push(await writing.propose({ top: 4 }))
    await writing.append([2, 6])
    for (const [n, before] of at.entries()) {
      const { id, candidates } = await writing.propose({ top: 4 }, writing.given - 1 + n)
      expect(id).toBe(before.id)
      expect(candidates.map((each) => each.id)).toEqual(before.candidates.map((each) => each.id))
      for (const [m, each] of candidates.entries()) expect(each.logprob).toBeCloseTo(before.candidates[m]!.logprob, 5)
    }
  })

  it('texts grow by what each token spells, and shrink again', async () => {
    using writing = await model.write(TEXT)
    const ids = await taken(writing, { seed: 3 }, 12)
    expect(writing.text).toBe(model.tokenizer!.decode([...model.tokenizer!.encode(TEXT).ids, ...ids]))
    for (const { start, end, id } of writing.tokens.slice(writing.given))
      expect(writing.text.slice(start, end).trim()).toBe(model.tokenizer!.decode([id]).replace('##', ''))
    writing.back(12)
    expect(writing.text).toBe(TEXT)
  })

  it('a token that ends the text is not read, and can be taken back', async () => {
    await writeTinyGpt2(join(folder, 'ending'))
    await writeFile(join(folder, 'ending', 'generation_config.json'), '{ "eos_token_id": 6 }')
    using ending = await loadModel(join(folder, 'ending'))
    using writing = await ending.write(TEXT)
    await writing.append([5, 6])
    expect([writing.end, writing.ended, writing.tokens.length]).toEqual(['stop', 6, 5])
    expect(writing.logprobs.length).toBe(2)
    await expect(writing.append(5)).rejects.toThrow('the text was ended; take something back first')
    writing.back()
    expect([writing.end, writing.tokens.length]).toEqual([undefined, 5])
    expect((await writing.propose({ top: 3 })).candidates.every(({ ends, id }) => ends === (id === 6))).toBe(true)
  })

  it('the log probabilities are those of the whole text, written one by one or at once', async () => {
    const ids = [4, 8, 15, 16]
    using slow = await model.write(TEXT)
    for (const id of ids) await slow.append(id)
    using fast = await model.write(TEXT)
    await fast.append(ids)
    expect(furthest(slow.logprobs, fast.logprobs)).toBeLessThan(2e-6)
    const options = { maxNewTokens: 1, top: 60 }
    for await (const { top } of model.generate(TEXT, options))
      expect(slow.logprobs[0]).toBeCloseTo(top!.find(({ id }) => id === 4)!.logprob, 6)
  })

  it('the model’s end is the end', async () => {
    using writing = await model.write(TEXT)
    await writing.append(new Array<number>(model.config.positions - 4).fill(3))
    expect(writing.end).toBe('length')
    await expect(writing.append(3)).rejects.toThrow('the text fills the model; take something back first')
  })

  it('what makes no sense is said in one line', async () => {
    using writing = await model.write(TEXT)
    await expect(writing.append(9999)).rejects.toThrow(/^writing: 9999 is no token; the model has 0 to \d+$/)
    await expect(writing.append(new Array<number>(99).fill(3))).rejects.toThrow('4 tokens and 99 more, the model has 64 positions')
    await expect(writing.propose({}, 1)).rejects.toThrow('nothing is written after token 1; 3 to 3 are')
    expect(() => writing.back(1)).toThrow('0 tokens were written, so 1 cannot be taken back')
    expect(() => writing.attention(9, 0)).toThrow('layer 9 does not exist; the model has 0 to 1')
    expect(() => writing.attention(0, 4)).toThrow("head 4 does not exist; the model has 0 to 3, and 'mean'")
    expect(() => writing.attention(0, 0, { kind: 'cross' })).toThrow('gpt2 looks at no source')
    await writeTinyBert(join(folder, 'bert'))
    using bert = await loadModel(join(folder, 'bert'))
    await expect(bert.write('it sleeps')).rejects.toThrow('reads and cannot write')
  })

  it('all of it is given back', async () => {
    const live = () => ({ ...memoryFor('float32', 'test').live })
    const work = async (): Promise<void> => {
      using writing = await model.write(TEXT)
      await taken(writing, {}, 5)
      await writing.attention(0, 'mean').row(2)
      writing.back(2)
      await writing.attention(1, 0).all()
    }
    await work()
    const before = live()
    await work()
    expect(live()).toEqual(before)
  })
})

describeShared('Writing with every kind of model', 'conformance/models/', () => {
  const DECODERS = ['gpt2', 'gpt-neox', 'bloom', 'opt', 'llama', 'mistral-window', 'gemma3', 'gpt-oss']

  it.each([...DECODERS, 't5', 'bart', 'marian'])('%s: rows and probabilities are those of one run', async (name) => {
    using model = await loadModel(CONFORMANCE + name)
    const prompt = [5, 9, 17, 33, 6, 41, 12]
    using writing = await model.write(prompt)
    const { decoder } = model.config
    const ids = (await taken(writing, { seed: 3, temperature: 2 }, 12)).slice(0, writing.tokens.length - writing.given)
    const all = [...(decoder ? [decoder.startId] : prompt), ...ids]
    using run = await model.run(decoder ? { inputIds: [prompt], decoderInputIds: [all] } : all)
    for (const kind of decoder ? (['decoder', 'cross'] as const) : (['decoder'] as const))
      for (const head of [0, 'mean'] as const) {
        const [own, whole] = [await writing.attention(1, head, { kind }).all(), await run.attention(1, head, { kind }).all()]
        expect(own.length).toBe(all.length * (kind === 'cross' ? prompt.length : all.length))
        expect(furthest(own, whole)).toBeLessThan(5e-6)
      }
  })

  it('an encoder–decoder begins with the token it starts with, and keeps what it reads', async () => {
    using model = await loadModel(`${CONFORMANCE}marian`)
    using writing = await model.write([5, 9, 17])
    expect([writing.given, writing.tokens[0]!.id, writing.text]).toEqual([1, model.config.decoder!.startId, ''])
    expect(writing.source!.map(({ id }) => id)).toEqual([5, 9, 17])
  })
})

describe('Odds', () => {
  const rules = { temperature: 0.7, topK: 4, topP: 0.95, minP: 0, repetitionPenalty: 1.2 }
  const scores = Float64Array.of(1, 3, 2.5, 0, 2.9, -1)

  it('are how often a word is drawn', () => {
    const expected = odds(scores.slice(), [1], rules)
    const drawn = new Float64Array(6)
    const n = 20000
    for (let step = 0; step < n; step++) drawn[choose(scores.slice(), [1], { ...rules, seed: 1 }, 0, step)]! += 1 / n
    expect(expected.reduce((sum, x) => sum + x)).toBeCloseTo(1, 12)
    for (const [id, share] of expected.entries()) expect(Math.abs(share - drawn[id]!)).toBeLessThan(0.015)
    expect(expected.filter((x) => x > 0).length).toBeLessThanOrEqual(4)
  })

  it('are all or nothing where the best is taken', () => {
    expect([...odds(scores.slice(), [], { ...rules, temperature: 0 })]).toEqual([0, 1, 0, 0, 0, 0])
  })
})

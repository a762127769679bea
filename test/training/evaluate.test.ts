import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { init } from '../../src/backend/index.ts'
import { Tokenizer } from '../../src/model/index.ts'
import { prepare } from '../../src/model/input.ts'
import { Run } from '../../src/model/run.ts'
import { type OpenReader, withoutLink, withoutPlaces } from '../../src/training/evaluate/ablation.ts'
import { encoderFigures } from '../../src/training/evaluate/encoder.ts'
import { figuresTable, missed } from '../../src/training/evaluate/figures.ts'
import { inductionScores, perplexity } from '../../src/training/evaluate/induction.ts'
import { NGram } from '../../src/training/evaluate/ngram.ts'
import { answers } from '../../src/training/evaluate/pronouns.ts'
import { restoredShare } from '../../src/training/evaluate/restored.ts'
import { bestOf, senseShares } from '../../src/training/evaluate/senses.ts'
import { ARTICLE_SENTENCES } from '../../src/training/grammar/natural.ts'
import { grammarWords } from '../../src/training/grammar/words.ts'
import { Random } from '../../src/training/random.ts'
import { datePair, isHeldOut, yearInWords } from '../../src/training/recipes/dates.ts'
import type { Config } from '../../src/training/shapes.ts'
import { Student } from '../../src/training/student.ts'
import { learnTokenizer } from '../../src/training/vocabulary/tokenizer-file.ts'
import { tiny } from './tiny.ts'

const words = grammarWords()
const special = ['[PAD]', '[CLS]', '[SEP]', '[MASK]']
const around = ['[CLS]', '[SEP]'] as const
const students: Student[] = []
afterAll(() => {
  for (const each of students) each.dispose()
})

/** A model that has learned nothing yet. */
function untrained(tokenizer: Tokenizer, fields: object): OpenReader {
  const student = new Student({ ...fields, vocab_size: tokenizer.vocabulary } as Config, 1)
  students.push(student)
  const { config, network } = student
  return {
    config,
    network,
    tokenizer,
    run: async (input) => new Run({ config, network, sentence: undefined }, prepare(input, config, tokenizer)),
  }
}

let encoder: OpenReader
beforeAll(async () => {
  await init()
  const json = learnTokenizer([], { size: 260 + words.length, special, whole: words, lowercase: true, around })
  encoder = untrained(new Tokenizer(json), {
    model_type: 'modernbert',
    architectures: ['ModernBertForMaskedLM'],
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 16,
    max_position_embeddings: 64,
    global_attn_every_n_layers: 1,
    pad_token_id: 0,
  })
})

describe('what is taken away', () => {
  it('is one look: its weight is 0, the others of its row share it, other rows and heads of the layer stay', async () => {
    const link = { layer: 1, head: 0, from: 4, to: 2 }
    using whole = await encoder.run('The animal was very tired.')
    using cut = await withoutLink(encoder, link).run('The animal was very tired.')
    const [before, after] = [await whole.attention(1, 0).row(4), await cut.attention(1, 0).row(4)]
    expect(after[2]).toBe(0)
    expect(after[3]).toBeCloseTo(before[3]! / (1 - before[2]!), 5)
    expect(await cut.attention(1, 0).row(3)).toEqual(await whole.attention(1, 0).row(3))
    expect(await cut.attention(1, 1).row(4)).toEqual(await whole.attention(1, 1).row(4))
    expect(await cut.attention(0, 0).all()).toEqual(await whole.attention(0, 0).all())
  })

  it('is where words stand: without places, words that change places change nothing for the others', async () => {
    const placeless = withoutPlaces(encoder)
    const last = async (reader: typeof placeless, text: string): Promise<number[]> => {
      using run = await reader.run(text)
      return Array.from(await run.hidden(-1).read()).slice(0, 16)
    }
    const [one, other] = [await last(placeless, 'old dog'), await last(placeless, 'dog old')]
    for (const [n, value] of one.entries()) expect(value).toBeCloseTo(other[n]!, 5)
    expect(await last(encoder, 'old dog')).not.toEqual(await last(encoder, 'dog old'))
  })
})

describe('the figures of an encoder', () => {
  it('are all there for a model that knows nothing, and it misses its bars', async () => {
    const figures = await encoderFigures(encoder, { size: 13 })
    expect(figures.length).toBe(16)
    for (const { value } of figures) expect(Number.isFinite(value)).toBe(true)
    expect(missed(figures).length).toBeGreaterThan(3)
  }, 120_000)

  it('find the word that the model says, whatever the padding beside it', async () => {
    const together = await answers(encoder, ARTICLE_SENTENCES)
    const alone = (await Promise.all(ARTICLE_SENTENCES.map(async (one) => await answers(encoder, [one])))).flat()
    expect(together).toEqual(alone)
  })

  it('tell no senses apart before the first layer: all uses of a word are equal there', async () => {
    const triple = { word: 'bank', same: ['The bank was old.', 'A bank was wide.'], other: 'My bank was cold.' } as const
    const shares = await senseShares(encoder, [triple])
    expect(shares.length).toBe(3)
    expect(shares[0]).toBe(0.5)
    expect(bestOf([0.5, 0.9, 0.7])).toEqual({ layer: 1, share: 0.9 })
  })

  it('restore next to nothing without training', async () => {
    expect(await restoredShare(encoder, ['The old dog slept.', 'A cat ran.'], 1)).toBeLessThan(0.5)
  })

  it('are shown beside their bars', () => {
    const figures = [
      { key: 'a', what: 'a share', value: 0.9876, least: 0.97 },
      { key: 'b', what: 'a ratio', value: 4.96, least: 5, ratio: true },
      { key: 'c', what: 'no bar', value: 0.5 },
    ]
    expect(figuresTable(figures).split('\n').slice(2)).toEqual([
      '| a share | 98.8 % | ≥ 97 % |',
      '| a ratio | 5.0 | ≥ 5.0 |',
      '| no bar | 50 % |  |',
    ])
    expect(missed(figures).map(({ what }) => what)).toEqual(['a ratio'])
  })
})

describe('an n-gram', () => {
  // Witten–Bell by hand, order 2, four words, from "0 1 0 2": p(1 | nothing) = (1 + 3 · 1/4) / (4 + 3) = 1/4;
  // after 0 came 1 and 2, once each: p(1 | 0) = (1 + 2 · 1/4) / (2 + 2) = 3/8.
  it('mixes what it counted with shorter contexts', () => {
    const counted = new NGram([[0, 1, 0, 2]], { order: 2, vocabulary: 4 })
    expect(counted.probability([], 1)).toBeCloseTo(1 / 4, 12)
    expect(counted.probability([0], 1)).toBeCloseTo(3 / 8, 12)
    expect([0, 1, 2, 3].reduce((sum, id) => sum + counted.probability([0], id), 0)).toBeCloseTo(1, 12)
  })

  it('that knows what it will be asked counts nothing else, and answers the same', () => {
    const text = Array.from({ length: 400 }, (_, n) => (n * n + (n % 7)) % 11)
    const asked = [text.slice(30, 60), [1, 1, 1, 10, 10, 3]]
    const all = new NGram([text, text.slice(5)], { order: 4, vocabulary: 11 })
    const some = new NGram([text, text.slice(5)], { order: 4, vocabulary: 11, asked })
    expect(some.perplexity(asked)).toBeCloseTo(all.perplexity(asked), 10)
  })

  it('is as perplexed as there are words when it counted nothing', () => {
    expect(new NGram([], { order: 5, vocabulary: 7 }).perplexity([[1, 2, 3]])).toBeCloseTo(7, 12)
  })
})

describe('the figures of a decoder', () => {
  it('are those of chance without training: the induction score is about one in the places seen', async () => {
    const json = learnTokenizer(tiny.texts(), tiny.vocabulary)
    const reader = untrained(new Tokenizer(json), tiny.config)
    const heads = await inductionScores(reader, [10, 11, 12, 13, 14, 15, 16], 4, 6)
    expect(heads.length).toBe(1)
    expect(heads[0]!.score).toBeGreaterThan(1 / 24)
    expect(heads[0]!.score).toBeLessThan(1 / 4)
    const perplexed = await perplexity(reader, [[1, 2, 3, 4, 5]])
    expect(perplexed).toBeGreaterThan(0.5 * reader.config.vocabulary)
  })
})

describe('dates', () => {
  it('are said as people say years', () => {
    expect([1900, 1905, 1984, 2000, 2007, 2010, 2021].map(yearInWords)).toEqual([
      'nineteen hundred',
      'nineteen oh five',
      'nineteen eighty four',
      'two thousand',
      'two thousand seven',
      'twenty ten',
      'twenty twenty one',
    ])
  })

  it('of training and of the test are never the same, and their parts stand in the words', () => {
    for (let n = 0; n < 2000; n++) {
      const heldOut = n % 2 === 0
      const { said, iso, parts } = datePair(new Random('dates', n), heldOut)
      expect(isHeldOut(iso)).toBe(heldOut)
      expect(iso).toMatch(/^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
      for (const part of Object.values(parts)) expect(said).toContain(part)
    }
  })
})

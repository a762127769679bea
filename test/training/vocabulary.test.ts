import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Tokenizer } from '../../src/model/index.ts'
import { countWords, inBytes } from '../../src/training/vocabulary/byte-level.ts'
import { learnMerges } from '../../src/training/vocabulary/merges.ts'
import { learnTokenizer } from '../../src/training/vocabulary/tokenizer-file.ts'

describe('merges', () => {
  // low ×5, lower ×2, newest ×6, widest ×3: "es" 9 times, "est" 9 times, "lo" and "low" 7 times (the example of Sennrich et al. 2016,
  // without the mark at the end of words; "es" comes before "st" in the order of code units).
  it('are learned in the order of the counts', () => {
    const words = new Map([
      ['low', 5],
      ['lower', 2],
      ['newest', 6],
      ['widest', 3],
    ])
    expect(learnMerges(words, 4).map((pair) => pair.join('+'))).toEqual(['e+s', 'es+t', 'l+o', 'lo+w'])
  })

  it('stop when no pair is left that occurs twice', () => {
    expect(learnMerges(new Map([['ab', 1]]), 10)).toEqual([])
    expect(learnMerges(new Map([['aa', 2]]), 10)).toEqual([['a', 'a']])
  })

  it('count a pair that overlaps itself as it is joined: aaa is aa and a', () => {
    expect(learnMerges(new Map([['aaa', 3]]), 10).map((pair) => pair.join('+'))).toEqual(['a+a', 'aa+a'])
  })
})

describe('bytes', () => {
  it('have one visible character each', () => {
    expect(inBytes(' a')).toBe('Ġa')
    expect(inBytes('é\n')).toBe('Ã©Ċ')
  })

  it('are counted by words as GPT-2 cuts them', () => {
    expect([...countWords(["The dog isn't old.", 'The end'])]).toEqual([
      ['ĠThe', 2],
      ['Ġdog', 1],
      ['Ġisn', 1],
      ["'t", 1],
      ['Ġold', 1],
      ['.', 1],
      ['Ġend', 1],
    ])
  })
})

describe('a vocabulary', () => {
  const texts = Array.from({ length: 40 }, (_, n) => `The small dog number ${n} saw a bigger dog.`)
  const json = learnTokenizer(texts, {
    size: 280,
    special: ['[PAD]', '[CLS]', '[SEP]', '[MASK]'],
    whole: ['elephant', 'dog'],
    lowercase: true,
    around: ['[CLS]', '[SEP]'],
  })
  const tokenizer = new Tokenizer(json)

  it('has the size that was asked for, the special tokens first', () => {
    const { vocab } = (json as { model: { vocab: Record<string, number> } }).model
    expect(Object.values(vocab).sort((a, b) => a - b)).toEqual(Array.from({ length: 280 }, (_, n) => n))
    expect([vocab['[PAD]'], vocab['[MASK]']]).toEqual([0, 3])
  })

  it('holds the words that were asked for whole, seen or not', () => {
    expect(tokenizer.encode('An elephant and a DOG').tokens.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Ġelephant', 'Ġdog', '[CLS]', '[SEP]']),
    )
  })

  it('tells where each token stands without the space before it', () => {
    const text = 'An elephant'
    const found = tokenizer.encode(text).tokens.find((token) => token.text === 'Ġelephant')!
    expect(text.slice(found.start, found.end)).toBe('elephant')
  })

  it('can write whatever is typed', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const { ids } = tokenizer.encode(text)
        expect(tokenizer.decode(ids, { skipSpecial: true }).trim()).toBe(text.toLowerCase().trim())
      }),
    ))

  it('is refused when it cannot hold what must be in it', () => {
    expect(() => learnTokenizer(texts, { size: 257, special: ['[PAD]'], whole: ['dog'] })).toThrow(
      'learnTokenizer: 257 tokens are too few for 1 special ones, 256 bytes and 1 whole words',
    )
  })
})

import { describe, expect, it } from 'vitest'
import { hasCorpus, readCorpus } from '../../src/training/corpus.ts'
import { ARTICLE_SENTENCES, NATURAL, NATURAL_TRIPLES } from '../../src/training/grammar/natural.ts'
import { clean, essence, isGood, split } from '../../training/sentences.ts'

describe('sentences of running text', () => {
  it('end where a new one begins, not after a title or an initial', () => {
    expect(split('Mr. Adams saw it. J. Polk did not! "Why?" he asked. It was 3.5 miles.')).toEqual([
      'Mr. Adams saw it.',
      'J. Polk did not!',
      '"Why?" he asked.',
      'It was 3.5 miles.',
    ])
  })

  it('are cleaned of brackets, curly quotes and dashes', () => {
    expect(clean('“The cat’s (old) hat” — it [sic] fell .')).toBe('"The cat\'s hat" - it fell.')
  })

  it('are taken when most people know their words, and they are neither short nor strange', () => {
    const known = (word: string) => word !== 'quux'
    expect(isGood('The cat sat down.', known)).toBe(true)
    expect(isGood('Cat sat.', known)).toBe(false)
    expect(isGood('The quux sat down.', known)).toBe(false)
    expect(isGood('The cat said "no to it.', known)).toBe(false)
  })
})

describe.skipIf(!hasCorpus())(`the corpus${hasCorpus() ? '' : ' (skipped: training/data is not made)'}`, () => {
  const { train, heldOut, triples, uses } = hasCorpus() ? readCorpus() : { train: [], heldOut: [], triples: [], uses: [] }
  const learned = new Set(train.map(essence))

  it('has other words for words of thousands of its sentences, and of no sentence that is held out', () => {
    const sentences = new Set(train)
    expect(uses.length).toBeGreaterThan(10_000)
    for (const { text, word, others } of uses) {
      expect(sentences.has(text)).toBe(true)
      expect(text.toLowerCase()).toMatch(new RegExp(`\\b${word}\\b`))
      expect(others).not.toContain(word)
    }
  })

  it('holds none of the sentences that were written by hand', () => {
    const written = [
      ...[...NATURAL, ...ARTICLE_SENTENCES].map(({ text }) => text),
      ...NATURAL_TRIPLES.flatMap(({ same, other }) => [...same, other]),
    ]
    expect(written.filter((text) => learned.has(essence(text)))).toEqual([])
  })

  it('holds out what it holds out: no sentence is in both parts, and no example of a triple is learned', () => {
    expect(heldOut.filter((text) => learned.has(essence(text)))).toEqual([])
    expect(triples.flatMap(({ same, other }) => [...same, other]).filter((text) => learned.has(essence(text)))).toEqual([])
    expect(heldOut.length / train.length).toBeCloseTo(1 / 49, 2)
  })
})

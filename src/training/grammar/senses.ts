/**
 * Words with two senses, each in contexts of its own. A choice {x|y|z} is made by chance. The last two contexts of each sense are kept
 * out of training. Behind each sense stands a plain word that could take its place.
 */

import { Random } from '../random.ts'
import { CONTEXTS } from './contexts.ts'
import { capital, type Mark } from './write.ts'

export interface Sense {
  readonly name: string
  /** A word that could stand in its place, and has not the other sense. */
  readonly plain: string
  readonly contexts: readonly string[]
}

export interface Ambiguous {
  readonly word: string
  readonly senses: readonly [Sense, Sense]
}

function parse(list: string): Ambiguous[] {
  const found = new Map<string, Sense[]>()
  let contexts: string[] = []
  for (const line of list.trim().split('\n')) {
    const head = /^(\w+) \/ (\w+) = (\w+)$/.exec(line)
    if (head) {
      contexts = []
      found.set(head[1]!, [...(found.get(head[1]!) ?? []), { name: head[2]!, plain: head[3]!, contexts }])
    } else contexts.push(line)
  }
  return [...found].map(([word, senses]) => ({ word, senses: senses as [Sense, Sense] }))
}

/** At least eleven words; each context holds its word once, and no other word with two senses is its only clue. */
export const AMBIGUOUS: readonly Ambiguous[] = parse(CONTEXTS)

const KEPT = 2

/** The contexts of a sense that training uses, or those that it never sees. */
export function contextsOf(sense: Sense, split: 'train' | 'unseen'): readonly string[] {
  return split === 'train' ? sense.contexts.slice(0, -KEPT) : sense.contexts.slice(-KEPT)
}

/** Makes every choice {x|y}, the innermost first. */
export function expand(random: Random, context: string): string {
  let text = context
  while (text.includes('{')) text = text.replace(/\{([^{}]*)\}/, (_, choices: string) => random.pick(choices.split('|')))
  return capital(text)
}

/** A sentence with a word of two senses, for training. */
export function senseSentence(random: Random): string {
  return expand(random, random.pick(contextsOf(random.pick(random.pick(AMBIGUOUS).senses), 'train')))
}

/** A sentence written with a plain word, shown with a word of two senses in its place. */
export interface Disguised {
  readonly text: string
  /** The word that is shown. */
  readonly shown: Mark
  /** The words that could have stood there: one of them is to be restored. */
  readonly plain: readonly string[]
}

/** As `senseSentence`, with the word disguised. */
export function disguised(random: Random): Disguised {
  const { word, senses } = random.pick(AMBIGUOUS)
  const sense = random.pick(senses)
  const text = expand(random, random.pick(contextsOf(sense, 'train')))
  const start = new RegExp(`\\b${word}\\b`, 'i').exec(text)!.index
  return { text, shown: { word, start, end: start + word.length }, plain: [sense.plain] }
}

export interface Triple {
  readonly word: string
  /** Twice the one sense, then the other. */
  readonly same: readonly [string, string]
  readonly other: string
}

/** Triples from the contexts of a split; the two of one sense come from different contexts. */
export function triples(split: 'train' | 'unseen', count: number, seed: number): Triple[] {
  return Array.from({ length: count }, (_, n) => {
    const random = new Random('triple', split, seed, n)
    const { word, senses } = AMBIGUOUS[n % AMBIGUOUS.length]!
    const [one, two] = random.shuffled(senses) as [Sense, Sense]
    const [first, second] = random.shuffled(contextsOf(one, split))
    return {
      word,
      same: [expand(random, first!), expand(random, second!)],
      other: expand(random, random.pick(contextsOf(two, split))),
    }
  })
}
